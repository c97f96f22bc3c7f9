package io.fastpath.afxdpnative.netlink;

import org.agrona.DirectBuffer;

/**
 * Makes a value of a message.
 *
 * @param <T> what it makes.
 */
@FunctionalInterface
public interface NetlinkDecoder<T> {
    /**
     * Decode one message's payload.
     *
     * @param buffer that holds it.
     * @param offset of the payload.
     * @param length of the payload in bytes.
     * @return the value, or null if this message is not of interest.
     * @throws NetlinkFormatException if the payload breaks its format.
     */
    T decode(DirectBuffer buffer, int offset, int length);
}
