/** What a fault of the balancer costs a constant stream of datagrams, by engine: loss, gap, order, one-way latency. */
package io.fastpath.perflab.faults;
