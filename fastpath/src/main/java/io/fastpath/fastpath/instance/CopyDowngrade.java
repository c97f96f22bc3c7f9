package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.xsk.XskConfig;
import java.util.List;

/**
 * Why a worker's sockets copy: one of its interfaces can't do better, and the others do as that one does, because a
 * worker's packet memory is zero-copy or copy as a whole. Pure.
 *
 * @param cause name of the interface that can't do better; empty where none copies against its wish
 * @param text what the kernel said of it; empty likewise
 */
record CopyDowngrade(String cause, String text) {
    /**
     * Finds the cause.
     *
     * @param text that the sockets give as their downgrade, with the queue that was refused; empty if there is none
     * @param sockets of the worker
     * @return the downgrade
     */
    static CopyDowngrade of(final String text, final List<XskConfig> sockets) {
        if (text.isEmpty()) {
            return new CopyDowngrade("", "");
        }
        final String cause = sockets.stream()
                .filter(socket -> text.contains(socket.queueName() + ','))
                .map(XskConfig::interfaceName)
                .findFirst()
                .orElse(sockets.get(0).interfaceName());
        return new CopyDowngrade(cause, text);
    }

    /**
     * What is to be said of an interface.
     *
     * @param interfaceName one of the worker's
     * @return why it copies
     */
    String of(final String interfaceName) {
        return text.isEmpty() || cause.equals(interfaceName)
                ? text
                : "copy instead of zero-copy, as " + cause + " is: a worker's packet memory is one or the other";
    }
}
