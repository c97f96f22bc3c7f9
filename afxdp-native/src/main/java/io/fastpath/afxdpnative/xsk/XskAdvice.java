package io.fastpath.afxdpnative.xsk;

import io.fastpath.afxdpnative.sys.Errno;
import java.util.ArrayList;
import java.util.List;

/** What an operator can do about each error of an AF_XDP set-up; causes as in {@code net/xdp/xsk.c} and its drivers. */
final class XskAdvice {
    private XskAdvice() {}

    static String forSocket(final int errno) {
        if (errno == Errno.EPERM.number()) {
            return "run as root, or with CAP_NET_RAW";
        }
        if (errno == Errno.EAFNOSUPPORT.number()) {
            return "this kernel is built without AF_XDP (CONFIG_XDP_SOCKETS)";
        }
        return "";
    }

    static String forUmem(final int errno) {
        if (errno == Errno.ENOBUFS.number() || errno == Errno.ENOMEM.number()) {
            return "the memory can't be locked: run with CAP_IPC_LOCK, raise the limit (ulimit -l unlimited), or use fewer frames";
        }
        if (errno == Errno.EPERM.number()) {
            return "run as root, or with CAP_IPC_LOCK";
        }
        return "";
    }

    static String forBind(final int errno, final int flags, final String queueName) {
        if (errno == Errno.EBUSY.number()) {
            return queueName + " is taken by another AF_XDP socket: stop what holds it (ss --xdp -p lists them), or"
                    + " use another queue";
        }
        if (errno == Errno.ENODEV.number()) {
            return "there is no such interface in this network namespace";
        }
        if (errno == Errno.ENETDOWN.number()) {
            return "the interface is down: ip link set dev NAME up";
        }
        if (errno == Errno.EOPNOTSUPP.number() || errno == Errno.ENOTSUPP.number()) {
            return (flags & XdpSocketOption.XDP_ZEROCOPY) != 0
                    ? "the driver can't do zero-copy on this queue: use mode copy or auto"
                    : "the interface can't be bound like this; with a shared UMEM all must do zero-copy or none: use mode copy";
        }
        if (errno == Errno.EINVAL.number()) {
            return "is there such a queue (ethtool -l NAME shows how many)? In zero-copy mode the driver may also refuse the"
                    + " frame length, the MTU or the number of queues";
        }
        if (errno == Errno.ENOBUFS.number() || errno == Errno.ENOMEM.number()) {
            return "not enough memory for the rings: use shorter ones";
        }
        if (errno == Errno.EPERM.number()) {
            return "run as root, or with CAP_NET_RAW";
        }
        return "";
    }

    static String flagNames(final int flags) {
        final List<String> names = new ArrayList<>();
        addName(names, flags, XdpSocketOption.XDP_SHARED_UMEM, "XDP_SHARED_UMEM");
        addName(names, flags, XdpSocketOption.XDP_COPY, "XDP_COPY");
        addName(names, flags, XdpSocketOption.XDP_ZEROCOPY, "XDP_ZEROCOPY");
        addName(names, flags, XdpSocketOption.XDP_USE_NEED_WAKEUP, "XDP_USE_NEED_WAKEUP");
        return String.join("|", names);
    }

    private static void addName(final List<String> names, final int flags, final int flag, final String name) {
        if ((flags & flag) != 0) {
            names.add(name);
        }
    }
}
