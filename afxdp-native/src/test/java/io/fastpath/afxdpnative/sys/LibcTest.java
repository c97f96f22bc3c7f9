package io.fastpath.afxdpnative.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LibcTest {
    @Test
    void shouldNameCallErrorAndAdvice() {
        final int result = Libc.close(-1);

        assertThat(result).isEqualTo(-1);
        assertThatThrownBy(() -> {
                    final int again = Libc.close(-1);
                    Libc.check(again, "close(fd=-1)", "don't close twice");
                })
                .isInstanceOf(NativeException.class)
                .hasMessage("close(fd=-1) failed: EBADF (9, Bad file descriptor): don't close twice");
    }

    @Test
    void shouldMapAndUnmapMemory() {
        final long address =
                Libc.mmap(0, 8192, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);

        assertThat(address).isNotEqualTo(Libc.MAP_FAILED);
        assertThat(Libc.munmap(address, 8192)).isZero();
    }

    @Test
    void shouldReadCStringsWrittenByC() {
        try (NativeMemory name = NativeMemory.ofCString("lo");
                NativeMemory out = NativeMemory.allocate(16)) {
            final int ifindex = Libc.if_nametoindex(name.address());

            assertThat(Libc.if_indextoname(ifindex, out.address())).isEqualTo(out.address());
            assertThat(out.stringAt(0)).isEqualTo("lo");
        }
    }

    @Test
    void shouldStopAtTheLimitWhenTheNulIsMissing() {
        try (NativeMemory memory = NativeMemory.ofBytes(new byte[] {'a', 'b', 'c', 'd'})) {
            assertThat(NativeMemory.cString(memory.address(), 3)).isEqualTo("abc");
            assertThat(NativeMemory.cString(0, 3)).isEmpty();
        }
    }

    @Test
    void shouldZeroAndRefuseUseAfterClose() {
        final NativeMemory memory = NativeMemory.allocate(64);
        assertThat(memory.buffer().getLong(56)).isZero();

        memory.close();
        memory.close();

        assertThat(memory.address()).isZero();
        assertThat(memory.buffer().capacity()).isZero();
    }

    @Test
    void shouldListEachErrorNumberOnce() {
        assertThat(Arrays.stream(Errno.values()).map(Errno::number)).doesNotHaveDuplicates();
        assertThat(Errno.describe(9999)).isEqualTo("errno 9999");
        assertThat(Errno.describe(524)).startsWith("ENOTSUPP (524");
    }
}
