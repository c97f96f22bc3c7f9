package io.fastpath.afxdpnative.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.afxdpnative.lab.BpfCompiler;
import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.MissingLibraryException;
import io.fastpath.afxdpnative.sys.NativeBinding;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.NativeMemory;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Needs root: loads real objects into the kernel. */
class BpfObjectTest {
    private static byte[] elf;

    private BpfObject object;

    @BeforeAll
    static void compile() {
        elf = BpfCompiler.compile("steer");
    }

    @BeforeEach
    void open() {
        object = BpfObject.open(elf, "steer");
    }

    @AfterEach
    void close() {
        object.close();
    }

    @Test
    void shouldLoadMapsAndPrograms() {
        object.load();

        final BpfMapInfo info = object.map("counters").info();
        assertThat(info.type()).isEqualTo(BpfMap.TYPE_ARRAY);
        assertThat(info.keyLength()).isEqualTo(4);
        assertThat(info.valueLength()).isEqualTo(12);
        assertThat(info.maxEntries()).isEqualTo(4);
        assertThat(info.flags()).isEqualTo(BpfMap.FLAG_MMAPABLE);
        assertThat(info.name()).isEqualTo("counters");
        assertThat(info.id()).isPositive();
        assertThat(object.program("steer").fd()).isPositive();
        assertThat(object.map("counters")).isSameAs(object.map("counters"));
    }

    @Test
    void shouldSetCapacityBeforeLoading() {
        object.setMaxEntries("counters", 1 << 20);
        object.load();

        assertThat(object.map("counters").info().maxEntries()).isEqualTo(1 << 20);
    }

    @Test
    void shouldCloseItsDescriptorsWithTheObject() {
        object.load();
        final BpfMap map = object.map("counters");
        object.close();

        assertThatThrownBy(() -> BpfMapInfo.of(map.fd())).hasMessageContaining("EBADF");
        assertThatThrownBy(() -> object.map("counters")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldNameTheMissingMapOrProgram() {
        object.load();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> object.map("nowhere"))
                .withMessage("BPF object steer has no map named nowhere");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> object.program("nobody"))
                .withMessage("BPF object steer has no program named nobody");
    }

    @Test
    void shouldTellWhatLibbpfSaidAboutBytesThatAreNoObject() {
        assertThatThrownBy(() -> BpfObject.open(new byte[100], "junk"))
                .isInstanceOf(NativeException.class)
                .hasMessageStartingWith("bpf_object__open_mem(junk) failed: ")
                .hasMessageContaining("libbpf: ");
    }

    @Test
    void shouldTellWhatTheVerifierSaid() {
        try (BpfObject refused = BpfObject.open(BpfCompiler.compile("refused"), "refused")) {
            assertThatThrownBy(refused::load)
                    .isInstanceOf(NativeException.class)
                    .hasMessageStartingWith("bpf_object__load(refused) failed: EACCES (13, Permission denied): ")
                    .hasMessageContaining("invalid access to packet");
        }
    }

    @Test
    void shouldTellThatAMapIsTooLarge() {
        object.setMaxEntries("counters", -1);

        assertThatThrownBy(object::load)
                .isInstanceOf(NativeException.class)
                .hasMessageContaining("bpf_object__load(steer) failed")
                .hasMessageContaining("libbpf: map 'counters': failed to create");
    }

    @Test
    void shouldLookUpUpdateAndDeleteElements() {
        object.load();
        final BpfMap table = object.map("table");
        try (NativeMemory key = NativeMemory.allocate(4);
                NativeMemory value = NativeMemory.allocate(8)) {
            key.buffer().putInt(0, 7);
            assertThat(table.lookup(key.buffer(), value.buffer())).isFalse();

            value.buffer().putLong(0, 42);
            table.update(key.buffer(), value.buffer(), BpfMap.UPDATE_NO_EXIST);
            value.buffer().putLong(0, 0);
            assertThat(table.lookup(key.buffer(), value.buffer())).isTrue();
            assertThat(value.buffer().getLong(0)).isEqualTo(42);

            assertThatThrownBy(() -> table.update(key.buffer(), value.buffer(), BpfMap.UPDATE_NO_EXIST))
                    .isInstanceOfSatisfying(
                            NativeException.class,
                            ex -> assertThat(ex.is(Errno.EEXIST)).isTrue());
            assertThat(table.delete(key.buffer())).isTrue();
            assertThat(table.delete(key.buffer())).isFalse();
        }
    }

    @Test
    void shouldRefuseBuffersThatTheKernelCouldOverrun() {
        object.load();
        final UnsafeBuffer key = new UnsafeBuffer(ByteBuffer.allocateDirect(4));
        final UnsafeBuffer value = new UnsafeBuffer(ByteBuffer.allocateDirect(8));
        final UnsafeBuffer tooShort = new UnsafeBuffer(ByteBuffer.allocateDirect(7));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> object.map("table").lookup(key, tooShort));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> object.map("table").lookup(key, new UnsafeBuffer(new byte[8])));
        assertThatThrownBy(() -> object.map("per_cpu").lookup(key, value))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void shouldShareArrayMemoryWithThePrograms() {
        object.load();
        final BpfProgram reader = object.program("reader");
        final BpfProgram drop = object.program("drop");
        try (BpfArrayMapping mapping = object.map("counters").mapMemory()) {
            assertThat(mapping.strideLength()).isEqualTo(16);
            assertThat(mapping.length()).isEqualTo(64);
            final UnsafeBuffer memory = new UnsafeBuffer(mapping.address(), (int) mapping.length());

            memory.putInt(2 * mapping.strideLength() + 8, 3);
            assertThat(reader.testRun(XdpTestRun.of(new byte[64])).action()).isEqualTo(3);

            drop.testRun(XdpTestRun.of(new byte[64]).repeat(5));
            assertThat(memory.getIntVolatile(0)).isEqualTo(5);
            assertThat(memory.getIntVolatile(4)).isEqualTo(5 * 64);
        }
    }

    @Test
    void shouldMapArraysLongerThanTwoGibibytes() {
        object.setMaxEntries("counters", (1 << 27) + 256);
        object.load();

        try (BpfArrayMapping mapping = object.map("counters").mapMemory()) {
            assertThat(mapping.length()).isEqualTo(((1L << 27) + 256) * 16).isGreaterThan(Integer.MAX_VALUE);
            final UnsafeBuffer view = new UnsafeBuffer(0, 0);
            mapping.wrap(view, mapping.length() - 16, 16);
            view.putLong(0, 1);
            assertThat(view.getLong(0)).isEqualTo(1);
            assertThatThrownBy(() -> mapping.wrap(view, mapping.length() - 15, 16))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void shouldRefuseToMapOtherKinds() {
        object.load();

        assertThatThrownBy(() -> object.map("table").mapMemory())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("BPF_F_MMAPABLE");
    }

    @Test
    void shouldSayWhatToInstallWhenALibraryIsMissing() {
        final NativeBinding binding =
                NativeBinding.of(Absent.class, "libbpf.so.99", "install libbpf 1.1 or newer (apt install libbpf1)");

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(binding::require)
                    .isInstanceOf(MissingLibraryException.class)
                    .hasMessageStartingWith("can't load libbpf.so.99 (")
                    .hasMessageEndingWith("): install libbpf 1.1 or newer (apt install libbpf1)")
                    .message()
                    .doesNotContain("\n");
        }
    }

    /** Natives of a library that doesn't exist. */
    private static final class Absent {
        static native int nothing();
    }
}
