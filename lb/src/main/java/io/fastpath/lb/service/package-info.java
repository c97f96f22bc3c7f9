/** Services: what is configured, and the tables in shared memory that hold them. Control side only. */
package io.fastpath.lb.service;
