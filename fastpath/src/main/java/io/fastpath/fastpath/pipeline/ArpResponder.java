package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.nexthop.NextHopResolver;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.AddressKind;
import io.fastpath.fastpath.wire.Arp;
import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.selection.Selector;

/**
 * ARP (RFC 826): a request for a VIP is answered in its own frame, with the MAC of the interface it came in by. Replies
 * and announcements (RFC 5227, 3) are taken in. Who asks or announces tells its MAC, which serves a hop that waits for
 * one. One thread.
 */
final class ArpResponder {
    private final SharedMemory frames;
    private final Selector selector;
    private final InterfaceTable interfaces;
    private final NextHopResolver resolver;

    ArpResponder(
            final SharedMemory frames,
            final Selector selector,
            final InterfaceTable interfaces,
            final NextHopResolver resolver) {
        this.frames = frames;
        this.selector = selector;
        this.interfaces = interfaces;
        this.resolver = resolver;
    }

    /** Ends a packet of the kind ARP. */
    void end(final PacketBatch batch, final int i) {
        final int verdict = answer(batch, i);
        batch.end(i, verdict, verdict == Verdict.ANSWERED_ARP ? batch.ingressSlot(i) : PacketBatch.NONE);
    }

    private int answer(final PacketBatch batch, final int i) {
        final long arp = batch.networkOffset(i);
        final long senderMac = MacWord.of(frames.getLong(arp + Arp.SENDER_MAC_OFFSET));
        final int sender = frames.getInt(arp + Arp.SENDER_ADDRESS_OFFSET);
        if (MacWord.of(frames.getLong(arp)) != Arp.KIND_ETHERNET_IPV4
                || !MacWord.isUnicast(senderMac)
                || sender != 0 && AddressKind.isMartianSource(0, AddressDescriptor.ipv4Word1(sender))) {
            return Verdict.DROP_ARP;
        }
        final int operationBe = frames.getShort(arp + Arp.OPERATION_OFFSET);
        final int target = frames.getInt(arp + Arp.TARGET_ADDRESS_OFFSET);
        if (operationBe == Arp.OPERATION_REPLY_BE || operationBe == Arp.OPERATION_REQUEST_BE && sender == target) {
            learn(batch, i, sender, senderMac);
            return Verdict.CONSUMED_ARP;
        }
        if (operationBe != Arp.OPERATION_REQUEST_BE || !selector.isSingleVip(0, AddressDescriptor.ipv4Word1(target))) {
            return Verdict.DROP_ARP;
        }
        learn(batch, i, sender, senderMac);
        reply(batch, i, arp, senderMac, sender, target);
        return Verdict.ANSWERED_ARP;
    }

    private void reply(
            final PacketBatch batch,
            final int i,
            final long arp,
            final long senderMac,
            final int sender,
            final int target) {
        final long ownMac = interfaces.macMemory(batch.ingressSlot(i));
        frames.putShort(arp + Arp.OPERATION_OFFSET, (short) Arp.OPERATION_REPLY_BE);
        putMac(arp + Arp.SENDER_MAC_OFFSET, ownMac);
        frames.putInt(arp + Arp.SENDER_ADDRESS_OFFSET, target);
        putMac(arp + Arp.TARGET_MAC_OFFSET, senderMac);
        frames.putInt(arp + Arp.TARGET_ADDRESS_OFFSET, sender);
        LinkHeader.address(frames, batch.packetOffset(i), senderMac, ownMac);
        batch.outgoing(i, batch.packetOffset(i), arp - batch.packetOffset(i) + Arp.LENGTH);
    }

    private void putMac(final long offset, final long mac) {
        frames.putInt(offset, (int) mac);
        frames.putShort(offset + Integer.BYTES, (short) (mac >>> Integer.SIZE));
    }

    private void learn(final PacketBatch batch, final int i, final int sender, final long senderMac) {
        resolver.heardOf(
                interfaces.ifindex(batch.ingressSlot(i)),
                0,
                AddressDescriptor.ipv4Word1(sender),
                LinkHeader.tagCount(batch, i),
                LinkHeader.outerTag(frames, batch, i),
                LinkHeader.innerTag(frames, batch, i),
                senderMac);
    }
}
