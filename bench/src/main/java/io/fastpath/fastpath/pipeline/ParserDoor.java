package io.fastpath.fastpath.pipeline;

import io.fastpath.kernelbpf.hash.TupleHash;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Lets the benchmarks into the pipeline's first pass, which the product keeps to itself: it stands in the product's package
 * for that alone. One thread.
 */
public final class ParserDoor {
    private final PacketParser parser;

    /**
     * A parser.
     *
     * @param frames the UMEM
     * @param hash of tuples
     */
    public ParserDoor(final UnsafeBuffer frames, final TupleHash hash) {
        parser = new PacketParser(frames, hash);
    }

    /**
     * Parses a batch.
     *
     * @param batch of any packets
     */
    public void parse(final PacketBatch batch) {
        parser.parse(batch);
    }

    /**
     * Whether all packets of a parsed batch have a tuple to look up.
     *
     * @param batch parsed
     * @return true if so
     */
    public static boolean isTransport(final PacketBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            if (batch.kind[i] != PacketKind.TRANSPORT) {
                return false;
            }
        }
        return true;
    }
}
