package io.fastpath.lb.service;

import io.fastpath.kernelbpf.layout.HashInput;

/**
 * How a service picks backends for new flows, besides their weights. Immutable; any thread.
 *
 * @param hash what of the tuple counts
 * @param sources whose flows it takes
 */
public record SelectionSpec(HashInput hash, SourceSpec sources) {
    /** The whole tuple counts, and all are taken. */
    public static final SelectionSpec DEFAULT = new SelectionSpec(HashInput.TUPLE);

    /**
     * A selection for all sources.
     *
     * @param hash what of the tuple counts
     */
    public SelectionSpec(final HashInput hash) {
        this(hash, SourceSpec.ALL);
    }
}
