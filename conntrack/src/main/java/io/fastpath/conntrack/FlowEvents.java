package io.fastpath.conntrack;

/**
 * What the flow table tells the one who counts. Called on the thread that made it happen, inside the operation:
 * implementations add to counters, and neither block, allocate nor call back into the table.
 */
public interface FlowEvents {
    /** Hears nothing: for who only reads, or counts elsewhere. */
    FlowEvents NONE = SilentEvents.INSTANCE;

    /**
     * A connection was entered. Counter FLOW_OPENED.
     *
     * @param serviceIndex of the connection
     * @param backendIndex of the connection
     */
    void opened(int serviceIndex, int backendIndex);

    /**
     * A connection was removed: expired, evicted or on request. Counter FLOW_CLOSED. Its slots are
     * free already. Every connection that was opened is closed once, unless a writer dies between a step and its report.
     *
     * @param serviceIndex of the connection
     * @param backendIndex of the connection
     * @param state its last one; {@code FlowState.DYING} if a dead writer had begun the removal
     */
    void closed(int serviceIndex, int backendIndex, int state);

    /**
     * A connection that is counted where there is a limit ({@link FlowOptions#COUNT}) was opened or closed; {@link #opened} or
     * {@link #closed} was told too.
     *
     * @param client0 client's address, word 0
     * @param client1 client's address, word 1
     * @param serviceIndex of the connection
     * @param delta 1 for opened, -1 for closed
     */
    void counted(long client0, long client1, int serviceIndex, int delta);

    /** A new SYN reused a connection that had ended. Counter FLOW_REOPENED. */
    void reopened();

    /** A half-open connection made room; {@link #closed} was told too. Counter FLOW_EVICTED_EMBRYONIC. */
    void evictedEmbryonic();

    /** A connection that had ended or expired gave its tuple to a new one; {@link #closed} was told too. Counter FLOW_RECYCLED. */
    void recycled();

    /** A connection left a backend that did not answer; {@link #closed} was told too. Counter FLOW_SYN_MOVED. */
    void moved();

    /** Somebody else had entered the connection first. Counter FLOW_LOST_RACE. */
    void lostRace();

    /** A slot was taken back from a writer that never finished. Counter FLOW_RECLAIMED. */
    void reclaimed();
}
