/**
 * A small network of namespaces on one machine, with real servers and real clients in it: what the demo and the
 * integration tests drive the balancer with. Every name carries the lab's own prefix, and closing the lab removes
 * all of it.
 */
package io.fastpath.fastpath.lab;
