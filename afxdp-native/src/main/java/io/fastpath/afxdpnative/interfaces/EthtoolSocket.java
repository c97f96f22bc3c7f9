package io.fastpath.afxdpnative.interfaces;

import io.fastpath.afxdpnative.netlink.NetlinkDescriptor;
import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.NativeMemory;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The ethtool ioctl on interfaces of the network namespace in which it was opened. Owned by one thread. Reading commands
 * need no privilege. Source: {@code linux/ethtool.h}, {@code linux/sockios.h}, {@code netdevice(7)}.
 *
 * <pre>
 *   struct ifreq     0                16                  40
 *                   +----------------+--------------------+
 *                   | name, NUL      | address of command |
 *                   +----------------+--------------------+
 *   command          0         4
 *                   +---------+-------------------------
 *                   | number  | fields of the command
 *                   +---------+-------------------------
 * </pre>
 */
final class EthtoolSocket implements AutoCloseable {
    private static final long SIOCETHTOOL = 0x8946;
    private static final int IFREQ_LENGTH = 40;
    private static final int DATA_OFFSET = 16;

    private final int fd;

    private EthtoolSocket(final int fd) {
        this.fd = fd;
    }

    /** {@return a socket of the calling thread's network namespace; the caller closes it} */
    static EthtoolSocket open() {
        final int fd = Libc.socket(
                NetlinkDescriptor.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, NetlinkDescriptor.NETLINK_GENERIC);
        return new EthtoolSocket((int) Libc.check(fd, "socket for the ethtool ioctl", ""));
    }

    /**
     * Run a command in place.
     *
     * @param name of the interface, at most 15 bytes.
     * @param number of the command, stored at the command's offset 0 by this method.
     * @param command its struct, answers included.
     * @return false if the driver doesn't support the command.
     * @throws NativeException if the kernel refuses for another reason.
     */
    boolean run(final String name, final int number, final NativeMemory command) {
        command.buffer().putInt(0, number);
        try (NativeMemory ifreq = NativeMemory.allocate(IFREQ_LENGTH)) {
            final UnsafeBuffer request = ifreq.buffer();
            request.putStringWithoutLengthUtf8(0, name);
            request.putByte(DATA_OFFSET - 1, (byte) 0);
            request.putLong(DATA_OFFSET, command.address());
            final int result = Libc.ioctl(fd, SIOCETHTOOL, ifreq.address());
            if (result < 0 && isUnsupported(Libc.errno())) {
                return false;
            }
            Libc.check(result, "ethtool command 0x" + Integer.toHexString(number) + " on " + name, "");
            return true;
        }
    }

    @Override
    public void close() {
        Libc.close(fd);
    }

    private static boolean isUnsupported(final int errno) {
        return errno == Errno.EOPNOTSUPP.number() || errno == Errno.EINVAL.number();
    }
}
