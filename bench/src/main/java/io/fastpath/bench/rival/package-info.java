/** Maps that could have been the flow table, behind one interface, doing the same work on the same connections. */
package io.fastpath.bench.rival;
