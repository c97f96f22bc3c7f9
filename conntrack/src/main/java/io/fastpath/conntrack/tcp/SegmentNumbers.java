package io.fastpath.conntrack.tcp;

/** The numbers of a TCP segment that is judged by them. Scratch of one thread; who reads segments sets the fields. */
public final class SegmentNumbers {
    /** The flags byte. */
    public int flags;

    /** Sequence number. */
    public int begin;

    /** One beyond the last number; SYN and FIN count. */
    public int end;

    /** Acknowledgment number; of meaning with ACK only. */
    public int ack;

    /** The window as it stands there, not scaled. */
    public int window;

    /** By how many bits its sender offers to scale windows, up to 14; -1 where it does not. */
    public int scale;

    /** Whether it bears a timestamp; looked for in a SYN only. */
    public boolean isStamped;

    /** Whether more of it comes in further fragments. */
    public boolean isFragment;

    /** Nothing is set. */
    public SegmentNumbers() {}

    boolean has(final int flag) {
        return (flags & flag) != 0;
    }
}
