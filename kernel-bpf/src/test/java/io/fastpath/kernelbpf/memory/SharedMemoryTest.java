package io.fastpath.kernelbpf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import java.util.function.ObjLongConsumer;
import java.util.stream.Stream;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SharedMemoryTest {
    private static final long LENGTH = 128;
    private static final int CACHE_LINE_LENGTH = 64;

    private final SharedMemory memory = SharedMemory.allocate(LENGTH);

    private static Arguments access(final String name, final int width, final ObjLongConsumer<SharedMemory> access) {
        return Arguments.of(name, width, access);
    }

    private static Stream<Arguments> accesses() {
        return Stream.of(
                access("getByte", Byte.BYTES, SharedMemory::getByte),
                access("getShort", Short.BYTES, SharedMemory::getShort),
                access("getInt", Integer.BYTES, SharedMemory::getInt),
                access("getLong", Long.BYTES, SharedMemory::getLong),
                access("getIntAcquire", Integer.BYTES, SharedMemory::getIntAcquire),
                access("getLongAcquire", Long.BYTES, SharedMemory::getLongAcquire),
                access("putByte", Byte.BYTES, (region, offset) -> region.putByte(offset, (byte) 1)),
                access("putShort", Short.BYTES, (region, offset) -> region.putShort(offset, (short) 1)),
                access("putInt", Integer.BYTES, (region, offset) -> region.putInt(offset, 1)),
                access("putLong", Long.BYTES, (region, offset) -> region.putLong(offset, 1)),
                access("putIntRelease", Integer.BYTES, (region, offset) -> region.putIntRelease(offset, 1)),
                access("putLongRelease", Long.BYTES, (region, offset) -> region.putLongRelease(offset, 1)),
                access("compareAndSetInt", Integer.BYTES, (region, offset) -> region.compareAndSetInt(offset, 0, 1)),
                access("getAndBitwiseAndInt", Integer.BYTES, (region, offset) -> region.getAndBitwiseAndInt(offset, 1)),
                access("addOwned", Long.BYTES, (region, offset) -> region.addOwned(offset, 1)),
                access("clear", Long.BYTES, (region, offset) -> region.clear(offset, Long.BYTES)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("accesses")
    void shouldReachTheLastByteAndNotFurther(
            final String name, final int width, final ObjLongConsumer<SharedMemory> access) {
        assertThatCode(() -> access.accept(memory, 0)).doesNotThrowAnyException();
        assertThatCode(() -> access.accept(memory, LENGTH - width)).doesNotThrowAnyException();

        for (final long offset : new long[] {-1, LENGTH - width + 1, LENGTH, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> access.accept(memory, offset)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void shouldRefuseToClearOutside() {
        assertThatThrownBy(() -> memory.clear(8, LENGTH)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.clear(0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.clear(1, Long.MAX_VALUE)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldAllocateZeroedCacheLines() {
        assertThat(memory.length()).isEqualTo(LENGTH);
        assertThat(memory.address() % CACHE_LINE_LENGTH).isZero();
        for (int offset = 0; offset < LENGTH; offset++) {
            assertThat(memory.getByte(offset)).isZero();
        }
    }

    @Test
    void shouldRefuseMemoryThatIsNotAligned() {
        assertThatThrownBy(() -> new SharedMemory(memory.address() + 4, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("aligned to 8");
        assertThatThrownBy(() -> new SharedMemory(0, 8)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SharedMemory(memory.address(), -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldStoreInNativeOrder() {
        memory.putLong(8, 0x0807_0605_0403_0201L);

        final boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        assertThat(memory.getByte(8)).isEqualTo((byte) (little ? 1 : 8));
        assertThat(memory.getShort(8)).isEqualTo((short) (little ? 0x0201 : 0x0807));
        assertThat(memory.getInt(8)).isEqualTo(little ? 0x0403_0201 : 0x0807_0605);
        assertThat(memory.getLongAcquire(8)).isEqualTo(0x0807_0605_0403_0201L);
        assertThat(memory.getLong(0)).isZero();
        assertThat(memory.getLong(16)).isZero();
    }

    @Test
    void shouldStoreNoWiderThanTheName() {
        for (final long offset : new long[] {0, 8, 16, 24, 32}) {
            memory.putLong(offset, -1);
        }
        memory.putByte(0, (byte) 0);
        memory.putShort(8, (short) 0);
        memory.putInt(16, 0);
        memory.putIntRelease(24, 0);

        assertThat(memory.getLong(0)).isEqualTo(0xffff_ffff_ffff_ff00L);
        assertThat(memory.getLong(8)).isEqualTo(0xffff_ffff_ffff_0000L);
        assertThat(memory.getLong(16)).isEqualTo(0xffff_ffff_0000_0000L);
        assertThat(memory.getLong(24)).isEqualTo(0xffff_ffff_0000_0000L);
        assertThat(memory.getLong(32)).isEqualTo(-1);
    }

    @Test
    void shouldSwapOnlyWhatIsExpected() {
        memory.putInt(12, 7);

        assertThat(memory.compareAndSetInt(12, 8, 9)).isFalse();
        assertThat(memory.getIntAcquire(12)).isEqualTo(7);
        assertThat(memory.compareAndSetInt(12, 7, 9)).isTrue();
        assertThat(memory.getIntAcquire(12)).isEqualTo(9);
        assertThat(memory.getInt(8)).isZero();
        assertThat(memory.getInt(16)).isZero();
    }

    @Test
    void shouldAndAndGiveWhatWas() {
        memory.putIntRelease(4, 0b1110);

        assertThat(memory.getAndBitwiseAndInt(4, 0b0111)).isEqualTo(0b1110);
        assertThat(memory.getInt(4)).isEqualTo(0b0110);
    }

    @Test
    void shouldAddToAnOwnedWord() {
        memory.putLongRelease(24, Integer.MAX_VALUE);
        memory.addOwned(24, 2);
        memory.addOwned(24, -1);

        assertThat(memory.getLong(24)).isEqualTo(Integer.MAX_VALUE + 1L);
    }

    @Test
    void shouldClearAsManyBytesAsAsked() {
        memory.putLong(0, -1);
        memory.clear(1, 6);

        assertThat(memory.getLong(0)).isEqualTo(0xff00_0000_0000_00ffL);
    }

    @Test
    void shouldLoseNoSwapAmongThreads() throws InterruptedException {
        final int threadCount = 4;
        final int incrementCount = 50_000;
        final Thread[] threads = new Thread[threadCount];
        for (int i = 0; i < threadCount; i++) {
            threads[i] = new Thread(() -> {
                for (int n = 0; n < incrementCount; n++) {
                    int seen;
                    do {
                        seen = memory.getIntAcquire(32);
                    } while (!memory.compareAndSetInt(32, seen, seen + 1));
                }
            });
            threads[i].start();
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        assertThat(memory.getInt(32)).isEqualTo(threadCount * incrementCount);
    }

    @Test
    void shouldReachBeyondTwoGibibytes() {
        final long length = 3L << 30;
        final long address = UnsafeApi.allocateMemory(length);
        try {
            final SharedMemory large = new SharedMemory(address, length);
            final long offset = length - Long.BYTES;
            large.putLong(0, 1);
            large.putLong(offset, 0x1234_5678_9abc_def0L);

            assertThat(large.getLongAcquire(offset)).isEqualTo(0x1234_5678_9abc_def0L);
            assertThat(large.compareAndSetInt(offset, 0x9abc_def0, 5)).isTrue();
            assertThat(UnsafeApi.getInt(address + offset)).isEqualTo(5);
            assertThat(large.getLong(0)).isEqualTo(1);
        } finally {
            UnsafeApi.freeMemory(address);
        }
    }
}
