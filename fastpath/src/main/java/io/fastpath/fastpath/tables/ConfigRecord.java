package io.fastpath.fastpath.tables;

import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.SelectionKey;
import java.security.SecureRandom;

/**
 * The configuration record ({@link ConfigDescriptor}): what both engines must agree on before they touch a table. It is
 * written once, by the control thread, before any program is attached; {@code magic} last (release), so that a record
 * with a magic is a whole one.
 */
public final class ConfigRecord {
    private final SharedMemory memory;

    /**
     * Views a record.
     *
     * @param memory the record's region
     */
    public ConfigRecord(final SharedMemory memory) {
        if (memory.length() < ConfigDescriptor.LENGTH) {
            throw new IllegalArgumentException(
                    "a configuration record has " + ConfigDescriptor.LENGTH + " bytes, not " + memory.length());
        }
        this.memory = memory;
    }

    /**
     * Writes the record of new tables: sizes, source addresses, the selection key ({@link
     * SelectionKey}: the same on every machine), and a hash key and boot id that nobody can guess.
     *
     * @param sizes of the tables
     * @param sources of full NAT
     */
    public void write(final TableSizes sizes, final SnatRange sources) {
        memory.putIntRelease(ConfigDescriptor.MAGIC_OFFSET, 0);
        writeSizes(sizes);
        writeSources(sources);
        writeTunnels(TunnelSources.DEFAULT);
        final SecureRandom random = new SecureRandom();
        memory.putLong(ConfigDescriptor.BOOT_ID_OFFSET, random.nextLong());
        for (int i = 0; i < ConfigDescriptor.HASH_KEY_WORDS; i++) {
            memory.putLong(ConfigDescriptor.HASH_KEY_OFFSET + (long) i * Long.BYTES, random.nextLong());
        }
        for (int i = 0; i < ConfigDescriptor.COOKIE_KEY_WORDS; i++) {
            memory.putLong(ConfigDescriptor.COOKIE_KEY_OFFSET + (long) i * Long.BYTES, random.nextLong());
        }
        SelectionKey.store(memory);
        memory.putInt(ConfigDescriptor.LAYOUT_VERSION_OFFSET, ConfigDescriptor.LAYOUT_VERSION);
        memory.putIntRelease(ConfigDescriptor.MAGIC_OFFSET, ConfigDescriptor.MAGIC);
    }

    /**
     * Replaces the source addresses and ports, leaving keys and sizes. Flows keep an address by its index, so an index
     * that is in use must keep its address: append new ones.
     *
     * @param sources of full NAT
     */
    public void writeSources(final SnatRange sources) {
        memory.putInt(ConfigDescriptor.SNAT_PORT_MIN_OFFSET, sources.portMin());
        memory.putInt(ConfigDescriptor.SNAT_PORT_MAX_OFFSET, sources.portMax());
        for (int i = 0; i < sources.count(); i++) {
            final long offset = snatOffset(i);
            memory.putLong(offset, sources.word0(i));
            memory.putLong(offset + AddressDescriptor.WORD1_OFFSET, sources.word1(i));
        }
        memory.putIntRelease(ConfigDescriptor.SNAT_COUNT_OFFSET, sources.count());
    }

    /**
     * Replaces what outer headers are made of. Packets on their way may carry the old source and the new port.
     *
     * @param tunnels of the tunnel modes
     */
    public void writeTunnels(final TunnelSources tunnels) {
        tunnels.ipv4().store(memory, ConfigDescriptor.TUNNEL_SOURCE_OFFSET);
        tunnels.ipv6().store(memory, ConfigDescriptor.TUNNEL_SOURCE_OFFSET + AddressDescriptor.LENGTH);
        memory.putInt(ConfigDescriptor.TUNNEL_MASK_BE_OFFSET, tunnels.ipv4MaskBe());
        memory.putInt(ConfigDescriptor.TUNNEL_MASK_BE_OFFSET + Integer.BYTES, tunnels.ipv6MaskBe());
        memory.putShort(ConfigDescriptor.GUE_PORT_BE_OFFSET, Short.reverseBytes((short) tunnels.guePort()));
        memory.putShort(ConfigDescriptor.GENEVE_PORT_BE_OFFSET, Short.reverseBytes((short) tunnels.genevePort()));
    }

    /**
     * Checks that this build can work on the tables.
     *
     * @throws IllegalStateException saying what is wrong with the record, and what to do
     */
    public void verify() {
        final int magic = memory.getIntAcquire(ConfigDescriptor.MAGIC_OFFSET);
        if (magic != ConfigDescriptor.MAGIC) {
            throw new IllegalStateException("the tables carry no fastpath mark (found 0x" + Integer.toHexString(magic)
                    + "): they were never written to the end; remove them with 'fastpath detach'");
        }
        final int version = memory.getInt(ConfigDescriptor.LAYOUT_VERSION_OFFSET);
        if (version != ConfigDescriptor.LAYOUT_VERSION) {
            throw new IllegalStateException("the tables have layout " + version + ", this fastpath works with layout "
                    + ConfigDescriptor.LAYOUT_VERSION + ": remove them with 'fastpath detach', which ends their flows");
        }
    }

    /**
     * The sizes that the record tells.
     *
     * @return the sizes
     * @throws IllegalArgumentException if one is out of range
     */
    public TableSizes sizes() {
        return new TableSizes(
                memory.getInt(ConfigDescriptor.FLOW_SLOT_COUNT_OFFSET),
                memory.getInt(ConfigDescriptor.SERVICE_SLOT_COUNT_OFFSET),
                memory.getInt(ConfigDescriptor.BACKEND_CAPACITY_OFFSET),
                memory.getInt(ConfigDescriptor.NEXT_HOP_CAPACITY_OFFSET),
                memory.getInt(ConfigDescriptor.COUNTER_ROW_COUNT_OFFSET),
                memory.getInt(ConfigDescriptor.CPU_ROW_COUNT_OFFSET),
                memory.getInt(ConfigDescriptor.MAGLEV_ENTRY_COUNT_OFFSET),
                memory.getInt(ConfigDescriptor.TCP_SLOT_COUNT_OFFSET));
    }

    /**
     * The source addresses and ports that the record tells.
     *
     * @return the range
     * @throws IllegalArgumentException if a number is out of range
     */
    public SnatRange sources() {
        final int count = memory.getIntAcquire(ConfigDescriptor.SNAT_COUNT_OFFSET);
        if (count < 0 || count > ConfigDescriptor.SNAT_LIMIT) {
            throw new IllegalArgumentException(
                    "snat_count is " + count + ", allowed is 0 to " + ConfigDescriptor.SNAT_LIMIT);
        }
        final long[] words = new long[2 * count];
        for (int i = 0; i < words.length; i++) {
            words[i] = memory.getLong(ConfigDescriptor.SNAT_OFFSET + (long) i * Long.BYTES);
        }
        return new SnatRange(
                words,
                memory.getInt(ConfigDescriptor.SNAT_PORT_MIN_OFFSET),
                memory.getInt(ConfigDescriptor.SNAT_PORT_MAX_OFFSET));
    }

    /**
     * The tables' identity: it changes whenever they are made anew.
     *
     * @return random bits
     */
    public long bootId() {
        return memory.getLong(ConfigDescriptor.BOOT_ID_OFFSET);
    }

    /**
     * Where a source address stands in the record.
     *
     * @param snatIndex below {@link ConfigDescriptor#SNAT_LIMIT}
     * @return bytes from the record's start
     */
    public static long snatOffset(final int snatIndex) {
        return ConfigDescriptor.SNAT_OFFSET + (long) snatIndex * AddressDescriptor.LENGTH;
    }

    private void writeSizes(final TableSizes sizes) {
        memory.putInt(ConfigDescriptor.FLOW_SLOT_COUNT_OFFSET, sizes.flowSlotCount());
        memory.putInt(ConfigDescriptor.SERVICE_SLOT_COUNT_OFFSET, sizes.serviceSlotCount());
        memory.putInt(ConfigDescriptor.BACKEND_CAPACITY_OFFSET, sizes.backendCapacity());
        memory.putInt(ConfigDescriptor.NEXT_HOP_CAPACITY_OFFSET, sizes.nextHopCapacity());
        memory.putInt(ConfigDescriptor.COUNTER_ROW_COUNT_OFFSET, sizes.counterRowCount());
        memory.putInt(ConfigDescriptor.CPU_ROW_COUNT_OFFSET, sizes.cpuRowCount());
        memory.putInt(ConfigDescriptor.MAGLEV_ENTRY_COUNT_OFFSET, sizes.maglevEntryCount());
        memory.putInt(ConfigDescriptor.TCP_SLOT_COUNT_OFFSET, sizes.tcpSlotCount());
    }
}
