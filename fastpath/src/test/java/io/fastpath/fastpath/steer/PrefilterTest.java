package io.fastpath.fastpath.steer;

import static io.fastpath.fastpath.steer.Net.CLIENT;
import static io.fastpath.fastpath.steer.Net.CLIENT6;
import static io.fastpath.fastpath.steer.Net.OTHER;
import static io.fastpath.fastpath.steer.Net.VIP;
import static io.fastpath.fastpath.steer.Net.VIP6;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.bpf.XdpTestResult;
import io.fastpath.fastpath.prefilter.Prefilter;
import io.fastpath.fastpath.prefilter.Prefix;
import io.fastpath.fastpath.prefilter.PrefixList;
import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.Prefix4Descriptor;
import io.fastpath.lb.Address;
import io.fastpath.lb.service.ServiceTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose packets the XDP program drops, whoever would work on them, and how the list changes meanwhile. */
class PrefilterTest {
    private static final Verdict DENIED =
            new Verdict(XdpTestResult.XDP_DROP, Map.of(Counter.XDP_PACKETS, 1L, Counter.XDP_DROP_DENIED, 1L), 0, true);
    private static final Verdict STEERED = Verdict.of(Counter.XDP_STEERED_SERVICE);

    private SteerRig rig;
    private Prefilter prefilter;

    @BeforeEach
    void load() {
        rig = SteerRig.onLoopback(512, 64, 1);
        ServiceTable.attach(rig.lbMemory()).apply(Net.services());
        prefilter = rig.prefilter();
    }

    @AfterEach
    void unload() {
        prefilter.close();
        rig.close();
    }

    private Verdict from(final String source) {
        return source.indexOf(':') < 0
                ? rig.receive(Frames.frame(Frames.ip(source, VIP, Frames.tcp(1234, 80))))
                : rig.receive(Frames.frame(Frames.ip(source, VIP6, Frames.tcp(1234, 80))));
    }

    private void deny(final String prefix) {
        prefilter.add(Prefix.parse(prefix), false);
    }

    private void allow(final String prefix) {
        prefilter.add(Prefix.parse(prefix), true);
    }

    @Test
    void shouldAskNoTrieWhileTheListIsEmpty() {
        assertThat(rig.control().prefilterFlags()).isZero();
        assertThat(from(CLIENT)).isEqualTo(STEERED);
        deny(CLIENT);
        assertThat(rig.control().prefilterFlags()).isEqualTo(Prefix4Descriptor.FLAG_IPV4);
        assertThat(from(CLIENT)).isEqualTo(DENIED);
        assertThat(prefilter.remove(Prefix.parse(CLIENT))).isTrue();
        assertThat(prefilter.remove(Prefix.parse(CLIENT))).isFalse();
        assertThat(rig.control().prefilterFlags()).isZero();
        assertThat(from(CLIENT)).isEqualTo(STEERED);
    }

    @Test
    void shouldGoByTheLongestPrefix() {
        deny("192.0.0.0/16");
        allow("192.0.2.0/24");
        deny("192.0.2.8/30");
        assertThat(from("192.0.3.1")).isEqualTo(DENIED);
        assertThat(from("192.0.2.1")).isEqualTo(STEERED);
        assertThat(from("192.0.2.10")).isEqualTo(DENIED);
        assertThat(from("192.1.0.1")).isEqualTo(STEERED);
        assertThat(prefilter.count(true)).isEqualTo(3);
        allow("192.0.2.8/30");
        assertThat(from("192.0.2.10")).isEqualTo(STEERED);
        assertThat(prefilter.count(true)).isEqualTo(3);
    }

    @Test
    void shouldDenyInBothFamiliesAndWhateverTheEngine() {
        deny("2001:db8:1::/48");
        allow("2001:db8:1:1::/64");
        for (final int engine : new int[] {
            ControlDescriptor.ENGINE_USERSPACE, ControlDescriptor.ENGINE_HYBRID, ControlDescriptor.ENGINE_KERNEL
        }) {
            rig.control().engine(engine);
            assertThat(from(CLIENT6)).isEqualTo(DENIED);
        }
        rig.control().engine(ControlDescriptor.ENGINE_USERSPACE);
        assertThat(from("2001:db8:1:1::1")).isEqualTo(STEERED);
        assertThat(from(CLIENT)).isEqualTo(STEERED);
    }

    /** What is the node's own, an operator's ssh above all, can't be cut off by a list that is too wide. */
    @Test
    void shouldLeaveAloneWhatIsNotForAVip() {
        deny("0.0.0.0/0");
        deny("::/0");
        assertThat(rig.receive(Frames.frame(Frames.ip(CLIENT, OTHER, Frames.tcp(1234, 22)))))
                .isEqualTo(Verdict.of(Counter.XDP_PASS_NOT_OURS));
        assertThat(from(CLIENT)).isEqualTo(DENIED);
        assertThat(from(CLIENT6)).isEqualTo(DENIED);
        LinkCases.arps().forEach(this::shouldBeAsWithoutAList);
        LinkCases.solicitations().forEach(this::shouldBeAsWithoutAList);
    }

    private void shouldBeAsWithoutAList(final SteerCase steerCase) {
        assertThat(rig.receive(steerCase.frame())).as(steerCase.sentence()).isEqualTo(Verdict.of(steerCase.reason()));
    }

    @Test
    void shouldDenyEchoAndFragmentsToo() {
        deny("0.0.0.0/0");
        deny("::/0");
        LinkCases.echoes().stream()
                .filter(echo -> echo.reason() == Counter.XDP_STEERED_ICMP)
                .forEach(echo -> assertThat(rig.receive(echo.frame())).isEqualTo(DENIED));
        ServiceCases.fragments().stream()
                .filter(fragment -> fragment.reason() == Counter.XDP_STEERED_SERVICE)
                .forEach(fragment -> assertThat(rig.receive(fragment.frame())).isEqualTo(DENIED));
    }

    @Test
    void shouldAllowWhatAListBothDeniesAndAllows() {
        final PrefixList list = new PrefixList();
        list.add(Prefix.parse("192.0.2.0/24"), true);
        list.add(Prefix.parse("192.0.2.0/24"), false);
        list.add(Prefix.parse("192.0.3.0/24"), false);
        prefilter.replace(list);
        while (prefilter.step()) {
            assertThat(from(CLIENT)).isEqualTo(STEERED);
        }
        assertThat(prefilter.count(true)).isEqualTo(2);
        assertThat(from("192.0.3.1")).isEqualTo(DENIED);
    }

    /** Random lists of all lengths over few addresses, looked at after every step: no verdict is a third one. */
    @Test
    void shouldGiveOldOrNewVerdictsAtEveryMomentOfAReplacement() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        Map<Prefix, Boolean> old = Map.of();
        for (int round = 0; round < 8; round++) {
            final Map<Prefix, Boolean> next = randomList(random);
            final PrefixList list = new PrefixList();
            next.forEach(list::add);
            prefilter.replace(list);
            boolean more = true;
            while (more) {
                more = prefilter.step();
                for (int i = 0; i < 3; i++) {
                    final Address source = address(random);
                    final boolean isDenied = from(source.toString()).equals(DENIED);
                    assertThat(isDenied)
                            .as("seed %d, round %d, %s", seed, round, source)
                            .isIn(denies(old, source), denies(next, source));
                }
            }
            old = next;
            assertThat(entries()).as("seed %d", seed).isEqualTo(sorted(old));
        }
    }

    /** The verdict by the meaning of the words: of all prefixes that the address lies in, the longest decides. */
    private static boolean denies(final Map<Prefix, Boolean> list, final Address source) {
        int longest = -1;
        boolean isDenied = false;
        for (final Map.Entry<Prefix, Boolean> entry : list.entrySet()) {
            if (entry.getKey().bits() > longest && liesIn(source, entry.getKey())) {
                longest = entry.getKey().bits();
                isDenied = !entry.getValue();
            }
        }
        return isDenied;
    }

    private static boolean liesIn(final Address source, final Prefix prefix) {
        final byte[] bytes = source.bytes();
        final byte[] wanted = prefix.address().bytes();
        if (bytes.length != wanted.length) {
            return false;
        }
        for (int bit = 0; bit < prefix.bits(); bit++) {
            final int mask = 0x80 >>> bit % Byte.SIZE;
            if (((bytes[bit / Byte.SIZE] ^ wanted[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    private static Map<String, Boolean> sorted(final Map<Prefix, Boolean> list) {
        final Map<String, Boolean> sorted = new TreeMap<>();
        list.forEach((prefix, isAllowed) -> sorted.put(prefix.toString(), isAllowed));
        return sorted;
    }

    private Map<String, Boolean> entries() {
        final List<Prefilter.Entry> entries = new ArrayList<>();
        prefilter.rewind();
        while (prefilter.read(true, entries)) {
            assertThat(entries).isNotEmpty();
        }
        while (prefilter.read(false, entries)) {
            assertThat(entries).isNotEmpty();
        }
        final Map<String, Boolean> sorted = new TreeMap<>();
        entries.forEach(entry -> sorted.put(entry.prefix().toString(), entry.isAllowed()));
        return sorted;
    }

    private static Map<Prefix, Boolean> randomList(final Random random) {
        final Map<Prefix, Boolean> list = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        for (int i = 0; i < 300; i++) {
            list.put(cut(address(random), random), random.nextBoolean());
        }
        return list;
    }

    /** One of 4,096 addresses of a family, which share many prefixes. */
    private static Address address(final Random random) {
        final byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
        bytes[0] = 0x20;
        bytes[1] = 1;
        bytes[2] = (byte) random.nextInt(16);
        bytes[3] = (byte) random.nextInt(256);
        return Address.ofBytes(bytes);
    }

    private static Prefix cut(final Address address, final Random random) {
        final byte[] bytes = address.bytes();
        final int bits = 16 + random.nextInt(17);
        for (int bit = bits; bit < bytes.length * Byte.SIZE; bit++) {
            bytes[bit / Byte.SIZE] &= (byte) ~(0x80 >>> bit % Byte.SIZE);
        }
        return new Prefix(Address.ofBytes(bytes), bits);
    }

    /** A million prefixes: seconds, and packets are looked up in them meanwhile. The figure is printed. */
    @Test
    void shouldTakeAMillionPrefixesInSeconds() {
        final PrefixList list = new PrefixList();
        for (int i = 0; i < PrefixList.LIMIT; i++) {
            final int scattered = i * 0x9e3779b1 | 1;
            list.add(
                    new Prefix(
                            Address.ofBytes(new byte[] {
                                (byte) (scattered >>> 24),
                                (byte) (scattered >>> 16),
                                (byte) (scattered >>> 8),
                                (byte) scattered
                            }),
                            32),
                    false);
        }
        final long beginNs = System.nanoTime();
        prefilter.replace(list);
        while (prefilter.step()) {
            Thread.onSpinWait();
        }
        final long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beginNs);
        System.out.println("prefilter: " + prefilter.count(true) + " prefixes entered in " + tookMs + " ms");
        assertThat(prefilter.count(true)).isGreaterThan(PrefixList.LIMIT / 4);
        assertThat(tookMs).isLessThan(60_000);
        final long emptyNs = System.nanoTime();
        prefilter.replace(new PrefixList());
        while (prefilter.step()) {
            Thread.onSpinWait();
        }
        System.out.println(
                "prefilter: and taken out in " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - emptyNs) + " ms");
        assertThat(rig.control().prefilterFlags()).isZero();
    }
}
