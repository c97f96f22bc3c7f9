package io.fastpath.conntrack;

/** Counts what it is told. */
public final class CountingEvents implements FlowEvents {
    long opened;
    long closed;
    long reopened;
    long evicted;
    long lostRace;
    long recycled;
    long counted;
    long moved;
    long reclaimed;
    int lastClosedService = -1;
    int lastClosedBackend = -1;
    int lastClosedState = -1;

    @Override
    public void opened(final int serviceIndex, final int backendIndex) {
        opened++;
    }

    @Override
    public void closed(final int serviceIndex, final int backendIndex, final int state) {
        closed++;
        lastClosedService = serviceIndex;
        lastClosedBackend = backendIndex;
        lastClosedState = state;
    }

    @Override
    public void counted(final long client0, final long client1, final int serviceIndex, final int delta) {
        counted += delta;
    }

    @Override
    public void reopened() {
        reopened++;
    }

    @Override
    public void evictedEmbryonic() {
        evicted++;
    }

    @Override
    public void recycled() {
        recycled++;
    }

    @Override
    public void moved() {
        moved++;
    }

    @Override
    public void lostRace() {
        lostRace++;
    }

    @Override
    public void reclaimed() {
        reclaimed++;
    }
}
