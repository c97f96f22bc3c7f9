package io.fastpath.fastpath.pipeline;

import io.fastpath.lb.Address;
import java.nio.ByteBuffer;

/** Makes ARP frames for tests. */
public final class ArpBuilder {
    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    private ArpBuilder() {}

    public static byte[] arp(
            final int operation,
            final String senderMac,
            final String sender,
            final String targetMac,
            final String target,
            final String linkDestination,
            final int... vlanIds) {
        final ByteBuffer frame = ByteBuffer.allocate(14 + 4 * vlanIds.length + 28);
        frame.put(PacketBuilder.mac(linkDestination)).put(PacketBuilder.mac(senderMac));
        for (final int vlanId : vlanIds) {
            frame.putShort((short) 0x8100).putShort((short) vlanId);
        }
        return frame.putShort((short) 0x0806)
                .putShort((short) 1)
                .putShort((short) 0x0800)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) operation)
                .put(PacketBuilder.mac(senderMac))
                .put(Address.parse(sender).bytes())
                .put(PacketBuilder.mac(targetMac))
                .put(Address.parse(target).bytes())
                .array();
    }
}
