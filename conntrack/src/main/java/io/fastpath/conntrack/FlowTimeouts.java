package io.fastpath.conntrack;

import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How long a connection may be idle in each state, in both directions, before it is removed. Immutable; any thread.
 *
 * <p>Defaults follow nf_conntrack's ({@code net/netfilter/nf_conntrack_proto_tcp.c}, {@code _udp.c}), with an
 * established TCP connection at 2 hours (RFC 5382, REQ-5 asks for no less than 2 hours 4 minutes of NATs that can't
 * ask the endpoints; keep-alives of 2 hours are the reason), SYN sent at 1 minute (a client that has not been answered
 * by then has sent five SYNs), and TIME_WAIT at Linux' own minute.
 *
 * <p>Idle time is a difference of ticks modulo 2^32, read as signed: good for 26 days, hence {@link #LONGEST_NS}.
 */
public final class FlowTimeouts {
    /** Shortest: one tick. */
    public static final long SHORTEST_NS = 1L << FlowDescriptor.TICK_SHIFT;

    /** Longest: far enough from the wrap of the ticks that the sweep can't miss it. */
    public static final long LONGEST_NS = TimeUnit.DAYS.toNanos(10);

    /** How long a claim or a removal may take before its writer is held to be dead. */
    public static final int ABANDONED_TICKS = FlowDescriptor.ticks(TimeUnit.SECONDS.toNanos(1));

    private static final String[] KEYS = new String[FlowState.COUNT];
    private static final long[] DEFAULTS_NS = new long[FlowState.COUNT];

    static {
        define(FlowState.TCP_SYN_SENT, "tcpSynSent", 60);
        define(FlowState.TCP_SYN_RECV, "tcpSynRecv", 60);
        define(FlowState.TCP_ESTABLISHED, "tcpEstablished", TimeUnit.HOURS.toSeconds(2));
        define(FlowState.TCP_FIN_WAIT, "tcpFinWait", 120);
        define(FlowState.TCP_CLOSE_WAIT, "tcpCloseWait", 60);
        define(FlowState.TCP_LAST_ACK, "tcpLastAck", 30);
        define(FlowState.TCP_TIME_WAIT, "tcpTimeWait", 60);
        define(FlowState.TCP_CLOSE, "tcpClose", 10);
        define(FlowState.TCP_SYN_SENT2, "tcpSynSent2", 60);
        define(FlowState.UDP_SINGLE, "udp", 30);
        define(FlowState.UDP_STREAM, "udpStream", 120);
    }

    private final long[] timeoutsNs;
    private final int[] timeoutTicks = new int[FlowDescriptor.STATE_MASK + 1]; // a state nobody knows: expired

    private FlowTimeouts(final long[] timeoutsNs) {
        this.timeoutsNs = timeoutsNs;
        for (int state = 0; state < FlowState.COUNT; state++) {
            timeoutTicks[state] = FlowDescriptor.ticks(timeoutsNs[state]);
        }
    }

    /**
     * What holds where the configuration says nothing.
     *
     * @return the defaults
     */
    public static FlowTimeouts defaults() {
        return new FlowTimeouts(DEFAULTS_NS.clone());
    }

    /**
     * Names of the configuration's keys.
     *
     * @return one per live state
     */
    public static List<String> keys() {
        return Arrays.stream(KEYS).filter(key -> key != null).toList();
    }

    /**
     * The same but for one state.
     *
     * @param key one of {@link #keys()}
     * @param timeoutNs from {@link #SHORTEST_NS} to {@link #LONGEST_NS}
     * @return the new timeouts
     * @throws IllegalArgumentException naming the key, the value and what is allowed
     */
    public FlowTimeouts with(final String key, final long timeoutNs) {
        final int state = Arrays.asList(KEYS).indexOf(key);
        if (key == null || state < 0) {
            throw new IllegalArgumentException("timeout '" + key + "' is not one of " + keys());
        }
        return with(state, timeoutNs);
    }

    /**
     * The same but for one state.
     *
     * @param state a live one
     * @param timeoutNs from {@link #SHORTEST_NS} to {@link #LONGEST_NS}
     * @return the new timeouts
     * @throws IllegalArgumentException naming the key, the value and what is allowed
     */
    public FlowTimeouts with(final int state, final long timeoutNs) {
        if (!FlowState.isLive(state) || state >= FlowState.COUNT) {
            throw new IllegalArgumentException("state " + state + " has no timeout");
        }
        if (timeoutNs < SHORTEST_NS || timeoutNs > LONGEST_NS) {
            throw new IllegalArgumentException("timeout " + KEYS[state] + " is " + timeoutNs + " ns; allowed is from "
                    + SHORTEST_NS + " ns to 10 days");
        }
        final long[] changed = timeoutsNs.clone();
        changed[state] = timeoutNs;
        return new FlowTimeouts(changed);
    }

    /**
     * Timeout of a state.
     *
     * @param state a live one
     * @return in ns, as configured
     */
    public long timeoutNs(final int state) {
        return timeoutsNs[state];
    }

    /**
     * Timeout of a state.
     *
     * @param state a live one
     * @return in ticks
     */
    public int timeoutTicks(final int state) {
        return timeoutTicks[state];
    }

    /**
     * Whether an idle time is beyond a state's timeout.
     *
     * @param state any that a control word can hold
     * @param idleTicks as {@link #idleTicks} gave
     * @return true if so
     */
    boolean isExpired(final int state, final int idleTicks) {
        return idleTicks > timeoutTicks[state];
    }

    /**
     * Time between two readings of the clock that may have wrapped.
     *
     * @param nowTicks the reader's time
     * @param lastSeenTicks a stored time, perhaps slightly ahead: another worker's clock was read later
     * @return ticks; 0 if it is ahead
     */
    static int idleTicks(final int nowTicks, final int lastSeenTicks) {
        return Math.max(0, nowTicks - lastSeenTicks);
    }

    private static void define(final int state, final String key, final long seconds) {
        KEYS[state] = key;
        DEFAULTS_NS[state] = TimeUnit.SECONDS.toNanos(seconds);
    }
}
