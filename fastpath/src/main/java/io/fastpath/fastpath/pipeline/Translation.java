package io.fastpath.fastpath.pipeline;

/** What a packet's addresses and ports become. Scratch of one pipeline. */
final class Translation {
    long source0;
    long source1;
    long destination0;
    long destination1;

    /** Source port in the low 16 bits, destination port above, as they stand in memory. */
    int ports;

    /** Leaves a packet as it came. */
    void itself(final PacketBatch batch, final int i) {
        source0 = batch.source0(i);
        source1 = batch.source1(i);
        destination0 = batch.destination0(i);
        destination1 = batch.destination1(i);
        ports = batch.ports(i);
    }
}
