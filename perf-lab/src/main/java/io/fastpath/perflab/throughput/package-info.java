/** Subjects side by side: how many packets per second each delivers, and the ratios by pair. */
package io.fastpath.perflab.throughput;
