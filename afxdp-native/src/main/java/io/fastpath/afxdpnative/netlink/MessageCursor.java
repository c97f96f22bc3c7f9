package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.FLAGS_OFFSET;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.LENGTH_OFFSET;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.MESSAGE_HEADER_LENGTH;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.SEQUENCE_OFFSET;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.TYPE_OFFSET;

import org.agrona.DirectBuffer;

/**
 * Steps over the messages of one received datagram. {@link #wrap} it, then call {@link #next()} until it answers false;
 * the other methods tell of the message that {@code next} stopped at. Owned by one thread.
 */
public final class MessageCursor {
    private DirectBuffer buffer;
    private int messageOffset;
    private int messageLength;
    private int nextOffset;
    private int endOffset;

    /**
     * Begin before the first message.
     *
     * @param datagram buffer that holds it.
     * @param offset of its first byte.
     * @param length in bytes.
     * @return this.
     */
    public MessageCursor wrap(final DirectBuffer datagram, final int offset, final int length) {
        datagram.boundsCheck(offset, length);
        buffer = datagram;
        nextOffset = offset;
        endOffset = offset + length;
        messageLength = 0;
        return this;
    }

    /**
     * Step to the next message.
     *
     * @return false at the end of the datagram.
     * @throws NetlinkFormatException if the message doesn't fit into the datagram.
     */
    public boolean next() {
        final int remaining = endOffset - nextOffset;
        if (remaining == 0) {
            return false;
        }
        if (remaining < MESSAGE_HEADER_LENGTH) {
            throw new NetlinkFormatException("message header cut off after " + remaining + " bytes");
        }
        final int length = buffer.getInt(nextOffset + LENGTH_OFFSET);
        if (length < MESSAGE_HEADER_LENGTH || length > remaining) {
            throw new NetlinkFormatException(
                    "message of " + Integer.toUnsignedString(length) + " bytes where " + remaining + " are left");
        }
        messageOffset = nextOffset;
        messageLength = length;
        nextOffset += Math.min(NetlinkDescriptor.align(length), remaining);
        return true;
    }

    /** {@return the message type} */
    public int type() {
        return buffer.getShort(messageOffset + TYPE_OFFSET) & 0xFFFF;
    }

    /** {@return the NLM_F_ flags} */
    public int flags() {
        return buffer.getShort(messageOffset + FLAGS_OFFSET) & 0xFFFF;
    }

    /** {@return the sequence number} */
    public int sequence() {
        return buffer.getInt(messageOffset + SEQUENCE_OFFSET);
    }

    /** {@return the buffer that holds the datagram} */
    public DirectBuffer buffer() {
        return buffer;
    }

    /** {@return the offset of what follows the header} */
    public int payloadOffset() {
        return messageOffset + MESSAGE_HEADER_LENGTH;
    }

    /** {@return the bytes that follow the header} */
    public int payloadLength() {
        return messageLength - MESSAGE_HEADER_LENGTH;
    }
}
