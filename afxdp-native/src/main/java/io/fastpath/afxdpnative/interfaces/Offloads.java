package io.fastpath.afxdpnative.interfaces;

import io.fastpath.afxdpnative.sys.NativeMemory;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.DirectBuffer;

/**
 * Offloads of an interface by the kernel's own names, those of {@code ethtool -k}'s indented lines and of
 * {@code net/ethtool/common.c}. Immutable; empty where the kernel doesn't tell.
 *
 * @param byName state by name, sorted.
 */
public record Offloads(Map<String, Offload> byName) {
    private static final int ETHTOOL_GSTRINGS = 0x1b;
    private static final int ETHTOOL_GSSET_INFO = 0x37;
    private static final int ETHTOOL_GFEATURES = 0x3a;
    private static final int ETH_SS_FEATURES = 4;
    private static final int NAME_LENGTH = 32;
    private static final int NAMES_OFFSET = 12;
    private static final int BLOCKS_OFFSET = 8;
    private static final int BLOCK_LENGTH = 16;

    /** Features a kernel can have at most; version 6.18 has 64. A kernel that claims more isn't believed. */
    private static final int COUNT_LIMIT = 1024;

    /** @param byName state by name. */
    public Offloads {
        byName = Collections.unmodifiableMap(new TreeMap<>(byName));
    }

    /** {@return whether an offload is in effect} @param name of the kernel; one it doesn't know isn't in effect. */
    public boolean isActive(final String name) {
        return byName.containsKey(name) && byName.get(name).active();
    }

    /** {@return whether local senders leave TCP and UDP checksums to this interface, over IPv4 or IPv6} */
    public boolean txChecksum() {
        return isActive("tx-checksum-ip-generic") || isActive("tx-checksum-ipv4") || isActive("tx-checksum-ipv6");
    }

    /** {@return whether the interface proves checksums of received packets} */
    public boolean rxChecksum() {
        return isActive("rx-checksum");
    }

    /** {@return whether received packets are merged by the kernel} */
    public boolean gro() {
        return isActive("rx-gro");
    }

    /** {@return whether received packets are merged by the NIC} */
    public boolean lro() {
        return isActive("rx-lro") || isActive("rx-gro-hw");
    }

    /** {@return whether packets are cut by the kernel just before the driver} */
    public boolean gso() {
        return isActive("tx-generic-segmentation");
    }

    /** {@return whether TCP packets are cut by the NIC, over IPv4 or IPv6} */
    public boolean tso() {
        return isActive("tx-tcp-segmentation") || isActive("tx-tcp6-segmentation");
    }

    /** {@return whether the interface takes VLAN tags off received frames, so that XDP doesn't see them} */
    public boolean rxVlan() {
        return isActive("rx-vlan-hw-parse");
    }

    /** {@return whether the interface puts VLAN tags on} */
    public boolean txVlan() {
        return isActive("tx-vlan-hw-insert");
    }

    static Offloads read(final EthtoolSocket ethtool, final String name) {
        final int count = count(ethtool, name);
        final int blockCount = (count + Integer.SIZE - 1) / Integer.SIZE;
        try (NativeMemory names = NativeMemory.allocate(NAMES_OFFSET + count * NAME_LENGTH);
                NativeMemory blocks = NativeMemory.allocate(BLOCKS_OFFSET + blockCount * BLOCK_LENGTH)) {
            names.buffer().putInt(4, ETH_SS_FEATURES);
            names.buffer().putInt(8, count);
            blocks.buffer().putInt(4, blockCount);
            if (count == 0
                    || !ethtool.run(name, ETHTOOL_GSTRINGS, names)
                    || !ethtool.run(name, ETHTOOL_GFEATURES, blocks)) {
                return new Offloads(Map.of());
            }
            return decode(names, blocks.buffer(), count);
        }
    }

    private static Offloads decode(final NativeMemory names, final DirectBuffer blocks, final int count) {
        final Map<String, Offload> byName = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            final String name =
                    NativeMemory.cString(names.address() + NAMES_OFFSET + (long) i * NAME_LENGTH, NAME_LENGTH);
            final int block = BLOCKS_OFFSET + i / Integer.SIZE * BLOCK_LENGTH;
            final int bit = 1 << i % Integer.SIZE;
            final boolean available = (blocks.getInt(block) & bit) != 0;
            final boolean wanted = (blocks.getInt(block + 4) & bit) != 0;
            final boolean active = (blocks.getInt(block + 8) & bit) != 0;
            final boolean fixed = (blocks.getInt(block + 12) & bit) != 0;
            if (!name.isEmpty()) {
                byName.put(name, new Offload(active, wanted, available && !fixed));
            }
        }
        return new Offloads(byName);
    }

    private static int count(final EthtoolSocket ethtool, final String name) {
        try (NativeMemory info = NativeMemory.allocate(20)) {
            info.buffer().putLong(8, 1L << ETH_SS_FEATURES);
            final boolean known =
                    ethtool.run(name, ETHTOOL_GSSET_INFO, info) && info.buffer().getLong(8) == 1L << ETH_SS_FEATURES;
            final int count = known ? info.buffer().getInt(16) : 0;
            return count < 0 || count > COUNT_LIMIT ? 0 : count;
        }
    }
}
