package io.fastpath.fastpath.pipeline;

import io.fastpath.kernelbpf.hash.SipHash;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * SYN cookies (RFC 4987, 3.6): what has to be remembered of a SYN is put into the sequence number that answers it, and
 * comes back in the client's ACK. C twin: {@code fp_cookie.h}. One thread.
 *
 * <pre>
 *   31                          5 4      2 1    0
 *  +-----------------------------+--------+------+
 *  | keyed hash                  | MSS    | time |   time: of periods of 2^36 ns (68.7 s), the last two bits
 *  +-----------------------------+--------+------+
 * </pre>
 *
 * <p>The hash (SipHash-2-4, a secret of its own) is over addresses, ports, the client's sequence number, MSS and the whole
 * time, so a cookie is good for one SYN of one client, in its period and the next.
 */
final class SynCookies {
    private static final int PERIOD_SHIFT = 36;
    private static final int HASH_SHIFT = 5;
    private static final int MSS_SHIFT = 2;
    private static final int MSS_MASK = 7;
    private static final int MSS_BITS = 3;
    private static final int TIME_MASK = 3;
    private static final int PERIODS = 2;
    private static final int LENGTH = 48;
    private static final long LOW_HALF = 0xffff_ffffL;

    /** The defaults of RFC 9293, 3.7.1, and one below; those of tunnels and access lines; Ethernet; jumbo frames. */
    private static final int[] MSS = {256, 536, 1220, 1300, 1400, 1440, 1460, 8940};

    private final SipHash hash;

    SynCookies(final SharedMemory config) {
        hash = new SipHash(
                config.getLong(ConfigDescriptor.COOKIE_KEY_OFFSET),
                config.getLong(ConfigDescriptor.COOKIE_KEY_OFFSET + Long.BYTES));
    }

    /** The cookie for a SYN with a sequence number, of a client that takes segments of a size. */
    int of(final PacketBatch batch, final int i, final int sequence, final int mss, final long nowNs) {
        return cookie(batch, i, sequence, mssIndex(mss), nowNs >>> PERIOD_SHIFT);
    }

    /** Whether a cookie was given for a SYN, not too long ago: its low bits leave one period to try. */
    boolean isGood(final PacketBatch batch, final int i, final int sequence, final int cookie, final long nowNs) {
        final long period = nowNs >>> PERIOD_SHIFT;
        final int age = (int) period - cookie & TIME_MASK;
        return age < PERIODS && cookie(batch, i, sequence, cookie >>> MSS_SHIFT & MSS_MASK, period - age) == cookie;
    }

    /** The segment size that a cookie tells. */
    static int mss(final int cookie) {
        return MSS[cookie >>> MSS_SHIFT & MSS_MASK];
    }

    /** The highest that is not above what the client takes; the lowest there is, if all are. */
    private static int mssIndex(final int mss) {
        int index = MSS.length - 1;
        while (index > 0 && MSS[index] > mss) {
            index--;
        }
        return index;
    }

    private int cookie(
            final PacketBatch batch, final int i, final int sequence, final int mssIndex, final long period) {
        hash.begin();
        hash.word(batch.source0(i));
        hash.word(batch.source1(i));
        hash.word(batch.destination0(i));
        hash.word(batch.destination1(i));
        hash.word(batch.ports(i) & LOW_HALF | (long) sequence << Integer.SIZE);
        hash.word(period << MSS_BITS | mssIndex);
        return (int) (hash.end(LENGTH) >>> Integer.SIZE) << HASH_SHIFT
                | mssIndex << MSS_SHIFT
                | (int) period & TIME_MASK;
    }
}
