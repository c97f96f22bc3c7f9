package io.fastpath.fastpath.packetengine;

import io.fastpath.fastpath.pipeline.PacketTwin;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * {@code struct lab_call} in the map of the packet functions: arguments, the answer, and the first block of {@code struct
 * fp_packet}, what the headers say.
 *
 * <pre>
 *   0         8         12        16        20        24        64
 *  +---------+---------+---------+---------+---------+---------+-----------------
 *  | answer  | hop     | ingress | egress  | zero    | to      | packet, see below
 *  |         | index   | flags   | ifindex |         |         |
 *  +---------+---------+---------+---------+---------+---------+-----------------
 *
 *  64        80        96        100       104       108       112       116       120       124
 *  +---------+---------+---------+---------+---------+---------+---------+---------+---------+
 *  | source  | destin. | ports   | protocol| kind    | network |transport| IP bytes| TTL     | TCP flags
 *  +---------+---------+---------+---------+---------+---------+---------+---------+---------+
 * </pre>
 *
 * The translation in {@code to} is laid out as the first four fields of the packet.
 */
final class PacketRecord {
    private static final int ANSWER_OFFSET = 0;
    private static final int HOP_INDEX_OFFSET = 8;
    private static final int INGRESS_FLAGS_OFFSET = 12;
    private static final int EGRESS_IFINDEX_OFFSET = 16;
    private static final int TO_OFFSET = 24;
    private static final int TO_PORTS_OFFSET = TO_OFFSET + 32;
    private static final int PACKET_OFFSET = 64;
    private static final int PORTS_OFFSET = 96;
    private static final int PROTOCOL_OFFSET = 100;
    private static final int KIND_OFFSET = 104;
    private static final int NETWORK_OFFSET_OFFSET = 108;
    private static final int TRANSPORT_OFFSET_OFFSET = 112;
    private static final int IP_LENGTH_OFFSET = 116;
    private static final int TIME_TO_LIVE_OFFSET = 120;
    private static final int TCP_FLAGS_OFFSET = 124;
    private static final int POISONED_LENGTH = 128;

    private final SharedMemory memory;

    PacketRecord(final SharedMemory memory) {
        this.memory = memory;
    }

    int answer() {
        return (int) memory.getLong(ANSWER_OFFSET);
    }

    int kind() {
        return memory.getInt(KIND_OFFSET);
    }

    int networkOffset() {
        return memory.getInt(NETWORK_OFFSET_OFFSET);
    }

    int transportOffset() {
        return memory.getInt(TRANSPORT_OFFSET_OFFSET);
    }

    int egressIfindex() {
        return memory.getInt(EGRESS_IFINDEX_OFFSET);
    }

    /** What the headers say, in the twin's words. */
    PacketTwin.Headers headers() {
        return new PacketTwin.Headers(
                networkOffset(),
                transportOffset(),
                memory.getInt(IP_LENGTH_OFFSET),
                memory.getInt(PROTOCOL_OFFSET),
                memory.getInt(TIME_TO_LIVE_OFFSET),
                memory.getLong(PACKET_OFFSET),
                memory.getLong(PACKET_OFFSET + Long.BYTES),
                memory.getLong(PACKET_OFFSET + 2 * Long.BYTES),
                memory.getLong(PACKET_OFFSET + 3 * Long.BYTES));
    }

    int ports() {
        return memory.getInt(PORTS_OFFSET);
    }

    int tcpFlags() {
        return memory.getInt(TCP_FLAGS_OFFSET);
    }

    /** So that nothing of an earlier packet is taken for a later one's. */
    void poison() {
        for (long offset = 0; offset < POISONED_LENGTH; offset++) {
            memory.putByte(offset, (byte) 0xa5);
        }
    }

    void ipLength(final int value) {
        memory.putInt(IP_LENGTH_OFFSET, value);
    }

    void ingressFlags(final int value) {
        memory.putInt(INGRESS_FLAGS_OFFSET, value);
    }

    void hopIndex(final int value) {
        memory.putInt(HOP_INDEX_OFFSET, value);
    }

    void to(final PacketTwin.Endpoints to) {
        memory.putLong(TO_OFFSET, to.source0());
        memory.putLong(TO_OFFSET + Long.BYTES, to.source1());
        memory.putLong(TO_OFFSET + 2 * Long.BYTES, to.destination0());
        memory.putLong(TO_OFFSET + 3 * Long.BYTES, to.destination1());
        memory.putInt(TO_PORTS_OFFSET, to.ports());
    }
}
