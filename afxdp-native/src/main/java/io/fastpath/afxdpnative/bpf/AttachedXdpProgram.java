package io.fastpath.afxdpnative.bpf;

import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.InterfaceName;
import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.NativeMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * An XDP program found on an interface, whoever attached it.
 *
 * @param mode where it runs.
 * @param programId the kernel's number of it, as bpftool shows it.
 * @param programName at most 15 characters; empty if the program vanished meanwhile or may not be looked at.
 */
public record AttachedXdpProgram(XdpMode mode, int programId, String programName) {
    /** {@code struct bpf_xdp_query_opts}: size_t sz; u32 prog_id, drv_prog_id, hw_prog_id, skb_prog_id; u8 attach_mode. */
    private static final int QUERY_LENGTH = 32;

    private static final int DRIVER_ID_OFFSET = 12;
    private static final int HARDWARE_ID_OFFSET = 16;
    private static final int GENERIC_ID_OFFSET = 20;

    /** {@code struct bpf_prog_info} up to and with {@code name}. */
    private static final int PROGRAM_INFO_LENGTH = 80;

    private static final int PROGRAM_NAME_OFFSET = 64;

    /**
     * Look which XDP programs an interface of the calling thread's network namespace has.
     *
     * @param ifindex the kernel's number of the interface.
     * @return the programs, almost always none or one.
     * @throws NativeException if there is no such interface (ENODEV).
     */
    public static List<AttachedXdpProgram> query(final int ifindex) {
        Libbpf.require();
        if (!InterfaceName.exists(ifindex)) {
            throw new NativeException(
                    "bpf_xdp_query(ifindex " + ifindex + ')',
                    Errno.ENODEV.number(),
                    "no such interface in this network namespace");
        }
        try (NativeMemory answer = NativeMemory.allocate(QUERY_LENGTH)) {
            answer.buffer().putLong(0, QUERY_LENGTH);
            BpfFailure.check(
                    Libbpf.bpf_xdp_query(ifindex, 0, answer.address()),
                    "bpf_xdp_query(" + InterfaceName.of(ifindex) + ')');
            final List<AttachedXdpProgram> found = new ArrayList<>();
            add(found, XdpMode.NATIVE, answer.buffer().getInt(DRIVER_ID_OFFSET));
            add(found, XdpMode.OFFLOAD, answer.buffer().getInt(HARDWARE_ID_OFFSET));
            add(found, XdpMode.GENERIC, answer.buffer().getInt(GENERIC_ID_OFFSET));
            return found;
        }
    }

    private static void add(final List<AttachedXdpProgram> found, final XdpMode mode, final int programId) {
        if (programId != 0) {
            found.add(new AttachedXdpProgram(mode, programId, programName(programId)));
        }
    }

    private static String programName(final int programId) {
        final int fd = Libbpf.bpf_prog_get_fd_by_id(programId);
        if (fd < 0) {
            return "";
        }
        try (NativeMemory info = BpfInfo.read(fd, PROGRAM_INFO_LENGTH, "program")) {
            return info.stringAt(PROGRAM_NAME_OFFSET);
        } finally {
            Libc.close(fd);
        }
    }
}
