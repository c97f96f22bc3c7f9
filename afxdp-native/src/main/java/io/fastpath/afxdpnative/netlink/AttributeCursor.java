package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.ATTRIBUTE_HEADER_LENGTH;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.ATTRIBUTE_TYPE_MASK;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * Steps over the attributes of a message or of a nesting attribute. {@link #wrap} it, then call {@link #next()} until it
 * answers false; the other methods tell of the attribute that {@code next} stopped at, and throw {@link
 * NetlinkFormatException} where its payload is too short for what is asked of it. Owned by one thread.
 */
public final class AttributeCursor {
    private DirectBuffer buffer;
    private int payloadOffset;
    private int payloadLength;
    private int type;
    private int nextOffset;
    private int endOffset;

    /**
     * Begin before the first attribute of a region.
     *
     * @param message buffer that holds it.
     * @param offset of the region.
     * @param length of the region in bytes.
     * @return this.
     */
    public AttributeCursor wrap(final DirectBuffer message, final int offset, final int length) {
        message.boundsCheck(offset, length);
        buffer = message;
        nextOffset = offset;
        endOffset = offset + length;
        payloadLength = 0;
        return this;
    }

    /**
     * Begin behind the fixed part of a message.
     *
     * @param message buffer that holds it.
     * @param offset of the message's payload.
     * @param length of the message's payload.
     * @param fixedLength bytes of the fixed part.
     * @return this.
     * @throws NetlinkFormatException if the payload is shorter than its fixed part.
     */
    public AttributeCursor wrapAfter(
            final DirectBuffer message, final int offset, final int length, final int fixedLength) {
        if (length < fixedLength) {
            throw new NetlinkFormatException("fixed part of " + fixedLength + " bytes in a payload of " + length);
        }
        final int skip = Math.min(NetlinkDescriptor.align(fixedLength), length);
        return wrap(message, offset + skip, length - skip);
    }

    /**
     * Step to the next attribute. As in the kernel's own parser, up to 3 bytes left over are padding.
     *
     * @return false at the end of the region.
     * @throws NetlinkFormatException if the attribute doesn't fit into the region.
     */
    public boolean next() {
        final int remaining = endOffset - nextOffset;
        if (remaining < ATTRIBUTE_HEADER_LENGTH) {
            return false;
        }
        final int length = buffer.getShort(nextOffset) & 0xFFFF;
        if (length < ATTRIBUTE_HEADER_LENGTH || length > remaining) {
            throw new NetlinkFormatException("attribute of " + length + " bytes where " + remaining + " are left");
        }
        type = buffer.getShort(nextOffset + 2) & ATTRIBUTE_TYPE_MASK;
        payloadOffset = nextOffset + ATTRIBUTE_HEADER_LENGTH;
        payloadLength = length - ATTRIBUTE_HEADER_LENGTH;
        nextOffset += Math.min(NetlinkDescriptor.align(length), remaining);
        return true;
    }

    /** {@return the type without its flag bits} */
    public int type() {
        return type;
    }

    /** {@return the offset of the payload} */
    public int offset() {
        return payloadOffset;
    }

    /** {@return the bytes of the payload} */
    public int length() {
        return payloadLength;
    }

    /** {@return the payload's first byte} */
    public int u8() {
        need(Byte.BYTES);
        return buffer.getByte(payloadOffset) & 0xFF;
    }

    /** {@return the payload as a uint16} */
    public int u16() {
        need(Short.BYTES);
        return buffer.getShort(payloadOffset) & 0xFFFF;
    }

    /** {@return the payload as a uint16 in network order} */
    public int u16Be() {
        return Short.reverseBytes((short) u16()) & 0xFFFF;
    }

    /** {@return the payload's 32 bits} */
    public int s32() {
        need(Integer.BYTES);
        return buffer.getInt(payloadOffset);
    }

    /** {@return the payload as a uint32} */
    public long u32() {
        return Integer.toUnsignedLong(s32());
    }

    /** {@return the payload as a uint64, or as a uint32 where the kernel sent the short form (its type {@code uint})} */
    public long u64() {
        if (payloadLength == Integer.BYTES) {
            return u32();
        }
        need(Long.BYTES);
        return buffer.getLong(payloadOffset);
    }

    /** {@return the payload as text, up to the first NUL} */
    public String string() {
        int length = 0;
        while (length < payloadLength && buffer.getByte(payloadOffset + length) != 0) {
            length++;
        }
        final byte[] bytes = new byte[length];
        buffer.getBytes(payloadOffset, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** {@return the payload as an address of 4 or 16 bytes} */
    public IpAddress address() {
        return IpAddress.read(buffer, payloadOffset, payloadLength);
    }

    /** {@return the payload as an Ethernet address, or {@link MacAddress#NONE} if it isn't 6 bytes long} */
    public long mac() {
        return payloadLength == MacAddress.LENGTH ? MacAddress.read(buffer, payloadOffset) : MacAddress.NONE;
    }

    /** {@return a new cursor over the attributes that the payload holds} */
    public AttributeCursor nested() {
        return new AttributeCursor().wrap(buffer, payloadOffset, payloadLength);
    }

    private void need(final int length) {
        if (payloadLength < length) {
            throw new NetlinkFormatException(
                    "attribute " + type + ": " + payloadLength + " bytes, " + length + " expected");
        }
    }
}
