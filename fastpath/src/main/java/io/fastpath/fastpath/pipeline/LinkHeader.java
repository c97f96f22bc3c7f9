package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.Ethernet;
import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.fastpath.wire.Vlan;
import io.fastpath.kernelbpf.memory.SharedMemory;

/** The Ethernet header and tags in front of a packet: read on the way in, written for a next hop, turned for a reply. */
final class LinkHeader {
    private LinkHeader() {}

    /** How many tags a parsed packet has. */
    static int tagCount(final PacketBatch batch, final int i) {
        return ((int) batch.networkOffset(i) - batch.packetOffset(i) - Ethernet.HEADER_LENGTH) / Vlan.LENGTH;
    }

    /** A parsed packet's outer tag as it stands in memory, 0 for none. */
    static int outerTag(final SharedMemory frames, final PacketBatch batch, final int i) {
        return tagCount(batch, i) > 0 ? frames.getInt(batch.packetOffset(i) + Ethernet.TYPE_OFFSET) : 0;
    }

    /** A parsed packet's inner tag as it stands in memory, 0 for none. */
    static int innerTag(final SharedMemory frames, final PacketBatch batch, final int i) {
        return tagCount(batch, i) > 1 ? frames.getInt(batch.packetOffset(i) + Ethernet.TYPE_OFFSET + Vlan.LENGTH) : 0;
    }

    /** A parsed packet's source MAC, as it stands in memory. */
    static long sourceMac(final SharedMemory frames, final PacketBatch batch, final int i) {
        return MacWord.of(frames.getLong(batch.packetOffset(i) + Ethernet.SOURCE_OFFSET));
    }

    /** Bytes in front of the IP header that a packet has on its way to a hop: with the hop's tags, or those that it keeps. */
    static int length(final PacketBatch batch, final int i, final NextHopTable hops, final int hopIndex) {
        final int hopTags = hops.tagCount(hopIndex);
        return length(hopTags == 0 ? batch.keptTagCount(i) : hopTags);
    }

    /** Bytes in front of the IP header with so many tags. */
    static int length(final int tagCount) {
        return Ethernet.HEADER_LENGTH + tagCount * Vlan.LENGTH;
    }

    /**
     * Writes the header for a hop, in front of the IP header; the caller has checked that there is room. The packet's
     * offset and length become what is to be sent.
     */
    static void write(
            final SharedMemory frames,
            final PacketBatch batch,
            final int i,
            final NextHopTable hops,
            final int hopIndex,
            final int typeBe) {
        write(frames, batch, i, hops, hopIndex, typeBe, batch.networkOffset(i), batch.ipLength(i));
    }

    /** The same in front of an IP header anywhere in the frame, of a packet of any length. */
    static void write(
            final SharedMemory frames,
            final PacketBatch batch,
            final int i,
            final NextHopTable hops,
            final int hopIndex,
            final int typeBe,
            final long network,
            final int ipLength) {
        final boolean isKept = hops.tagCount(hopIndex) == 0;
        final int tagCount = isKept ? batch.keptTagCount(i) : hops.tagCount(hopIndex);
        final long start = network - length(tagCount);
        frames.putLong(start, hops.macWord(hopIndex));
        frames.putInt(start + Long.BYTES, hops.sourceMacTail(hopIndex));
        if (tagCount > 0) {
            frames.putInt(start + Ethernet.TYPE_OFFSET, isKept ? batch.keptOuterTag(i) : hops.outerTag(hopIndex));
            if (tagCount > 1) {
                frames.putInt(
                        start + Ethernet.TYPE_OFFSET + Vlan.LENGTH,
                        isKept ? batch.keptInnerTag(i) : hops.innerTag(hopIndex));
            }
        }
        frames.putShort(network - Short.BYTES, (short) typeBe);
        batch.outgoing(i, start, network - start + ipLength);
    }

    /**
     * Turns a packet round: it goes back where it came from, with the tags it has.
     *
     * @return false if the sender's MAC can't be answered, and then nothing was written
     */
    static boolean turn(
            final SharedMemory frames, final PacketBatch batch, final int i, final InterfaceTable interfaces) {
        final long sender = sourceMac(frames, batch, i);
        if (!MacWord.isUnicast(sender)) {
            return false;
        }
        address(frames, batch.packetOffset(i), sender, interfaces.macMemory(batch.ingressSlot(i)));
        return true;
    }

    /** Writes both MAC addresses. */
    static void address(final SharedMemory frames, final long offset, final long destinationMac, final long sourceMac) {
        frames.putLong(offset, destinationMac | sourceMac << MacWord.BITS);
        frames.putInt(offset + Long.BYTES, (int) (sourceMac >>> Short.SIZE));
    }
}
