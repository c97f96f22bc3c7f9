package io.fastpath.afxdpnative.umem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fastpath.afxdpnative.ring.RingSizes;
import io.fastpath.afxdpnative.sys.NativeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class UmemTest {
    @Test
    void shouldMapZeroedFramesUnderOneBuffer() {
        try (Umem umem = Umem.map(new UmemLayout(4096, 64, 0, HugePages.NONE))) {
            assertThat(umem.buffer().capacity()).isEqualTo(64 * 4096);
            assertThat(umem.buffer().addressOffset()).isEqualTo(umem.address());
            assertThat(umem.address() % 4096).isZero();
            assertThat(umem.buffer().getLong(63 * 4096 + 4088)).isZero();
            assertThat(umem.downgrade()).isEmpty();
        }
    }

    @Test
    void shouldRefuseUseAfterClose() {
        final Umem umem = Umem.map(new UmemLayout(2048, 2, 0, HugePages.NONE));
        umem.close();
        umem.close();

        assertThat(umem.address()).isZero();
        assertThatThrownBy(() -> umem.buffer().getByte(0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    /** What a killed process leaves to be unpinned is 16 pages then, and not 8,192. */
    @Test
    void shouldLieInTransparentHugePagesWhereTheKernelGrantsThem() throws IOException {
        assumeThat(Files.readString(Path.of("/sys/kernel/mm/transparent_hugepage/enabled")))
                .doesNotContain("[never]");
        try (Umem umem = Umem.map(new UmemLayout(4096, 8192, 0, HugePages.NONE))) {
            assertThat(umem.buffer().getLong(0)).isZero();
            final String smaps = Files.readString(Path.of("/proc/self/smaps"));
            final Matcher entry = Pattern.compile("AnonHugePages: +(\\d+) kB")
                    .matcher(smaps.substring(smaps.indexOf(Long.toHexString(umem.address()))));
            assertThat(entry.find()).isTrue();
            assertThat(Long.parseLong(entry.group(1))).isGreaterThanOrEqualTo(28 << 10);
        }
    }

    /** The machine has no reserved huge pages, or too few for this; either answer must be told. */
    @Test
    void shouldFallBackFromHugePagesOnlyIfToldToAndSaySo() {
        final int tooMany = (int) (UmemLayout.LENGTH_LIMIT / 2 / 2048);
        assertThatThrownBy(() -> Umem.map(new UmemLayout(2048, tooMany, 0, HugePages.REQUIRED)))
                .isInstanceOf(NativeException.class)
                .hasMessageStartingWith("mmap(UMEM, 536870912 bytes, MAP_HUGETLB) failed: ENOMEM")
                .hasMessageContaining("sysctl vm.nr_hugepages=256");

        try (Umem umem = Umem.map(new UmemLayout(2048, tooMany, 0, HugePages.PREFERRED))) {
            assertThat(umem.downgrade())
                    .startsWith("ordinary pages instead of huge ones: mmap(UMEM, 536870912 bytes, MAP_HUGETLB)");
        }
    }

    @Test
    void shouldTellWhetherAPacketLiesInsideAFrame() {
        try (Umem umem = Umem.map(new UmemLayout(2048, 4, 0, HugePages.NONE))) {
            assertThat(umem.holds(0, 2048)).isTrue();
            assertThat(umem.holds(2048 + 256, 1792)).isTrue();
            assertThat(umem.holds(2048 + 256, 1793)).isFalse();
            assertThat(umem.holds(8191, 1)).isTrue();
            assertThat(umem.holds(8192, 0)).isFalse();
            assertThat(umem.holds(-1, 1)).isFalse();
            assertThat(umem.holds(0, -1)).isFalse();
            assertThat(umem.holds(0, Integer.MAX_VALUE)).isFalse();
            assertThat(umem.holds(2047, Integer.MAX_VALUE)).isFalse();
            assertThat(umem.holds(Long.MAX_VALUE, 1)).isFalse();
        }
    }

    @Test
    void shouldRefuseWhatTheKernelWouldRefuse() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new UmemLayout(1024, 16, 0, HugePages.NONE))
                .withMessageContaining("2048 or 4096");
        assertThatIllegalArgumentException().isThrownBy(() -> new UmemLayout(2048, 0, 0, HugePages.NONE));
        assertThatIllegalArgumentException().isThrownBy(() -> new UmemLayout(2048, 1 << 20, 0, HugePages.NONE));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new UmemLayout(2048, 16, 271, HugePages.NONE))
                .withMessage("headroom 271: must be from 0 to 270");
        assertThat(new UmemLayout(2048, 16, 270, HugePages.NONE).packetLengthLimit())
                .isEqualTo(UmemLayout.PACKET_LENGTH_MIN);
    }

    @Test
    void shouldExplainTheFrameBudgetAsASum() {
        final FrameBudget budget = new FrameBudget(new RingSizes(1024, 512, 256, 128), 2, 64, 0);

        assertThat(budget.frameCount()).isEqualTo(2 * (1024 + 512 + 256 + 128) + 64);
        assertThat(budget.explain().lines())
                .contains(
                        "    1024  fill ring: free, waiting for a packet",
                        "    1920  per socket, of which there are 2",
                        "    3904  frames in all");
    }
}
