package io.fastpath.lb.service;

import io.fastpath.kernelbpf.layout.HashInput;

/**
 * How a service picks backends for new flows, besides their weights. Immutable; any thread.
 *
 * @param hash what of the tuple counts
 */
public record SelectionSpec(HashInput hash) {
    /** The whole tuple counts. */
    public static final SelectionSpec DEFAULT = new SelectionSpec(HashInput.TUPLE);
}
