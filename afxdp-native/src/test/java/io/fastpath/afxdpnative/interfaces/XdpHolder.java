package io.fastpath.afxdpnative.interfaces;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import io.fastpath.afxdpnative.netlink.MessageWriter;
import io.fastpath.afxdpnative.netlink.NetlinkDescriptor;
import io.fastpath.afxdpnative.netlink.NetlinkExchange;
import io.fastpath.afxdpnative.netlink.NetlinkSocket;
import io.fastpath.afxdpnative.netlink.XdpAttachment;
import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.NativeMemory;

/** A foreign XDP program (it passes every packet), attached the old way: by netlink, without a link. */
final class XdpHolder implements AutoCloseable {
    private static final int RTM_SETLINK = 19;
    private static final int IFLA_XDP = 43;
    private static final int IFLA_XDP_FD = 1;
    private static final int IFLA_XDP_FLAGS = 3;
    private static final int XDP_FLAGS_SKB_MODE = 2;
    private static final int XDP_FLAGS_DRV_MODE = 4;
    private static final long SYS_BPF = System.getProperty("os.arch").equals("aarch64") ? 280 : 321;
    private static final int BPF_PROG_LOAD = 5;
    private static final int BPF_PROG_TYPE_XDP = 6;

    private final int fd;

    private XdpHolder(final int fd) {
        this.fd = fd;
    }

    static XdpHolder load() {
        try (NativeMemory program = NativeMemory.allocate(16);
                NativeMemory license = NativeMemory.ofCString("GPL");
                NativeMemory attributes = NativeMemory.allocate(72)) {
            program.buffer().putInt(0, 0xb7); // r0 = XDP_PASS
            program.buffer().putInt(4, 2);
            program.buffer().putInt(8, 0x95); // exit
            attributes.buffer().putInt(0, BPF_PROG_TYPE_XDP);
            attributes.buffer().putInt(4, 2);
            attributes.buffer().putLong(8, program.address());
            attributes.buffer().putLong(16, license.address());
            final Function syscall = NativeLibrary.getInstance("c").getFunction("syscall");
            final long result =
                    syscall.invokeLong(new Object[] {SYS_BPF, (long) BPF_PROG_LOAD, attributes.address(), 72L});
            return new XdpHolder((int) Libc.check(result, "bpf(BPF_PROG_LOAD)", ""));
        }
    }

    void attach(final int ifindex, final XdpAttachment.Mode mode) {
        set(ifindex, fd, mode);
    }

    void detach(final int ifindex, final XdpAttachment.Mode mode) {
        set(ifindex, -1, mode);
    }

    @Override
    public void close() {
        Libc.close(fd);
    }

    private static void set(final int ifindex, final int programFd, final XdpAttachment.Mode mode) {
        final int flags = mode == XdpAttachment.Mode.NATIVE ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE;
        final MessageWriter request = new MessageWriter()
                .begin(RTM_SETLINK, 0)
                .s32(0)
                .s32(ifindex)
                .s32(0)
                .s32(0);
        final int xdp = request.beginNested(IFLA_XDP);
        request.attribute(IFLA_XDP_FD, programFd)
                .attribute(IFLA_XDP_FLAGS, flags)
                .endNested(xdp);
        try (NetlinkExchange exchange =
                new NetlinkExchange(NetlinkSocket.openForRequests(NetlinkDescriptor.NETLINK_ROUTE))) {
            exchange.execute(request, "set XDP program of interface " + ifindex);
        }
    }
}
