package io.fastpath.kernelbpf.decap;

import java.util.Locale;

/** What became of a frame that {@code xdp_decap} saw. C twin: {@code enum fp_decap_count}; the code is the ordinal. */
public enum DecapCounter {
    /** Left as it was. */
    PASSED("not a tunnel's packet for this host: left as it was"),
    /** Decapsulated. */
    STRIPPED("its outer headers were taken off"),
    /** Malformed. */
    DROP_OUTER("the outer header is not whole, has options or a wrong checksum, or is a fragment's"),
    /** Malformed. */
    DROP_INNER("no whole IP packet within, or one of another family than the outer header says"),
    /** Refused. */
    DROP_NESTED("another tunnel within"),
    /** Refused. */
    DROP_FOREIGN("the packet within is for another host"),
    /** Refused. */
    DROP_CONGESTED("the network marked congestion, and the sender of the packet within knows no such mark");

    private final String sentence;

    DecapCounter(final String sentence) {
        this.sentence = sentence;
    }

    /**
     * Name in answers.
     *
     * @return in lower case with underscores
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * What it counts, for people.
     *
     * @return without a full stop
     */
    public String sentence() {
        return sentence;
    }
}
