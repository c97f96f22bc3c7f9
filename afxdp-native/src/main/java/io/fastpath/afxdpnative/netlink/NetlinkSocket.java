package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.AF_NETLINK;

import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.NativeMemory;
import org.agrona.DirectBuffer;

/**
 * A netlink socket of the network namespace in which its opener runs; it stays in that namespace wherever its thread goes.
 * Owned by one thread. {@link #close()} releases descriptor and memory; closing twice is harmless.
 *
 * <p>Datagrams whose sender isn't the kernel (port id 0) are dropped unread.
 */
public final class NetlinkSocket implements NetlinkChannel {
    /**
     * Limit of one datagram: the kernel builds dumps in at most 32 KiB and one message of any table in less; twice that
     * leaves room for a link with many virtual functions.
     */
    static final int DATAGRAM_LENGTH_LIMIT = 64 * 1024;

    /** How long a request waits for the kernel, which may itself wait for a driver under its configuration lock. */
    static final int REPLY_TIMEOUT_MS = 10_000;

    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUF = 8;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int MSG_TRUNC = 0x20;
    private static final int SOCKADDR_LENGTH = 12;
    private static final int SOCKADDR_PORT_ID_OFFSET = 4;
    private static final int SOCKADDR_GROUPS_OFFSET = 8;
    private static final int POLLFD_LENGTH = 8;

    private final NativeMemory datagram = NativeMemory.allocate(DATAGRAM_LENGTH_LIMIT);
    private final NativeMemory scratch = NativeMemory.allocate(32);
    private final String name;
    private int fd = -1;

    private NetlinkSocket(final String name) {
        this.name = name;
    }

    /**
     * Open a socket for requests: {@link #receive()} waits up to {@value #REPLY_TIMEOUT_MS} ms.
     *
     * @param protocol for example {@link NetlinkDescriptor#NETLINK_ROUTE}.
     * @return the socket; the caller closes it.
     * @throws NativeException if the kernel refuses.
     */
    public static NetlinkSocket openForRequests(final int protocol) {
        return open(protocol, 0, socket -> {
            socket.scratch.buffer().putLong(0, REPLY_TIMEOUT_MS / 1000);
            socket.scratch.buffer().putLong(8, 0);
            socket.setOption(SOL_SOCKET, SO_RCVTIMEO, 16);
        });
    }

    /**
     * Open a socket for notifications: {@link #receive()} never waits, and throws ENOBUFS once after notifications were
     * lost because nobody read them in time.
     *
     * @param protocol for example {@link NetlinkDescriptor#NETLINK_ROUTE}.
     * @param groups bit mask of multicast groups.
     * @param receiveBufferLength bytes the kernel may queue; without CAP_NET_ADMIN limited by net.core.rmem_max.
     * @return the socket; the caller closes it.
     * @throws NativeException if the kernel refuses.
     */
    public static NetlinkSocket openForNotifications(
            final int protocol, final int groups, final int receiveBufferLength) {
        return open(protocol, groups, socket -> {
            socket.scratch.buffer().putInt(0, receiveBufferLength);
            if (Libc.setsockopt(socket.fd, SOL_SOCKET, SO_RCVBUFFORCE, socket.scratch.address(), 4) < 0) {
                socket.setOption(SOL_SOCKET, SO_RCVBUF, 4);
            }
        });
    }

    private static NetlinkSocket open(final int protocol, final int groups, final Option purpose) {
        final NetlinkSocket socket = new NetlinkSocket("netlink socket, protocol " + protocol);
        try {
            final int type = Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | (groups == 0 ? 0 : Libc.SOCK_NONBLOCK);
            socket.fd = (int) Libc.check(Libc.socket(AF_NETLINK, type, protocol), "open " + socket.name, "");
            purpose.apply(socket);
            socket.scratch.buffer().putInt(0, 1);
            socket.setOption(SOL_NETLINK, NETLINK_CAP_ACK, 4);
            socket.setOption(SOL_NETLINK, NETLINK_EXT_ACK, 4);
            socket.bind(groups);
            return socket;
        } catch (final RuntimeException ex) {
            socket.close();
            throw ex;
        }
    }

    @Override
    public void send(final DirectBuffer message, final int length) {
        try (NativeMemory copy = NativeMemory.allocate(length)) {
            message.getBytes(0, copy.buffer(), 0, length);
            long result;
            do {
                result = Libc.sendto(fd, copy.address(), length, 0, 0, 0);
            } while (result < 0 && Libc.errno() == Errno.EINTR.number());
            Libc.check(result, "send on " + name, "");
        }
    }

    @Override
    public int receive() {
        while (true) {
            scratch.buffer().putInt(SOCKADDR_LENGTH, SOCKADDR_LENGTH);
            final long length = Libc.recvfrom(
                    fd,
                    datagram.address(),
                    DATAGRAM_LENGTH_LIMIT,
                    MSG_TRUNC,
                    scratch.address(),
                    scratch.address() + SOCKADDR_LENGTH);
            if (length < 0) {
                final int errno = Libc.errno();
                if (errno == Errno.EAGAIN.number()) {
                    return 0;
                }
                if (errno != Errno.EINTR.number()) {
                    throw new NativeException("receive on " + name, errno, "");
                }
            } else if (length > DATAGRAM_LENGTH_LIMIT) {
                throw new NetlinkFormatException("datagram of " + length + " bytes, limit " + DATAGRAM_LENGTH_LIMIT);
            } else if (length > 0 && scratch.buffer().getInt(SOCKADDR_PORT_ID_OFFSET) == 0) {
                return (int) length;
            }
        }
    }

    @Override
    public DirectBuffer buffer() {
        return datagram.buffer();
    }

    /** {@return the descriptor, readable when a datagram waits; for poll(2), not to be closed} */
    public int fd() {
        return fd;
    }

    /**
     * Wait until a datagram, or the news that some were lost, can be received.
     *
     * @param timeoutMs at most this long.
     * @return whether there is one.
     */
    public boolean await(final int timeoutMs) {
        try (NativeMemory pollfd = NativeMemory.allocate(POLLFD_LENGTH)) {
            pollfd.buffer().putInt(0, fd);
            pollfd.buffer().putShort(4, Libc.POLLIN);
            return Libc.poll(pollfd.address(), 1, timeoutMs) > 0;
        }
    }

    @Override
    public void close() {
        if (fd >= 0) {
            Libc.close(fd);
            fd = -1;
        }
        datagram.close();
        scratch.close();
    }

    private void bind(final int groups) {
        scratch.buffer().setMemory(0, SOCKADDR_LENGTH, (byte) 0);
        scratch.buffer().putShort(0, (short) AF_NETLINK);
        scratch.buffer().putInt(SOCKADDR_GROUPS_OFFSET, groups);
        Libc.check(Libc.bind(fd, scratch.address(), SOCKADDR_LENGTH), "bind " + name + ", groups " + groups, "");
    }

    private void setOption(final int level, final int option, final int length) {
        Libc.check(
                Libc.setsockopt(fd, level, option, scratch.address(), length),
                "setsockopt(" + name + ", level " + level + ", option " + option + ")",
                "");
    }

    private interface Option {
        void apply(NetlinkSocket socket);
    }
}
