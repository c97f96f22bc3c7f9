package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.LENGTH_OFFSET;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.MESSAGE_HEADER_LENGTH;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.NLMSG_DONE;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.NLM_F_ACK_TLVS;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.NLM_F_CAPPED;

import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.NativeException;

/**
 * Reads what the kernel answers to a request: success, or an error number with, in newer kernels, a sentence (extended
 * acknowledgement).
 *
 * <pre>
 *   NLMSG_ERROR  | error (int32, negative errno or 0) | request's header | request's payload unless CAPPED | attributes |
 *   NLMSG_DONE   | error (int32), may be missing      | attributes |
 * </pre>
 *
 * <p>Source: {@code linux/netlink.h}, {@code struct nlmsgerr} and {@code enum nlmsgerr_attrs}.
 */
final class NetlinkErrors {
    private static final int NLMSGERR_ATTR_MSG = 1;

    private NetlinkErrors() {}

    /**
     * Throw what an answer means, unless it means success.
     *
     * @param message stopped at an NLMSG_ERROR or NLMSG_DONE.
     * @param request in words, for the exception.
     */
    static void check(final MessageCursor message, final String request) {
        if (message.payloadLength() < Integer.BYTES) {
            if (message.type() == NLMSG_DONE) {
                return;
            }
            throw new NetlinkFormatException("answer to " + request + " without its error number");
        }
        final int error = message.buffer().getInt(message.payloadOffset());
        if (error != 0) {
            throw new NativeException(request, Math.abs(error), advice(Math.abs(error), sentence(message)));
        }
    }

    private static String advice(final int errno, final String sentence) {
        final String hint = switch (Errno.name(errno)) {
            case "EPERM", "EACCES" -> "needs root or CAP_NET_ADMIN in this network namespace";
            case "ENODEV" -> "the interface is gone";
            default -> "";
        };
        if (sentence.isEmpty()) {
            return hint;
        }
        return hint.isEmpty() ? "the kernel says: " + sentence : hint + "; the kernel says: " + sentence;
    }

    private static String sentence(final MessageCursor message) {
        if ((message.flags() & NLM_F_ACK_TLVS) == 0) {
            return "";
        }
        final int skip = Integer.BYTES + (message.type() == NLMSG_DONE ? 0 : echoedLength(message));
        final AttributeCursor attributes = new AttributeCursor()
                .wrapAfter(message.buffer(), message.payloadOffset(), message.payloadLength(), skip);
        while (attributes.next()) {
            if (attributes.type() == NLMSGERR_ATTR_MSG) {
                return attributes.string();
            }
        }
        return "";
    }

    private static int echoedLength(final MessageCursor message) {
        final int room = message.payloadLength() - Integer.BYTES;
        if (room < MESSAGE_HEADER_LENGTH) {
            throw new NetlinkFormatException("answer cut off after " + room + " bytes of the request's header");
        }
        if ((message.flags() & NLM_F_CAPPED) != 0) {
            return MESSAGE_HEADER_LENGTH;
        }
        final int length = message.buffer().getInt(message.payloadOffset() + Integer.BYTES + LENGTH_OFFSET);
        if (length < MESSAGE_HEADER_LENGTH || length > room) {
            throw new NetlinkFormatException("request of " + length + " bytes repeated in " + room);
        }
        return length;
    }
}
