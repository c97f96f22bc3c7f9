package io.fastpath.afxdpnative.bpf;

import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.InterfaceName;
import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.NativeMemory;
import java.nio.file.Path;
import java.util.List;

/**
 * An XDP program's hold on an interface. While a descriptor or a pin of it lives, the program stays attached and nobody
 * else can replace it.
 *
 * <p>{@link #close()} lets go of this descriptor only: an unpinned link ends with it, a pinned one goes on. {@link
 * #detach()} ends the attachment whatever refers to it. Owned by one thread. Needs Linux 5.9.
 */
public final class BpfLink implements AutoCloseable {
    /** {@code BPF_XDP} of {@code enum bpf_attach_type}. */
    private static final int ATTACH_TYPE_XDP = 37;

    /** {@code struct bpf_link_create_opts} up to {@code flags}, padded: size_t sz, u32 flags. */
    private static final int CREATE_OPTIONS_LENGTH = 16;

    /** {@code struct bpf_link_info} up to {@code xdp.ifindex}: u32 type, id, prog_id; then the union, aligned to 8. */
    private static final int INFO_LENGTH = 32;

    private static final int INFO_PROGRAM_ID_OFFSET = 8;
    private static final int INFO_IFINDEX_OFFSET = 16;

    private int fd;

    private BpfLink(final int fd) {
        this.fd = fd;
    }

    static BpfLink attachXdp(final BpfProgram program, final int ifindex, final XdpMode mode) {
        try (NativeMemory options = NativeMemory.allocate(CREATE_OPTIONS_LENGTH)) {
            options.buffer().putLong(0, CREATE_OPTIONS_LENGTH);
            options.buffer().putInt(Long.BYTES, mode.flag());
            final int fd = Libbpf.bpf_link_create(program.fd(), ifindex, ATTACH_TYPE_XDP, options.address());
            if (fd < 0) {
                throw attachFailure(program, ifindex, mode, -fd);
            }
            return new BpfLink(fd);
        }
    }

    /**
     * Open a link that an earlier process, or this one, has pinned.
     *
     * @param path in a bpf file system, see {@link BpfFilesystem#directory()}.
     * @return the link; the caller closes it.
     * @throws NativeException if nothing is pinned there (ENOENT), or it may not be opened.
     */
    public static BpfLink openPinned(final Path path) {
        return new BpfLink(PinnedFile.open(path));
    }

    /** {@return the interface the link holds; 0 once it is detached or the interface is gone} */
    public int ifindex() {
        return info(INFO_IFINDEX_OFFSET);
    }

    /** {@return the kernel's number of the attached program} */
    public int programId() {
        return info(INFO_PROGRAM_ID_OFFSET);
    }

    /**
     * Give the link a name that keeps the program attached after this process.
     *
     * @param path that doesn't exist yet, in a bpf file system.
     */
    public void pin(final Path path) {
        PinnedFile.pin(fd, path);
    }

    /**
     * Remove a pin; harmless if there is none. The program stays attached as long as a descriptor of the link is open.
     *
     * @param path given to {@link #pin}.
     */
    public static void unpin(final Path path) {
        PinnedFile.unpin(path);
    }

    /**
     * Put another program in the place of the one that is attached. No frame passes without one of the two.
     *
     * @param program loaded.
     * @throws NativeException if the kernel refuses: ENOLINK where the link was detached or its interface is gone.
     */
    public void update(final BpfProgram program) {
        final int result = Libbpf.bpf_link_update(fd, program.fd(), 0);
        if (result < 0) {
            throw BpfFailure.of("bpf_link_update(fd=" + fd + ", XDP program " + program.name() + ')', -result, "");
        }
    }

    /** Take the program off the interface now, even if the link is pinned; harmless if it is off already. */
    public void detach() {
        final int result = Libbpf.bpf_link_detach(fd);
        if (result < 0 && result != -Errno.ENOLINK.number()) {
            throw BpfFailure.of("bpf_link_detach(fd=" + fd + ')', -result, "");
        }
    }

    /** Release the descriptor; an unpinned link detaches its program by that. */
    @Override
    public void close() {
        if (fd >= 0) {
            Libc.close(fd);
            fd = -1;
        }
    }

    private int info(final int offset) {
        try (NativeMemory info = BpfInfo.read(fd, INFO_LENGTH, "link")) {
            return info.buffer().getInt(offset);
        }
    }

    private static NativeException attachFailure(
            final BpfProgram program, final int ifindex, final XdpMode mode, final int errno) {
        final String interfaceName = InterfaceName.of(ifindex);
        final String call = "bpf_link_create(XDP program " + program.name() + ", " + interfaceName + ", " + mode + ')';
        if (errno == Errno.EBUSY.number() || errno == Errno.EEXIST.number()) {
            return new NativeException(call, errno, heldAdvice(ifindex, interfaceName));
        }
        if (errno == Errno.EOPNOTSUPP.number()) {
            return new NativeException(
                    call, errno, "the driver of " + interfaceName + " has no native XDP: use mode generic");
        }
        if (errno == Errno.EINVAL.number()) {
            return new NativeException(
                    call,
                    errno,
                    "is there an interface " + interfaceName
                            + " in this network namespace, and does the driver accept XDP"
                            + " with its MTU (often at most 3,000 to 3,500 in native mode), LRO off and enough queues?");
        }
        return BpfFailure.of(call, errno, "");
    }

    private static String heldAdvice(final int ifindex, final String interfaceName) {
        final StringBuilder text = new StringBuilder(interfaceName).append(" is held by another XDP program");
        final List<AttachedXdpProgram> holders = AttachedXdpProgram.query(ifindex);
        for (final AttachedXdpProgram holder : holders) {
            text.append(" (id ")
                    .append(holder.programId())
                    .append(", ")
                    .append(holder.programName())
                    .append(", ");
            text.append(holder.mode()).append(')');
        }
        return text.append(": stop what attached it, or take it off with: ip link set dev ")
                .append(interfaceName)
                .append(" xdp off")
                .toString();
    }
}
