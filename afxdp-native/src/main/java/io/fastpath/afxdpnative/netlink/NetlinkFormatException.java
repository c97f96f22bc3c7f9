package io.fastpath.afxdpnative.netlink;

/** A netlink message breaks its format: a length that lies, a field that is cut off. Nothing outside it was read. */
public final class NetlinkFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong, in one line. */
    public NetlinkFormatException(final String message) {
        super(message);
    }
}
