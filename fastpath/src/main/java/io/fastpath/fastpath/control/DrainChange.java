package io.fastpath.fastpath.control;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * Which backends are to take no new flows, or to take some again. Immutable.
 *
 * @param backend an address, for all its ports; or an address and a port, {@code 10.8.0.11:80} or {@code [2001:db8::11]:80}.
 * @param service whose backend is meant; null for all services that have it.
 * @param undo whether it is to take new flows again.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DrainChange(String backend, String service, boolean undo) {}
