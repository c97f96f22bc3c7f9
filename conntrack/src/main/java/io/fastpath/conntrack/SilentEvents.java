package io.fastpath.conntrack;

/** {@link FlowEvents#NONE}. */
enum SilentEvents implements FlowEvents {
    INSTANCE;

    @Override
    public void opened(final int serviceIndex, final int backendIndex) {}

    @Override
    public void closed(final int serviceIndex, final int backendIndex, final int state) {}

    @Override
    public void counted(final long client0, final long client1, final int serviceIndex, final int delta) {}

    @Override
    public void reopened() {}

    @Override
    public void evictedEmbryonic() {}

    @Override
    public void recycled() {}

    @Override
    public void moved() {}

    @Override
    public void lostRace() {}

    @Override
    public void reclaimed() {}
}
