/**
 * A running balancer: what it takes from the machine (run directory, maps, sockets, programs, threads), in which order,
 * and how all of it is given back.
 */
package io.fastpath.fastpath.instance;
