package io.fastpath.lb.selection;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.HashInput;
import io.fastpath.lb.Address;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.Samples;
import io.fastpath.lb.service.SelectionSpec;
import io.fastpath.lb.service.ServiceKey;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever is hashed: clients spread evenly, a lost backend moves its own alone, and a change of the input takes hold. */
class HashInputTest {
    private static final Address VIP = Address.parse("10.7.0.100");
    private static final int BACKENDS = 10;
    private static final int CLIENTS = 20_000;

    private final LbMemory memory = LbMemory.allocate(64, 64, 400_000, 7);
    private final ServiceTable table = ServiceTable.attach(memory);
    private final Selector selector = new Selector(memory);

    @ParameterizedTest
    @EnumSource
    void shouldSpreadClientsEvenly(final HashInput hash) {
        table.put(spec(hash, BACKENDS));
        final int[] counts = new int[BACKENDS];
        for (final int backend : choices(11)) {
            counts[backend]++;
        }
        for (final int count : counts) {
            assertThat(count).isBetween(CLIENTS / BACKENDS * 85 / 100, CLIENTS / BACKENDS * 115 / 100);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldMoveHardlyMoreThanTheLostBackendsClients(final HashInput hash) {
        table.put(spec(hash, BACKENDS));
        final int[] before = choices(12);
        table.put(spec(hash, BACKENDS - 1));
        final int[] after = choices(12);
        int lost = 0;
        int moved = 0;
        for (int i = 0; i < CLIENTS; i++) {
            lost += before[i] == BACKENDS - 1 ? 1 : 0;
            moved += before[i] != BACKENDS - 1 && before[i] != after[i] ? 1 : 0;
        }
        assertThat(lost).isPositive();
        assertThat(moved).isLessThan(CLIENTS / 50);
    }

    @ParameterizedTest
    @EnumSource
    void shouldPickByTheInputOfTheMoment(final HashInput hash) {
        for (final HashInput before : HashInput.values()) {
            table.put(spec(before, BACKENDS));
            assertThat(table.put(spec(hash, BACKENDS)).servicesChanged()).isEqualTo(before == hash ? 0 : 1);
            assertThat(table.services().get(0).hash()).isEqualTo(hash);
            final int[] changed = choices(13);
            table.remove(spec(hash, BACKENDS).key());
            table.backends().forEach(backend -> table.release(backend.index()));
            table.put(spec(hash, BACKENDS));
            assertThat(changed).isEqualTo(choices(13));
        }
    }

    private int[] choices(final long seed) {
        final Random random = new Random(seed);
        final int index = selector.serviceIndex(VIP.word0(), VIP.word1(), 0x5000, Protocol.TCP.number());
        final int[] choices = new int[CLIENTS];
        for (int i = 0; i < CLIENTS; i++) {
            final Address client = Samples.ipv4(random.nextInt(1 << 24));
            choices[i] = selector.select(
                    index,
                    client.word0(),
                    client.word1(),
                    VIP.word0(),
                    VIP.word1(),
                    random.nextInt(0x10000) | 0x5000_0000,
                    Protocol.TCP.number());
        }
        return choices;
    }

    private static ServiceSpec spec(final HashInput hash, final int backendCount) {
        return new ServiceSpec(
                "web",
                new ServiceKey(VIP, 80, Protocol.TCP),
                Forwarding.NAT,
                65_537,
                new SelectionSpec(hash),
                Samples.backends(backendCount));
    }
}
