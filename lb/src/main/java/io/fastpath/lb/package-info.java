/** What load balancing is about: addresses, endpoints, protocols, backends, and the shared memory that holds them. */
package io.fastpath.lb;
