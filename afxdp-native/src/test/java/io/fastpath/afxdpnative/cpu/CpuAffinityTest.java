package io.fastpath.afxdpnative.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.NativeException;
import java.util.BitSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CpuAffinityTest {
    private final BitSet before = CpuAffinity.currentThread();

    @AfterEach
    void restore() {
        CpuAffinity.setCurrentThread(before);
    }

    @Test
    void shouldPinTheCallingThreadAndNoOther() throws InterruptedException {
        final int cpu = before.previousSetBit(before.length());
        CpuAffinity.pinCurrentThread(cpu);

        assertThat(CpuAffinity.currentThread()).isEqualTo(BitSet.valueOf(new long[] {1L << cpu}));
        CpuAffinity.setCurrentThread(before);
        final BitSet[] other = new BitSet[1];
        final Thread thread = new Thread(() -> {
            CpuAffinity.pinCurrentThread(cpu);
            other[0] = CpuAffinity.currentThread();
        });
        thread.start();
        thread.join();
        assertThat(other[0].cardinality()).isEqualTo(1);
        assertThat(CpuAffinity.currentThread()).isEqualTo(before);
    }

    @Test
    void shouldRefuseACpuThatIsNotThere() {
        for (final int cpu : new int[] {8000, 9000}) {
            assertThatThrownBy(() -> CpuAffinity.pinCurrentThread(cpu))
                    .isInstanceOfSatisfying(
                            NativeException.class,
                            ex -> assertThat(ex.is(Errno.EINVAL)).isTrue())
                    .hasMessageStartingWith("sched_setaffinity(CPU {" + cpu + "}) failed: EINVAL")
                    .hasMessageContaining("online, " + CpuAffinity.online());
        }
    }

    @Test
    void shouldRefuseASetOfWhichOnlyAPartIsThere() {
        final BitSet some = (BitSet) before.clone();
        some.set(8000);

        assertThatThrownBy(() -> CpuAffinity.setCurrentThread(some)).isInstanceOf(NativeException.class);
    }

    @Test
    void shouldReadTheKernelsCpuLists() {
        assertThat(CpuAffinity.parseCpuList("0-2,5,8-9")).hasToString("{0, 1, 2, 5, 8, 9}");
        assertThat(CpuAffinity.parseCpuList("0")).hasToString("{0}");
        assertThat(CpuAffinity.parseCpuList("")).hasToString("{}");
        assertThat(CpuAffinity.online().cardinality()).isPositive();
    }
}
