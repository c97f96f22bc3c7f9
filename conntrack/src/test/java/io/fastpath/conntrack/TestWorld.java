package io.fastpath.conntrack;

import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.SplittableRandom;

/** Memory of a small instance: a flow table, a configuration with a random key, and some backends. */
public final class TestWorld {
    /** Protocol number. */
    public static final int TCP = 6;

    /** Protocol number. */
    public static final int UDP = 17;

    /** Code. */
    public static final int FULL_NAT = Forwarding.FULL_NAT.code();

    /** Code. */
    public static final int NAT = Forwarding.NAT.code();

    /** IPv4 backends are 0 to 7, IPv6 ones 8 to 15. */
    public static final int BACKENDS = 16;

    /** IPv4 SNAT addresses are 0 and 1, IPv6 ones 2 to 4. */
    public static final int SNAT_ADDRESSES = 5;

    final SharedMemory flows;
    final SharedMemory config = SharedMemory.allocate(ConfigDescriptor.LENGTH);
    final SharedMemory backends = SharedMemory.allocate(BACKENDS * (long) BackendDescriptor.LENGTH);

    /** A world with a key drawn from the seed. */
    public TestWorld(final int slotCount, final long seed) {
        this(slotCount, seed, 1024, 65535);
    }

    /** A world with a range of SNAT ports. */
    public TestWorld(final int slotCount, final long seed, final int portMin, final int portMax) {
        flows = SharedMemory.allocate(slotCount * (long) FlowDescriptor.LENGTH);
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < ConfigDescriptor.HASH_KEY_WORDS; i++) {
            config.putLong(ConfigDescriptor.HASH_KEY_OFFSET + i * 8L, random.nextLong());
        }
        config.putInt(ConfigDescriptor.SNAT_PORT_MIN_OFFSET, portMin);
        config.putInt(ConfigDescriptor.SNAT_PORT_MAX_OFFSET, portMax);
        config.putInt(ConfigDescriptor.SNAT_COUNT_OFFSET, SNAT_ADDRESSES);
        for (int i = 0; i < SNAT_ADDRESSES; i++) {
            final boolean isIpv4 = i < 2;
            putAddress(
                    config,
                    ConfigDescriptor.SNAT_OFFSET + i * 16L,
                    isIpv4 ? 0 : ipv6Word0(),
                    isIpv4 ? ipv4(10, 8, 0, i + 1) : 0xaa00L + i);
        }
        for (int i = 0; i < BACKENDS; i++) {
            final boolean isIpv4 = i < 8;
            final long record = BackendDescriptor.recordOffset(i);
            backends.putShort(record + BackendDescriptor.PORT_BE_OFFSET, portBe(8080 + i));
            putAddress(
                    backends,
                    record + BackendDescriptor.ADDRESS_OFFSET,
                    isIpv4 ? 0 : ipv6Word0(),
                    isIpv4 ? ipv4(10, 8, 1, i + 1) : 0xbb00L + i);
        }
    }

    /** A view of the table with defaults. */
    public FlowTable table(final FlowEvents events) {
        return new FlowTable(flows, config, backends, FlowTimeouts.defaults(), events);
    }

    /** Second word of an IPv4 address. */
    public static long ipv4(final int a, final int b, final int c, final int d) {
        return AddressDescriptor.ipv4Word1(d << 24 | c << 16 | b << 8 | a);
    }

    /** First word of the IPv6 addresses used here. */
    public static long ipv6Word0() {
        return 0x0000_0000_b80d_0120L;
    }

    /** A port as it stands in memory. */
    public static short portBe(final int port) {
        return Short.reverseBytes((short) port);
    }

    /** Two ports as they stand at the head of a TCP or UDP header. */
    public static int ports(final int source, final int destination) {
        return portBe(source) & 0xffff | portBe(destination) << 16;
    }

    private static void putAddress(final SharedMemory memory, final long offset, final long word0, final long word1) {
        memory.putLong(offset, word0);
        memory.putLong(offset + 8, word1);
    }
}
