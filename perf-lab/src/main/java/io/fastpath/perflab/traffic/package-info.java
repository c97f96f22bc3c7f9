/** Traffic at kernel speed: a generator and a sink, both XDP programs, and the memory the lab shares with them. */
package io.fastpath.perflab.traffic;
