package io.fastpath.lb.service;

import io.fastpath.kernelbpf.layout.Algorithm;
import io.fastpath.kernelbpf.layout.HashInput;

/**
 * How a service picks backends for new flows, besides their weights. Immutable; any thread.
 *
 * @param hash what of the tuple counts
 * @param algorithm how a backend is chosen by it
 * @param sources whose flows it takes
 * @param affinity how long a client keeps its backend
 */
public record SelectionSpec(HashInput hash, Algorithm algorithm, SourceSpec sources, AffinitySpec affinity) {
    /** Maglev by the whole tuple, and all are taken. */
    public static final SelectionSpec DEFAULT = new SelectionSpec(HashInput.TUPLE);

    /**
     * A selection in which clients keep no backend.
     *
     * @param hash what of the tuple counts
     * @param algorithm how a backend is chosen by it
     * @param sources whose flows it takes
     */
    public SelectionSpec(final HashInput hash, final Algorithm algorithm, final SourceSpec sources) {
        this(hash, algorithm, sources, AffinitySpec.NONE);
    }

    /**
     * Maglev for all sources.
     *
     * @param hash what of the tuple counts
     */
    public SelectionSpec(final HashInput hash) {
        this(hash, SourceSpec.ALL);
    }

    /**
     * Maglev.
     *
     * @param hash what of the tuple counts
     * @param sources whose flows it takes
     */
    public SelectionSpec(final HashInput hash, final SourceSpec sources) {
        this(hash, Algorithm.MAGLEV, sources);
    }

    /**
     * A selection by the whole tuple, for all sources.
     *
     * @param algorithm how a backend is chosen
     */
    public SelectionSpec(final Algorithm algorithm) {
        this(HashInput.TUPLE, algorithm, SourceSpec.ALL);
    }
}
