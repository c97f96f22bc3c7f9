package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.ATTRIBUTE_HEADER_LENGTH;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.FLAGS_OFFSET;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.LENGTH_OFFSET;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.MESSAGE_HEADER_LENGTH;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.NLA_F_NESTED;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.SEQUENCE_OFFSET;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.TYPE_OFFSET;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * Builds one message: {@link #begin}, the fixed part with the plain {@code u8 … s32}, then attributes. The length in the
 * header is right at every moment. Reusable; owned by one thread.
 */
public final class MessageWriter {
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(256);
    private int length;

    /**
     * Start anew.
     *
     * @param type of the message.
     * @param flags NLM_F_ bits.
     * @return this.
     */
    public MessageWriter begin(final int type, final int flags) {
        length = MESSAGE_HEADER_LENGTH;
        buffer.setMemory(0, MESSAGE_HEADER_LENGTH, (byte) 0);
        buffer.putShort(TYPE_OFFSET, (short) type);
        buffer.putShort(FLAGS_OFFSET, (short) flags);
        return grow(0);
    }

    /** Set the sequence number, by which the reply is known. @param sequence any. */
    void sequence(final int sequence) {
        buffer.putInt(SEQUENCE_OFFSET, sequence);
    }

    /** Add flags. @param flags NLM_F_ bits. */
    void addFlags(final int flags) {
        buffer.putShort(FLAGS_OFFSET, (short) (buffer.getShort(FLAGS_OFFSET) | flags));
    }

    /**
     * Append a byte of the fixed part.
     *
     * @param value its lower 8 bits.
     * @return this.
     */
    public MessageWriter u8(final int value) {
        buffer.putByte(length, (byte) value);
        return grow(Byte.BYTES);
    }

    /**
     * Append 16 bits of the fixed part.
     *
     * @param value its lower 16 bits.
     * @return this.
     */
    public MessageWriter u16(final int value) {
        buffer.putShort(length, (short) value);
        return grow(Short.BYTES);
    }

    /**
     * Append 32 bits of the fixed part.
     *
     * @param value the bits.
     * @return this.
     */
    public MessageWriter s32(final int value) {
        buffer.putInt(length, value);
        return grow(Integer.BYTES);
    }

    /**
     * Append an attribute of 32 bits.
     *
     * @param type of the attribute.
     * @param value the bits.
     * @return this.
     */
    public MessageWriter attribute(final int type, final int value) {
        attributeHeader(type, Integer.BYTES);
        return s32(value);
    }

    /**
     * Append an attribute of a NUL-terminated string.
     *
     * @param type of the attribute.
     * @param text without NUL.
     * @return this.
     */
    public MessageWriter attribute(final int type, final String text) {
        return attribute(type, (text + '\0').getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Append an attribute of any bytes, padded to a multiple of 4.
     *
     * @param type of the attribute.
     * @param payload at most 65,531 bytes.
     * @return this.
     */
    public MessageWriter attribute(final int type, final byte[] payload) {
        attributeHeader(type, payload.length);
        buffer.putBytes(length, payload);
        grow(payload.length);
        final int padding = NetlinkDescriptor.align(length) - length;
        buffer.setMemory(length, padding, (byte) 0);
        return grow(padding);
    }

    /**
     * Open an attribute that holds attributes.
     *
     * @param type of the attribute.
     * @return its offset, for {@link #endNested}.
     */
    public int beginNested(final int type) {
        final int start = length;
        attributeHeader(type | NLA_F_NESTED, 0);
        return start;
    }

    /**
     * Close an attribute that holds attributes.
     *
     * @param start as {@link #beginNested} answered.
     * @return this.
     */
    public MessageWriter endNested(final int start) {
        buffer.putShort(start, (short) (length - start));
        return this;
    }

    /** {@return the message, from offset 0} */
    public DirectBuffer buffer() {
        return buffer;
    }

    /** {@return the message's bytes so far} */
    public int length() {
        return length;
    }

    private void attributeHeader(final int type, final int payloadLength) {
        if (payloadLength > 0xFFFF - ATTRIBUTE_HEADER_LENGTH) {
            throw new IllegalArgumentException("attribute of " + payloadLength + " bytes");
        }
        u16(ATTRIBUTE_HEADER_LENGTH + payloadLength);
        u16(type);
    }

    private MessageWriter grow(final int by) {
        length += by;
        buffer.putInt(LENGTH_OFFSET, length);
        return this;
    }
}
