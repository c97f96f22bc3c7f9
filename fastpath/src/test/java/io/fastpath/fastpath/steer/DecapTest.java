package io.fastpath.fastpath.steer;

import static io.fastpath.fastpath.pipeline.PacketBuilder.concat;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ip;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.bpf.BpfArrayMapping;
import io.fastpath.afxdpnative.bpf.BpfMap;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.bpf.XdpTestResult;
import io.fastpath.afxdpnative.bpf.XdpTestRun;
import io.fastpath.afxdpnative.cpu.CpuAffinity;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.kernelbpf.KernelObjects;
import io.fastpath.kernelbpf.decap.DecapCounter;
import io.fastpath.kernelbpf.decap.DecapDescriptor;
import io.fastpath.lb.Address;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code xdp_decap} by test run: what it takes off, what it leaves alone, and what it drops. */
final class DecapTest {
    private static final String NODE = "172.16.5.5";
    private static final String NODE6 = "100::5";
    private static final String BACKEND = "10.8.0.11";
    private static final String BACKEND6 = "2001:db8:8::11";
    private static final String VIP = "10.7.0.100";
    private static final String VIP6 = "2001:db8:7::100";
    private static final String CLIENT = "192.0.2.10";
    private static final String CLIENT6 = "2001:db8:1::10";
    private static final int XDP_DROP = 1;
    private static final int XDP_PASS = 2;
    private static final int ETHERNET = 14;
    private static final int ALL = DecapDescriptor.MODE_IPIP | DecapDescriptor.MODE_GUE | DecapDescriptor.MODE_GENEVE;

    private BpfObject object;
    private BpfArrayMapping settings;
    private BpfArrayMapping rows;
    private final UnsafeBuffer counts = new UnsafeBuffer(0, 0);

    @BeforeEach
    void load() {
        object = BpfObject.open(KernelObjects.xdpDecap(), KernelObjects.XDP_DECAP_PROGRAM);
        object.setMaxEntries(DecapDescriptor.COUNTS_MAP, CpuAffinity.possible().length());
        object.load();
        settings = object.map(DecapDescriptor.SETTINGS_MAP).mapMemory();
        rows = object.map(DecapDescriptor.COUNTS_MAP).mapMemory();
        rows.wrap(counts, 0, (int) rows.length());
        modes(ALL);
        for (final String own : new String[] {BACKEND, BACKEND6, VIP, VIP6}) {
            final UnsafeBuffer key = new UnsafeBuffer(ByteBuffer.allocateDirect(16));
            key.putLong(0, Address.parse(own).word0());
            key.putLong(8, Address.parse(own).word1());
            object.map(DecapDescriptor.OWN_MAP)
                    .update(key, new UnsafeBuffer(ByteBuffer.allocateDirect(4)), BpfMap.UPDATE_ANY);
        }
    }

    @AfterEach
    void close() {
        settings.close();
        rows.close();
        object.close();
    }

    @Test
    void shouldTakeOffEveryKindOfTunnel() {
        final PacketBuilder inner = tcp(CLIENT, 1234, VIP, 80).payload(33);
        final PacketBuilder inner6 = tcp(CLIENT6, 1234, VIP6, 80).payload(33);
        strips(ip(4, NODE, BACKEND).payload(packet(inner)), inner);
        strips(ip(41, NODE, BACKEND).payload(packet(inner6)), inner6);
        strips(ip(4, NODE6, BACKEND6).payload(packet(inner)), inner);
        strips(ip(41, NODE6, BACKEND6).payload(packet(inner6)), inner6);
        strips(udp(NODE, 50000, BACKEND, 6080).payload(packet(inner)).withoutChecksum(), inner);
        strips(udp(NODE, 50000, BACKEND, 6080).payload(packet(inner6)).withoutChecksum(), inner6);
        strips(udp(NODE6, 50000, BACKEND6, 6080).payload(packet(inner)).withoutChecksum(), inner);
        strips(udp(NODE6, 50000, BACKEND6, 6080).payload(packet(inner6)).withoutChecksum(), inner6);
    }

    @Test
    void shouldTakeOffGeneveWithWhateverOptions() {
        final PacketBuilder inner = tcp(CLIENT, 1234, VIP, 80).payload(33);
        final PacketBuilder inner6 = tcp(CLIENT6, 1234, VIP6, 80).payload(33);
        for (final int optionWords : new int[] {0, 3, 6, 63}) {
            strips(geneve(NODE, BACKEND, inner, optionWords << 24 | 0x0800, 0), inner);
            strips(geneve(NODE, BACKEND, inner6, optionWords << 24 | 0x86dd, 0), inner6);
            strips(geneve(NODE6, BACKEND6, inner, optionWords << 24 | 0x0800, 0), inner);
            strips(geneve(NODE6, BACKEND6, inner6, optionWords << 24 | 0x86dd, 0), inner6);
        }
    }

    /** RFC 6040, 4.2, figure 4: by the packet within, then by the outer header; -1 is a drop. */
    @Test
    void shouldPutCongestionMarksIntoThePacketWithin() {
        final int[][] expected = {{0, 0, 0, -1}, {1, 1, 1, 3}, {2, 1, 2, 3}, {3, 3, 3, 3}};
        for (int inner = 0; inner < 4; inner++) {
            for (int outer = 0; outer < 4; outer++) {
                final int result = expected[inner][outer];
                marks(four(inner), ip(4, NODE, BACKEND).patchNetwork(1, outer), result < 0 ? null : four(result));
                marks(
                        four(inner),
                        ip(4, NODE6, BACKEND6).patchNetwork(1, outer << 4),
                        result < 0 ? null : four(result));
                marks(six(inner), ip(41, NODE, BACKEND).patchNetwork(1, outer), result < 0 ? null : six(result));
                marks(six(inner), ip(41, NODE6, BACKEND6).patchNetwork(1, outer << 4), result < 0 ? null : six(result));
            }
        }
    }

    private void marks(final PacketBuilder inner, final PacketBuilder outer, final PacketBuilder result) {
        outer.payload(packet(inner));
        if (result == null) {
            drops(outer, DecapCounter.DROP_CONGESTED);
        } else {
            strips(outer, result);
        }
    }

    private static PacketBuilder four(final int ecn) {
        return tcp(CLIENT, 1234, VIP, 80).payload(33).patchNetwork(1, 0xb8 | ecn);
    }

    private static PacketBuilder six(final int ecn) {
        return tcp(CLIENT6, 1234, VIP6, 80).payload(33).patchNetwork(0, 0x6b, 0x81 | ecn << 4);
    }

    @Test
    void shouldLeaveOtherGeneveToTheStack() {
        final PacketBuilder inner = tcp(CLIENT, 1234, VIP, 80).payload(33);
        passes(geneve(NODE, BACKEND, inner, 0x4000_0800, 0));
        passes(geneve(NODE, BACKEND, inner, 0x0000_0800, 0x0000_0100));
        passes(geneve(NODE, BACKEND, inner, 0x0000_6558, 0));
        modes(DecapDescriptor.MODE_GUE);
        passes(geneve(NODE, BACKEND, inner, 0x0000_0800, 0));
        modes(DecapDescriptor.MODE_GENEVE);
        passes(udp(NODE, 50000, BACKEND, 6080).payload(packet(inner)).withoutChecksum());
    }

    @Test
    void shouldDropGeneveThatIsNotWholeOrWantsMoreOfTheReceiver() {
        final PacketBuilder inner = tcp(CLIENT, 1234, VIP, 80).payload(33);
        drops(geneve(NODE, BACKEND, inner, 0x0080_0800, 0), DecapCounter.DROP_OUTER);
        drops(geneve(NODE, BACKEND, inner, 0x0340_0800, 0), DecapCounter.DROP_OUTER);
        drops(udp(NODE, 50000, BACKEND, 6081).payload(new byte[7]), DecapCounter.DROP_OUTER);
        drops(udp(NODE, 50000, BACKEND, 6081).payload(new byte[] {3, 0, 8, 0, 0, 0, 0, 0}), DecapCounter.DROP_OUTER);
        drops(udp(NODE, 50000, BACKEND, 6081).payload(new byte[] {0, 0, 8, 0, 0, 0, 0, 0}), DecapCounter.DROP_INNER);
        drops(geneve(NODE, BACKEND, inner, 0x0000_86dd, 0), DecapCounter.DROP_INNER);
        drops(geneve(NODE, BACKEND, tcp(CLIENT, 1, "10.7.0.101", 80), 0x0300_0800, 0), DecapCounter.DROP_FOREIGN);
    }

    @Test
    void shouldLeaveAloneWhatIsNoTunnelForThisHost() {
        final byte[] inner = packet(tcp(CLIENT, 1234, VIP, 80));
        passes(tcp(CLIENT, 1234, VIP, 80));
        passes(udp(CLIENT, 1234, VIP, 80));
        passes(ip(4, NODE, "10.8.0.12").payload(inner));
        passes(udp(NODE, 50000, "10.8.0.12", 6080).payload(inner));
        passes(udp(NODE, 50000, BACKEND, 6081).payload(inner));
        passes(ip(4, NODE, BACKEND).payload(inner).vlan(7));
        modes(DecapDescriptor.MODE_GUE);
        passes(ip(4, NODE, BACKEND).payload(inner));
        modes(DecapDescriptor.MODE_IPIP);
        passes(udp(NODE, 50000, BACKEND, 6080).payload(inner));
    }

    @Test
    void shouldDropOuterHeadersThatAreNotWhole() {
        final byte[] inner = packet(tcp(CLIENT, 1234, VIP, 80));
        drops(ip(4, NODE, BACKEND).payload(inner).patchFinal(10, 1, 2), DecapCounter.DROP_OUTER);
        drops(ip(4, NODE, BACKEND).payload(inner).options(1), DecapCounter.DROP_OUTER);
        drops(ip(4, NODE, BACKEND).payload(inner).patchNetwork(6, 0x20, 0), DecapCounter.DROP_OUTER);
        drops(ip(4, NODE, BACKEND).payload(inner).patchNetwork(6, 0, 9), DecapCounter.DROP_OUTER);
        drops(ip(4, NODE, BACKEND).payload(inner).patchNetwork(2, 9, 9), DecapCounter.DROP_OUTER);
        drops(ip(4, NODE, BACKEND).payload(inner).patchNetwork(2, 0, 19), DecapCounter.DROP_OUTER);
        drops(ip(4, NODE6, BACKEND6).payload(inner).patchNetwork(4, 9, 9), DecapCounter.DROP_OUTER);
        drops(udp(NODE, 50000, BACKEND, 6080).payload(inner).patchTransport(4, 9, 9), DecapCounter.DROP_OUTER);
        drops(udp(NODE, 50000, BACKEND, 6080).payload(inner).patchTransport(4, 0, 7), DecapCounter.DROP_OUTER);
    }

    @Test
    void shouldDropWhatIsNoWholePacketWithin() {
        final PacketBuilder inner = tcp(CLIENT, 1234, VIP, 80);
        final byte[] packet = packet(inner);
        drops(ip(41, NODE, BACKEND).payload(packet), DecapCounter.DROP_INNER);
        drops(ip(4, NODE, BACKEND).payload(packet(tcp(CLIENT6, 1, VIP6, 80))), DecapCounter.DROP_INNER);
        drops(ip(4, NODE, BACKEND).payload(Arrays.copyOf(packet, packet.length - 1)), DecapCounter.DROP_INNER);
        drops(ip(4, NODE, BACKEND).payload(Arrays.copyOf(packet, 19)), DecapCounter.DROP_INNER);
        drops(ip(4, NODE, BACKEND).payload(new byte[0]), DecapCounter.DROP_INNER);
        drops(ip(4, NODE, BACKEND).payload(packet(inner.patchNetwork(0, 0x44))), DecapCounter.DROP_INNER);
        drops(udp(NODE, 50000, BACKEND, 6080).payload(new byte[64]), DecapCounter.DROP_INNER);
    }

    @Test
    void shouldTakeOffOneTunnelOnlyAndForItselfOnly() {
        final byte[] nested = packet(ip(4, NODE, BACKEND).payload(packet(tcp(CLIENT, 1, VIP, 80))));
        drops(ip(4, NODE, BACKEND).payload(nested), DecapCounter.DROP_NESTED);
        drops(udp(NODE, 50000, BACKEND, 6080).payload(nested), DecapCounter.DROP_NESTED);
        drops(ip(4, NODE, BACKEND).payload(packet(tcp(CLIENT, 1, "10.7.0.101", 80))), DecapCounter.DROP_FOREIGN);
        drops(ip(41, NODE6, BACKEND6).payload(packet(tcp(CLIENT6, 1, "2001:db8::1", 80))), DecapCounter.DROP_FOREIGN);
    }

    @Test
    void shouldCutNothingIntoFramesOfAnyLengthAndContent() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final byte[] gue = udp(NODE, 50000, BACKEND, 6080)
                .payload(packet(tcp(CLIENT, 1234, VIP, 80).payload(9)))
                .build();
        final byte[] geneve = geneve(NODE, BACKEND, tcp(CLIENT, 1234, VIP, 80).payload(9), 0x0300_0800, 0)
                .build();
        for (int i = 0; i < 6_000; i++) {
            final byte[] whole = i % 2 == 0 ? gue : geneve;
            final byte[] frame = Arrays.copyOf(whole, ETHERNET + random.nextInt(whole.length - ETHERNET + 1));
            for (int change = random.nextInt(4); change > 0; change--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt();
            }
            final XdpTestResult result = run(frame);
            assertThat(result.action()).as("seed %d, round %d", seed, i).isIn(XDP_DROP, XDP_PASS);
            if (result.packet().length < frame.length) {
                final byte[] rest =
                        Arrays.copyOfRange(frame, frame.length - result.packet().length + ETHERNET, frame.length);
                unmark(frame, rest, result.packet());
                assertThat(Arrays.copyOfRange(result.packet(), ETHERNET, result.packet().length))
                        .as("seed %d, round %d", seed, i)
                        .isEqualTo(rest);
            }
        }
    }

    /** What Geneve carries, behind a header of two words and as many bytes of options as it claims. */
    private static PacketBuilder geneve(
            final String source,
            final String destination,
            final PacketBuilder inner,
            final int first,
            final int second) {
        final byte[] header = ByteBuffer.allocate(8 + (first >>> 24 & 0x3f) * 4)
                .putInt(first)
                .putInt(second)
                .array();
        return udp(source, 50000, destination, 6081)
                .payload(concat(header, packet(inner)))
                .withoutChecksum();
    }

    /** A random byte may have marked the outer header: then the one within has the mark, and its checksum. */
    private static void unmark(final byte[] frame, final byte[] rest, final byte[] result) {
        if ((frame[ETHERNET + 1] & 3) != 0 && rest.length >= 12) {
            System.arraycopy(result, ETHERNET + 1, rest, 1, 1);
            System.arraycopy(result, ETHERNET + 10, rest, 10, 2);
        }
    }

    private void strips(final PacketBuilder outer, final PacketBuilder inner) {
        final long before = count(DecapCounter.STRIPPED);
        final byte[] frame = outer.build();
        final XdpTestResult result = run(frame);
        final byte[] innerFrame = inner.build();
        assertThat(result.action()).isEqualTo(XDP_PASS);
        assertThat(result.packet())
                .isEqualTo(concat(Arrays.copyOf(frame, 12), Arrays.copyOfRange(innerFrame, 12, innerFrame.length)));
        assertThat(count(DecapCounter.STRIPPED)).isEqualTo(before + 1);
    }

    private void passes(final PacketBuilder packet) {
        final long before = count(DecapCounter.PASSED);
        final XdpTestResult result = run(packet.build());
        assertThat(result.action()).isEqualTo(XDP_PASS);
        assertThat(result.packet()).isEqualTo(packet.build());
        assertThat(count(DecapCounter.PASSED)).isEqualTo(before + 1);
    }

    private void drops(final PacketBuilder packet, final DecapCounter reason) {
        final long before = count(reason);
        final XdpTestResult result = run(packet.build());
        assertThat(count(reason)).as("%s", reason).isEqualTo(before + 1);
        assertThat(result.action()).isEqualTo(XDP_DROP);
    }

    private XdpTestResult run(final byte[] frame) {
        return object.program(KernelObjects.XDP_DECAP_PROGRAM).testRun(XdpTestRun.of(frame));
    }

    private long count(final DecapCounter counter) {
        long sum = 0;
        for (int row = 0; row + DecapDescriptor.ROW_LENGTH <= counts.capacity(); row += DecapDescriptor.ROW_LENGTH) {
            sum += counts.getLongVolatile(row + counter.ordinal() * Long.BYTES);
        }
        return sum;
    }

    private void modes(final int modes) {
        final UnsafeBuffer record = new UnsafeBuffer(0, 0);
        settings.wrap(record, 0, DecapDescriptor.SETTINGS_LENGTH);
        record.putInt(DecapDescriptor.MODES_OFFSET, modes);
        record.putShort(DecapDescriptor.GUE_PORT_BE_OFFSET, Short.reverseBytes((short) 6080));
        record.putShort(DecapDescriptor.GENEVE_PORT_BE_OFFSET, Short.reverseBytes((short) 6081));
    }

    private static byte[] packet(final PacketBuilder builder) {
        final byte[] frame = builder.build();
        return Arrays.copyOfRange(frame, ETHERNET, frame.length);
    }
}
