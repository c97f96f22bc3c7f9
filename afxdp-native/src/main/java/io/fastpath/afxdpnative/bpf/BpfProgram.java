package io.fastpath.afxdpnative.bpf;

/**
 * A loaded eBPF program: to be attached to an interface, or run on a packet in memory.
 *
 * <p>Belongs to its {@link BpfObject} and ends with it; attachments go on. Any thread may call.
 */
public final class BpfProgram {
    private final String name;
    private final int fd;

    BpfProgram(final String name, final int fd) {
        this.name = name;
        this.fd = fd;
    }

    /** {@return the C function's name} */
    public String name() {
        return name;
    }

    /** {@return the descriptor, for calls not covered here} */
    public int fd() {
        return fd;
    }

    /**
     * Attach this XDP program to an interface of the calling thread's network namespace.
     *
     * @param ifindex the kernel's number of the interface.
     * @param mode where to run; there is no silent fall-back from native to generic.
     * @return the link; the program comes off when the link is closed, unless that is pinned first.
     * @throws io.fastpath.afxdpnative.sys.NativeException EBUSY or EEXIST if another XDP program holds the interface;
     *     EOPNOTSUPP if the driver has no native XDP.
     */
    public BpfLink attachXdp(final int ifindex, final XdpMode mode) {
        return BpfLink.attachXdp(this, ifindex, mode);
    }

    /**
     * Run this XDP program on a packet in memory (BPF_PROG_TEST_RUN).
     *
     * @param run the packet and its circumstances.
     * @return what the program answered, and the packet it left.
     */
    public XdpTestResult testRun(final XdpTestRun run) {
        return run.execute(fd, name);
    }

    /**
     * Let the kernel push copies of a packet through this XDP program and obey it, as if each had been received: a
     * traffic generator (BPF_F_TEST_XDP_LIVE_FRAMES, Linux 5.18). The call returns when all are sent.
     *
     * <p>Frames are recycled with whatever was written into them, so the program has to write every field it depends on.
     *
     * @param run the packet and its circumstances; its repeat count is the number of frames.
     * @param batchCount frames per batch, 1 to 256.
     * @return the mean time per frame in nanoseconds, as the kernel measured it.
     */
    public int sendLiveFrames(final XdpTestRun run, final int batchCount) {
        return run.executeLive(fd, name, batchCount);
    }
}
