package io.fastpath.bench.rival;

/** What a map on the heap keeps of a connection beside its keys: what a flow slot has beside its tuple. */
final class Connection {
    final int backendIndex;
    int state;
    int lastSeenTicks;
    short requestHopIndex;
    short replyHopIndex;
    short serviceIndex;

    Connection(final int backendIndex) {
        this.backendIndex = backendIndex;
    }
}
