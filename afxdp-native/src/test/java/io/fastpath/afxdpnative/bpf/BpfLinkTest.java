package io.fastpath.afxdpnative.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.afxdpnative.lab.Await;
import io.fastpath.afxdpnative.lab.BpfCompiler;
import io.fastpath.afxdpnative.lab.PacketSocket;
import io.fastpath.afxdpnative.lab.TestNamespace;
import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.NativeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root: attaches real programs to veth interfaces in a namespace of its own. */
class BpfLinkTest {
    private static byte[] elf;

    @TempDir
    private Path directory;

    private TestNamespace namespace;
    private BpfObject object;
    private int ifindex;

    @BeforeAll
    static void compile() {
        elf = BpfCompiler.compile("steer");
    }

    @BeforeEach
    void setUp() {
        namespace = TestNamespace.enter();
        namespace.addVeth("left", "right", 1);
        ifindex = TestNamespace.ifindex("left");
        object = BpfObject.open(elf, "steer");
        object.load();
    }

    @AfterEach
    void tearDown() {
        object.close();
        namespace.close();
    }

    @Test
    void shouldAttachNativeAndGenericAndComeOffWithTheLink() {
        for (final XdpMode mode : List.of(XdpMode.NATIVE, XdpMode.GENERIC)) {
            try (BpfLink link = object.program("drop").attachXdp(ifindex, mode)) {
                assertThat(link.ifindex()).isEqualTo(ifindex);
                assertThat(AttachedXdpProgram.query(ifindex))
                        .containsExactly(new AttachedXdpProgram(mode, link.programId(), "drop"));
            }
            assertThat(AttachedXdpProgram.query(ifindex)).isEmpty();
        }
    }

    @Test
    void shouldNameTheHolderOfATakenInterface() {
        try (BpfLink holder = object.program("drop").attachXdp(ifindex, XdpMode.NATIVE)) {
            final String held = "left is held by another XDP program (id " + holder.programId() + ", drop, NATIVE)";
            assertThatThrownBy(() -> object.program("steer").attachXdp(ifindex, XdpMode.NATIVE))
                    .isInstanceOfSatisfying(
                            NativeException.class,
                            ex -> assertThat(ex.is(Errno.EBUSY)).isTrue())
                    .hasMessageStartingWith("bpf_link_create(XDP program steer, left, NATIVE) failed: EBUSY")
                    .hasMessageContaining(held);
            assertThatThrownBy(() -> object.program("steer").attachXdp(ifindex, XdpMode.GENERIC))
                    .isInstanceOfSatisfying(
                            NativeException.class,
                            ex -> assertThat(ex.is(Errno.EEXIST)).isTrue())
                    .hasMessageContaining(held)
                    .message()
                    .doesNotContain("\n");
        }
    }

    @Test
    void shouldReplaceTheProgramOfALinkAndSayThatADetachedOneHasNone() {
        try (BpfLink link = object.program("drop").attachXdp(ifindex, XdpMode.NATIVE)) {
            link.update(object.program("steer"));
            assertThat(AttachedXdpProgram.query(ifindex))
                    .containsExactly(new AttachedXdpProgram(XdpMode.NATIVE, link.programId(), "steer"));
            link.detach();
            assertThatThrownBy(() -> link.update(object.program("drop")))
                    .isInstanceOfSatisfying(
                            NativeException.class,
                            ex -> assertThat(ex.is(Errno.ENOLINK)).isTrue());
        }
    }

    @Test
    void shouldRefuseAMissingInterfaceAndADriverWithoutNativeXdp() {
        assertThatThrownBy(() -> object.program("drop").attachXdp(9999, XdpMode.NATIVE))
                .isInstanceOf(NativeException.class)
                .hasMessageContaining("is there an interface ifindex 9999");
        assertThatThrownBy(() -> object.program("drop").attachXdp(TestNamespace.ifindex("lo"), XdpMode.NATIVE))
                .isInstanceOf(NativeException.class)
                .hasMessageContaining("the driver of lo has no native XDP: use mode generic");
        assertThatThrownBy(() -> AttachedXdpProgram.query(9999))
                .isInstanceOfSatisfying(
                        NativeException.class,
                        ex -> assertThat(ex.is(Errno.ENODEV)).isTrue());
    }

    @Test
    void shouldStayAttachedByItsPinAndBeFoundByTheNextProcess() {
        final BpfFilesystem filesystem = BpfFilesystem.ensure(directory.resolve("bpf"));
        try {
            final Path pin = filesystem.directory().resolve("link");
            final int programId;
            try (BpfLink link = object.program("drop").attachXdp(ifindex, XdpMode.NATIVE)) {
                link.pin(pin);
                programId = link.programId();
                assertThatThrownBy(() -> link.pin(pin)).hasMessageContaining("something is pinned there already");
            }
            object.close();
            assertThat(AttachedXdpProgram.query(ifindex)).hasSize(1);

            try (BpfLink adopted = BpfLink.openPinned(pin)) {
                assertThat(adopted.programId()).isEqualTo(programId);
                adopted.detach();
                adopted.detach();
                assertThat(AttachedXdpProgram.query(ifindex)).isEmpty();
                assertThat(adopted.ifindex()).isZero();
            }
            BpfLink.unpin(pin);
            BpfLink.unpin(pin);
            assertThat(Files.exists(pin)).isFalse();
            assertThatThrownBy(() -> BpfLink.openPinned(pin)).hasMessageContaining("nothing is pinned there");
        } finally {
            filesystem.unmount();
        }
    }

    @Test
    void shouldKeepAPinnedMapAndReuseItInTheNextObject() {
        final BpfFilesystem filesystem = BpfFilesystem.ensure(directory.resolve("bpf"));
        try (BpfArrayMapping mapping = object.map("counters").mapMemory();
                BpfObject next = BpfObject.open(elf, "next")) {
            final Path pin = filesystem.directory().resolve("counters");
            object.map("counters").pin(pin);
            final int id = object.map("counters").info().id();
            object.close();

            try (BpfMap pinned = BpfMap.openPinned(pin)) {
                assertThat(pinned.info().id()).isEqualTo(id);
                next.reuse("counters", pinned);
            }
            next.load();
            next.program("drop").testRun(XdpTestRun.of(new byte[60]));

            assertThat(next.map("counters").info().id()).isEqualTo(id);
            assertThat(new UnsafeBuffer(mapping.address(), 16).getIntVolatile(0))
                    .isEqualTo(1);
            BpfMap.unpin(pin);
        } finally {
            filesystem.unmount();
        }
    }

    @Test
    void shouldRefuseToReuseAMapOfAnotherShape() {
        try (BpfObject next = BpfObject.open(elf, "next")) {
            next.setMaxEntries("counters", 8);

            assertThatThrownBy(() -> next.reuse("counters", object.map("counters")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("max entries 4 instead of 8");
        }
    }

    @Test
    void shouldRefuseToPinOutsideABpfFilesystem() {
        assertThatThrownBy(() -> object.map("counters").pin(directory.resolve("counters")))
                .isInstanceOf(NativeException.class)
                .hasMessageContaining("must exist and be on a mounted bpf file system");
    }

    @Test
    void shouldRunOnAPacketAsIfReceived() {
        try (BpfLink link = object.program("drop").attachXdp(ifindex, XdpMode.NATIVE)) {
            final XdpTestRun run =
                    XdpTestRun.of(new byte[64]).ingress(link.ifindex(), 0).withMetadata(new byte[] {0x55, 0, 0, 0});

            final XdpTestResult result = object.program("stamp").testRun(run);

            assertThat(result.action()).isEqualTo(XdpTestResult.XDP_PASS);
            assertThat(result.packet()).hasSize(64);
            assertThat(result.packet()[16]).isEqualTo((byte) ifindex);
            assertThat(result.packet()[24]).isEqualTo((byte) 0x55);
            assertThat(result.metadata()).containsExactly(0x55, 0x77, 0, 0);
        }
    }

    @Test
    void shouldSeeTheQueueOfATestRun() {
        namespace.addVeth("wide", "edge", 2);
        final int wide = TestNamespace.ifindex("wide");
        try (BpfLink link = object.program("drop").attachXdp(wide, XdpMode.NATIVE)) {
            final XdpTestRun run = XdpTestRun.of(new byte[64]).ingress(link.ifindex(), 1);

            assertThat(object.program("stamp").testRun(run).packet()[20]).isEqualTo((byte) 1);
            assertThatThrownBy(() -> object.program("stamp").testRun(run.ingress(wide, 2)))
                    .isInstanceOf(NativeException.class)
                    .hasMessageContaining("queue 2");
        }
    }

    @Test
    void shouldGenerateTrafficWithLiveFrames() {
        final byte[] frame = PacketSocket.frame(64, 1);
        try (BpfLink receiver = object.program("drop").attachXdp(ifindex, XdpMode.NATIVE);
                BpfLink sender = object.program("bounce").attachXdp(TestNamespace.ifindex("right"), XdpMode.NATIVE);
                BpfArrayMapping counters = object.map("counters").mapMemory()) {
            final XdpTestRun run =
                    XdpTestRun.of(frame).ingress(sender.ifindex(), 0).repeat(10_000);

            final int meanNs = object.program("bounce").sendLiveFrames(run, 64);

            final UnsafeBuffer memory = new UnsafeBuffer(counters.address(), 16);
            Await.until("10,000 frames at " + receiver.ifindex(), () -> memory.getIntVolatile(0) == 10_000);
            assertThat(meanNs).isBetween(1, 100_000);
        }
    }
}
