package io.fastpath.lb.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.HashInput;
import io.fastpath.kernelbpf.layout.SourceDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.Samples;
import io.fastpath.lb.selection.SourceLists;
import io.fastpath.lb.service.SourceSpec.Rule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The published ranges say of every address what the rules say of it. */
class SourceSpecTest {
    private static final int ROUNDS = 200;
    private static final int RULES = 30;

    private final LbMemory memory = LbMemory.allocate(256, 64, 64 * 1024, 1);
    private final SharedMemory sources =
            SharedMemory.allocate((long) SourceDescriptor.ENTRIES * SourceDescriptor.LENGTH);
    private final ServiceTable table = ServiceTable.attach(memory);
    private final SourcePublisher publisher = new SourcePublisher(memory, sources);
    private final SourceLists lists = new SourceLists(memory.services(), sources);

    @Test
    void shouldSayOfEveryAddressWhatTheRulesSay() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            final boolean isIpv4 = random.nextBoolean();
            final SourceSpec spec = new SourceSpec(random.nextBoolean(), rules(random, isIpv4));
            final List<ServiceSpec> specs = services(spec);
            table.apply(specs);
            publisher.publish(specs);
            final int own = index(specs.get(0));
            final int other = index(specs.get(1));
            for (int i = 0; i < RULES; i++) {
                final Address address = address(random, isIpv4);
                final Rule rule = spec.rule(address);
                final int expected = !spec.allows(address)
                        ? SourceLists.DENIED
                        : rule != null && rule.service() != null ? other : own;
                assertThat(lists.route(own, address.word0(), address.word1()))
                        .as("seed %d round %d address %s of %s", seed, round, address, spec)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void shouldTakeTheWholeSpaceOfAFamily() {
        final SourceSpec spec = new SourceSpec(false, List.of(new Rule(Address.parse("::"), 0, null)));

        assertThat(spec.ranges()).hasSize(1);
        assertThat(spec.ranges().get(0).rule()).isNotNull();
    }

    @Test
    void shouldFindRoomForChangedListsForEver() {
        for (int i = 0; i < 100; i++) {
            final List<Rule> rules = new ArrayList<>();
            for (int j = 0; j < 2500; j++) {
                rules.add(new Rule(Address.parse("10." + i + '.' + j / 125 + '.' + 2 * (j % 125)), 32, null));
            }
            final List<ServiceSpec> specs = services(new SourceSpec(false, rules));
            table.apply(specs);
            publisher.publish(specs);
            final Address last = rules.get(rules.size() - 1).address();
            assertThat(lists.route(index(specs.get(0)), last.word0(), last.word1()))
                    .isEqualTo(index(specs.get(0)));
        }
    }

    private static List<ServiceSpec> services(final SourceSpec spec) {
        return List.of(
                service("own", 80, new SelectionSpec(HashInput.TUPLE, spec)),
                service("other", 81, SelectionSpec.DEFAULT));
    }

    private static ServiceSpec service(final String name, final int port, final SelectionSpec selection) {
        return new ServiceSpec(
                name,
                new ServiceKey(Address.parse("10.7.0.100"), port, Protocol.UDP),
                Forwarding.NAT,
                251,
                selection,
                Samples.backends(2));
    }

    private int index(final ServiceSpec spec) {
        return table.services().stream()
                .filter(entry -> entry.key().equals(spec.key()))
                .findFirst()
                .orElseThrow()
                .index();
    }

    private static List<Rule> rules(final Random random, final boolean isIpv4) {
        final List<Rule> rules = new ArrayList<>();
        final Set<String> seen = new HashSet<>();
        for (int i = random.nextInt(RULES); i > 0; i--) {
            final int bits = random.nextInt((isIpv4 ? 32 : 128) + 1);
            final Address address = cut(address(random, isIpv4), bits, isIpv4);
            if (seen.add(address + "/" + bits)) {
                rules.add(new Rule(address, bits, random.nextBoolean() ? "other" : null));
            }
        }
        return rules;
    }

    /** Few bits vary, so that prefixes lie in each other and addresses in them. */
    private static Address address(final Random random, final boolean isIpv4) {
        final byte[] bytes = new byte[isIpv4 ? 4 : 16];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (random.nextInt(4) == 0 ? random.nextInt() : random.nextBoolean() ? 0 : -1);
        }
        if (!isIpv4) {
            bytes[0] = 0x20; // no IPv4 address mapped
        }
        return Address.ofBytes(bytes);
    }

    private static Address cut(final Address address, final int bits, final boolean isIpv4) {
        final byte[] bytes = address.bytes();
        final byte[] own = isIpv4 && bytes.length == 16 ? Arrays.copyOfRange(bytes, 12, 16) : bytes;
        for (int i = 0; i < own.length; i++) {
            final int kept = Math.max(0, Math.min(8, bits - 8 * i));
            own[i] &= (byte) (0xff00 >> kept);
        }
        return Address.ofBytes(own);
    }
}
