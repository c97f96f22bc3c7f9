package io.fastpath.fastpath.answerengine;

import io.fastpath.lb.Address;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Makes the frames that want an answer. Lengths and checksums are right, unless patched afterwards. */
final class FrameBuilder {
    private final byte[] source;
    private final byte[] destination;
    private byte[] message;
    private byte[] options = new byte[0];
    private int ttl;
    private byte[] tags = new byte[0];
    private String sourceMac = AnswerFrames.CLIENT_MAC;

    private FrameBuilder(final String source, final String destination, final int ttl, final byte[] message) {
        this.source = Address.parse(source).bytes();
        this.destination = Address.parse(destination).bytes();
        this.ttl = ttl;
        this.message = message;
    }

    /** An ARP frame, addresses in the order of the packet. */
    static byte[] arp(
            final int operation, final String senderMac, final String sender, final String target, final int... tags) {
        return ByteBuffer.allocate(14 + 4 * tags.length + 28)
                .put(mac("ff:ff:ff:ff:ff:ff"))
                .put(mac(senderMac))
                .put(tagBytes(tags))
                .putShort((short) 0x0806)
                .putShort((short) 1)
                .putShort((short) 0x0800)
                .putShort((short) 0x0604)
                .putShort((short) operation)
                .put(mac(senderMac))
                .put(Address.parse(sender).bytes())
                .put(new byte[6])
                .put(Address.parse(target).bytes())
                .array();
    }

    /** An echo request of the addresses' family. */
    static FrameBuilder echo(final String source, final String destination, final int payloadLength) {
        final byte[] message = new byte[8 + payloadLength];
        for (int i = 4; i < message.length; i++) {
            message[i] = (byte) (i * 31 + 7);
        }
        message[0] = (byte) (destination.indexOf(':') < 0 ? 8 : 128);
        return new FrameBuilder(source, destination, 3, message);
    }

    /** A neighbour solicitation. */
    static FrameBuilder solicitation(
            final String source, final String destination, final String target, final byte... options) {
        final byte[] message = ByteBuffer.allocate(24 + options.length)
                .putLong(135L << 56)
                .put(Address.parse(target).bytes())
                .put(options)
                .array();
        return new FrameBuilder(source, destination, 255, message);
    }

    FrameBuilder ttl(final int value) {
        ttl = value;
        return this;
    }

    /** TPID and TCI of each. */
    FrameBuilder tags(final int... values) {
        tags = tagBytes(values);
        return this;
    }

    FrameBuilder from(final String mac) {
        sourceMac = mac;
        return this;
    }

    /** IPv4 options: no-operations. */
    FrameBuilder options(final int wordCount) {
        options = new byte[4 * wordCount];
        Arrays.fill(options, (byte) 1);
        return this;
    }

    /** A byte of the ICMP message. */
    FrameBuilder patch(final int offset, final int value) {
        message[offset] = (byte) value;
        return this;
    }

    /** An ICMP message of zeros, but for its type. */
    FrameBuilder zeros() {
        Arrays.fill(message, 1, message.length, (byte) 0);
        return this;
    }

    byte[] build() {
        final ByteBuffer frame = ByteBuffer.allocate(2 * message.length + 128)
                .put(mac("02:fc:00:00:00:03"))
                .put(mac(sourceMac))
                .put(tags);
        if (source.length == 4) {
            frame.putShort((short) 0x0800)
                    .put((byte) (0x45 + options.length / 4))
                    .put((byte) 0)
                    .putShort((short) (20 + options.length + message.length))
                    .putInt(0xbeef_4000)
                    .put((byte) ttl)
                    .put((byte) 1)
                    .putShort((short) 0);
        } else {
            frame.putShort((short) 0x86dd)
                    .putInt(0x6b81_2345)
                    .putShort((short) message.length)
                    .put((byte) 58)
                    .put((byte) ttl);
        }
        frame.put(source).put(destination).put(options).put(message);
        return FrameMender.mend(Arrays.copyOf(frame.array(), frame.position()));
    }

    static byte[] mac(final String text) {
        final byte[] bytes = new byte[6];
        final String[] parts = text.split(":");
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(parts[i], 16);
        }
        return bytes;
    }

    private static byte[] tagBytes(final int... tags) {
        final ByteBuffer bytes = ByteBuffer.allocate(4 * tags.length);
        for (final int tag : tags) {
            bytes.putInt(tag);
        }
        return bytes.array();
    }
}
