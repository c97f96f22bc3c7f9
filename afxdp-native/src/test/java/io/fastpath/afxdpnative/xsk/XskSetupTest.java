package io.fastpath.afxdpnative.xsk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.afxdpnative.ring.RingSizes;
import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.umem.HugePages;
import io.fastpath.afxdpnative.umem.Umem;
import io.fastpath.afxdpnative.umem.UmemLayout;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Set-up on a kernel made of paper: every step fails once, and nothing may stay behind. */
class XskSetupTest {
    private static final UmemLayout UMEM = new UmemLayout(2048, 64, 0, HugePages.NONE);
    private static final RingSizes SIZES = new RingSizes(8, 16, 32, 64);
    private static final List<XskConfig> THREE_QUEUES = List.of(
            new XskConfig("eth1", 11, 0, SIZES),
            new XskConfig("eth1", 11, 1, SIZES),
            new XskConfig("eth2", 12, 0, SIZES));

    /** What a kernel may refuse: transparent huge pages, and the send budget of each of the three sockets. */
    private static final Set<Integer> DISPENSABLE_CALLS = Set.of(1, 3 + 13, 3 + 14 + 12, 3 + 14 + 13 + 12);

    private final FaultySystemCalls calls = new FaultySystemCalls();

    @Test
    void shouldSetUpInTheKernelsOrderAndUndoInReverse() {
        try (Umem umem = Umem.map(calls, UMEM);
                XskGroup group = XskGroup.open(calls, umem, THREE_QUEUES.subList(0, 2), BindMode.COPY)) {
            assertThat(group.sockets()).hasSize(2);
            assertThat(calls.journal)
                    .containsExactly(
                            "mmap UMEM",
                            "madvise 14",
                            "madvise 23",
                            "socket",
                            "setsockopt 4",
                            "setsockopt 5",
                            "setsockopt 6",
                            "setsockopt 2",
                            "setsockopt 3",
                            "getsockopt 1",
                            "mmap 100000000",
                            "mmap 180000000",
                            "mmap 0",
                            "mmap 80000000",
                            "bind XDP_COPY|XDP_USE_NEED_WAKEUP",
                            "getsockopt 8",
                            "setsockopt 9",
                            "socket",
                            "setsockopt 5",
                            "setsockopt 6",
                            "setsockopt 2",
                            "setsockopt 3",
                            "getsockopt 1",
                            "mmap 100000000",
                            "mmap 180000000",
                            "mmap 0",
                            "mmap 80000000",
                            "bind XDP_SHARED_UMEM",
                            "getsockopt 8",
                            "setsockopt 9");
            calls.journal.clear();
        }

        assertThat(calls.journal)
                .containsExactly(
                        "munmap",
                        "munmap",
                        "munmap",
                        "munmap",
                        "close 101",
                        "munmap",
                        "munmap",
                        "munmap",
                        "munmap",
                        "close 100",
                        "munmap");
        assertNothingLeft();
    }

    @Test
    void shouldLeaveNothingBehindWhicheverCallFails() {
        final int callCount = callsOfAWholeSetUp();
        assertThat(callCount).isEqualTo(3 + 14 + 13 + 13);
        for (int failing = 0; failing < callCount; failing++) {
            if (DISPENSABLE_CALLS.contains(failing)) {
                continue;
            }
            final FaultySystemCalls faulty = new FaultySystemCalls();
            faulty.failingCall = failing;

            assertThatThrownBy(() -> {
                        try (Umem umem = Umem.map(faulty, UMEM)) {
                            XskGroup.open(faulty, umem, THREE_QUEUES, BindMode.COPY);
                        }
                    })
                    .as("call %d", failing)
                    .isInstanceOf(NativeException.class)
                    .hasMessageContaining(") failed: EINVAL (22, Invalid argument)");
            assertThat(faulty.callCount())
                    .as("no step after the failed one %d", failing)
                    .isEqualTo(failing + 1);
            assertThat(faulty.openFds).as("call %d", failing).isEmpty();
            assertThat(faulty.mappings).as("call %d", failing).isEmpty();
        }
    }

    @Test
    void shouldDoWithoutWhatAKernelMayRefuse() {
        final int callCount = callsOfAWholeSetUp();
        for (final int failing : DISPENSABLE_CALLS) {
            final FaultySystemCalls faulty = new FaultySystemCalls();
            faulty.failingCall = failing;
            try (Umem umem = Umem.map(faulty, UMEM)) {
                XskGroup.open(faulty, umem, THREE_QUEUES, BindMode.COPY).close();
            }
            assertThat(faulty.callCount()).as("call %d", failing).isEqualTo(callCount);
            assertThat(faulty.journal).as("call %d", failing).contains("setsockopt 9");
        }
    }

    @Test
    void shouldNameCallArgumentsErrorAndAdvice() {
        calls.busyBindCount = Integer.MAX_VALUE;
        assertThatThrownBy(this::openThree)
                .hasMessage(
                        "bind(AF_XDP, eth1 queue 0, XDP_COPY|XDP_USE_NEED_WAKEUP) failed: EBUSY (16, Device or resource"
                                + " busy): eth1 queue 0 is taken by another AF_XDP socket: stop what holds it (ss --xdp -p lists"
                                + " them), or use another queue");
        assertThat(failureAt("bind XDP_COPY|XDP_USE_NEED_WAKEUP", Errno.EINVAL)).contains("ethtool -l");
        assertThat(failureAt("bind XDP_COPY|XDP_USE_NEED_WAKEUP", Errno.ENODEV)).contains("no such interface");
        assertThat(failureAt("bind XDP_COPY|XDP_USE_NEED_WAKEUP", Errno.ENETDOWN))
                .contains("is down");
        assertThat(failureAt("bind XDP_SHARED_UMEM", Errno.EOPNOTSUPP)).contains("all must do zero-copy or none");
        assertThat(failureAt("socket", Errno.EPERM))
                .isEqualTo(
                        "socket(AF_XDP) failed: EPERM (1, Operation not permitted): run as root, or with CAP_NET_RAW");
        assertThat(failureAt("socket", Errno.EAFNOSUPPORT)).contains("CONFIG_XDP_SOCKETS");
        assertThat(failureAt("setsockopt 4", Errno.ENOBUFS))
                .startsWith("setsockopt(XDP_UMEM_REG, 64 frames of 2048, headroom 0) failed: ENOBUFS")
                .contains("CAP_IPC_LOCK");
        assertThat(failureAt("setsockopt 2", Errno.ENOMEM))
                .startsWith("setsockopt(eth1 queue 0, XDP_RX_RING, 16) failed: ENOMEM");
        assertThat(failureAt("mmap 0", Errno.ENOMEM)).startsWith("mmap(eth1 queue 0 rx ring, 16 entries) failed");
    }

    @Test
    void shouldWaitForAQueueThatTheKernelIsStillFreeing() {
        calls.busyBindCount = 3;

        openThree();

        assertNothingLeft();
    }

    @Test
    void shouldRefuseAKernelWithoutTheFlagsWord() {
        calls.mmapOffsetsLength = 96;

        assertThatThrownBy(this::openThree).hasMessageContaining("fastpath needs Linux 5.10 or newer");
        assertNothingLeft();
    }

    @Test
    void shouldTryZeroCopyFirstAndTellTheDowngrade() {
        try (Umem umem = Umem.map(calls, UMEM);
                XskGroup group = XskGroup.open(calls, umem, THREE_QUEUES, BindMode.AUTO)) {
            assertThat(group.isZeroCopy()).isFalse();
            assertThat(group.downgrade())
                    .startsWith(
                            "copy instead of zero-copy: bind(AF_XDP, eth1 queue 0, XDP_ZEROCOPY|XDP_USE_NEED_WAKEUP)"
                                    + " failed: EOPNOTSUPP");
        }
        assertNothingLeft();
    }

    @Test
    void shouldStayWithZeroCopyWhereTheDriverCan() {
        calls.zeroCopyDriver = true;

        try (Umem umem = Umem.map(calls, UMEM);
                XskGroup group = XskGroup.open(calls, umem, THREE_QUEUES, BindMode.AUTO)) {
            assertThat(group.isZeroCopy()).isTrue();
            assertThat(group.downgrade()).isEmpty();
        }
        assertNothingLeft();
    }

    @Test
    void shouldNotFallBackFromZeroCopyUnasked() {
        try (Umem umem = Umem.map(calls, UMEM)) {
            assertThatThrownBy(() -> XskGroup.open(calls, umem, THREE_QUEUES, BindMode.ZEROCOPY))
                    .hasMessageContaining("use mode copy or auto");
        }
        assertNothingLeft();
    }

    @Test
    void shouldRefuseAQueueNamedTwice() {
        try (Umem umem = Umem.map(calls, UMEM)) {
            final List<XskConfig> twice = List.of(THREE_QUEUES.get(0), THREE_QUEUES.get(2), THREE_QUEUES.get(0));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> XskGroup.open(calls, umem, twice, BindMode.COPY))
                    .withMessage("eth1 queue 0 is named twice");
            assertThatIllegalArgumentException().isThrownBy(() -> XskGroup.open(calls, umem, List.of(), BindMode.COPY));
        }
    }

    @Test
    void shouldAnswerWhatIsNormalUnderLoadAndThrowTheRest() {
        try (Umem umem = Umem.map(calls, UMEM);
                XskGroup group = XskGroup.open(calls, umem, THREE_QUEUES, BindMode.COPY);
                XskPoller poller = new XskPoller(calls, group.sockets())) {
            final XskSocket socket = group.sockets().get(0);
            assertThat(socket.wakeTx()).isEqualTo(Wake.DONE);
            assertThat(wakeTx(socket, Errno.EAGAIN)).isEqualTo(Wake.AGAIN);
            assertThat(wakeTx(socket, Errno.EINTR)).isEqualTo(Wake.AGAIN);
            assertThat(wakeTx(socket, Errno.EBUSY)).isEqualTo(Wake.BUSY);
            assertThat(wakeTx(socket, Errno.ENOBUFS)).isEqualTo(Wake.NO_BUFFERS);
            assertThat(wakeTx(socket, Errno.ENETDOWN)).isEqualTo(Wake.NETWORK_DOWN);
            assertThat(wakeTx(socket, Errno.ENXIO)).isEqualTo(Wake.UNBOUND);
            assertThatThrownBy(() -> wakeTx(socket, Errno.EBADF))
                    .hasMessageStartingWith("sendto(eth1 queue 0, wake-up) failed: EBADF");

            assertThat(poller.poll(0)).isEqualTo(1);
            assertThat(poller.isReadable(0)).isTrue();
            assertThat(poller.isReadable(1)).isFalse();
            calls.failNext(Errno.EINTR);
            assertThat(poller.poll(0)).isZero();
        }
        assertNothingLeft();
    }

    private Wake wakeTx(final XskSocket socket, final Errno error) {
        calls.failNext(error);
        return socket.wakeTx();
    }

    private void openThree() {
        try (Umem umem = Umem.map(calls, UMEM)) {
            XskGroup.open(calls, umem, THREE_QUEUES, BindMode.COPY).close();
        }
    }

    private int callsOfAWholeSetUp() {
        openThree();
        assertNothingLeft();
        return calls.callCount();
    }

    private String failureAt(final String call, final Errno error) {
        final FaultySystemCalls rehearsal = new FaultySystemCalls();
        try (Umem umem = Umem.map(rehearsal, UMEM)) {
            XskGroup.open(rehearsal, umem, THREE_QUEUES, BindMode.COPY);
            final FaultySystemCalls faulty = new FaultySystemCalls();
            faulty.failingCall = rehearsal.journal.indexOf(call);
            faulty.errno = error.number();
            try (Umem other = Umem.map(faulty, UMEM)) {
                XskGroup.open(faulty, other, THREE_QUEUES, BindMode.COPY).close();
                throw new AssertionError(call + " did not fail");
            } catch (final NativeException ex) {
                return ex.getMessage();
            }
        }
    }

    private void assertNothingLeft() {
        assertThat(calls.openFds).isEmpty();
        assertThat(calls.mappings).isEmpty();
    }
}
