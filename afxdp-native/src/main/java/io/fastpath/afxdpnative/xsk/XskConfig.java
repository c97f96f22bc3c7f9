package io.fastpath.afxdpnative.xsk;

import io.fastpath.afxdpnative.ring.RingSizes;

/**
 * Which queue a socket serves, and how long its rings are.
 *
 * @param interfaceName for messages.
 * @param ifindex the kernel's number of the interface, in the network namespace of the thread that opens the socket.
 * @param queueIndex of the interface's receive and transmit queue, from 0.
 * @param sizes of the rings.
 */
public record XskConfig(String interfaceName, int ifindex, int queueIndex, RingSizes sizes) {
    /** {@return the queue as messages name it, for example {@code eth1 queue 0}} */
    public String queueName() {
        return interfaceName + " queue " + queueIndex;
    }

    boolean isSameQueue(final XskConfig other) {
        return ifindex == other.ifindex && queueIndex == other.queueIndex;
    }
}
