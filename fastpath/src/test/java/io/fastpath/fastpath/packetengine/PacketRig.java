package io.fastpath.fastpath.packetengine;

import io.fastpath.afxdpnative.bpf.BpfArrayMapping;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.bpf.XdpTestRun;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.pipeline.PacketTwin;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.kernelbpf.KernelObjects;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.layout.NextHopDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/** The kernel's packet functions, and their Java twin on the same next-hop and interface tables. */
final class PacketRig implements AutoCloseable {
    static final int HOP_CAPACITY = 16;

    /** With all headers and padding it is little less than what the kernel lets a test run have, a page. */
    static final int PAYLOAD_LENGTH_MAX = 3300;

    /** An Ethernet header: the kernel receives nothing shorter. */
    static final int FRAME_LENGTH_MIN = 14;

    private final Unwinder resources = new Unwinder();
    private final BpfObject object;
    private final PacketRecord record;
    private final SharedMemory hops;
    private final InterfaceTable interfaces;
    private final PacketTwin twin;

    PacketRig() {
        object = BpfObject.open(KernelObjects.packetFunctions(), "packet_functions");
        resources.add(object::close);
        object.setMaxEntries(MapNames.NEXT_HOPS, HOP_CAPACITY);
        object.load();
        record = new PacketRecord(map("lab_calls"));
        hops = map(MapNames.NEXT_HOPS);
        interfaces = new InterfaceTable(map(MapNames.INTERFACES));
        twin = new PacketTwin(new NextHopTable(hops, HOP_CAPACITY), interfaces);
    }

    PacketRecord record() {
        return record;
    }

    PacketTwin twin() {
        return twin;
    }

    void serve(final int ifindex) {
        interfaces.put(ifindex, 1, 0, 0x02_fc_00_00_00_00L + ifindex, 1500);
    }

    /** Writes a record that is VALID; tags as they stand in memory. */
    void putHop(final int index, final int ifindex, final int mtu, final long destinationMac, final int... tags) {
        final long offset = NextHopDescriptor.recordOffset(index);
        final long source = MacWord.ofNumber(0x02_fc_00_00_00_00L + ifindex);
        hops.putLong(
                offset + NextHopDescriptor.DESTINATION_MAC_OFFSET,
                MacWord.ofNumber(destinationMac) | source << MacWord.BITS);
        hops.putInt(offset + NextHopDescriptor.SOURCE_MAC_OFFSET + Short.BYTES, (int) (source >>> Short.SIZE));
        hops.putShort(offset + NextHopDescriptor.MTU_OFFSET, (short) mtu);
        hops.putShort(offset + NextHopDescriptor.TAG_COUNT_OFFSET, (short) tags.length);
        hops.putInt(offset + NextHopDescriptor.OUTER_TAG_OFFSET, tags.length > 0 ? tags[0] : 0);
        hops.putInt(offset + NextHopDescriptor.INNER_TAG_OFFSET, tags.length > 1 ? tags[1] : 0);
        hops.putInt(offset + NextHopDescriptor.IFINDEX_OFFSET, ifindex);
        hops.putIntRelease(offset + NextHopDescriptor.STATE_OFFSET, NextHopDescriptor.STATE_VALID);
    }

    /** Answers what the function answered; the record has the rest. */
    int read(final byte[] frame) {
        record.poison();
        run(KernelObjects.LAB_READ_PROGRAM, frame);
        return record.answer();
    }

    /** Of the packet that was read last. */
    int plan(final byte[] frame, final int hopIndex) {
        record.hopIndex(hopIndex);
        run(KernelObjects.LAB_PLAN_PROGRAM, frame);
        return record.answer();
    }

    /** Of the packet that was read last; the frame as it is then. */
    byte[] rewrite(final byte[] frame, final int hopIndex, final PacketTwin.Endpoints to, final boolean recompute) {
        record.hopIndex(hopIndex);
        record.to(to);
        record.ingressFlags(recompute ? InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM : 0);
        return run(KernelObjects.LAB_REWRITE_PROGRAM, frame);
    }

    @Override
    public void close() {
        resources.close();
    }

    private byte[] run(final String program, final byte[] frame) {
        return object.program(program).testRun(XdpTestRun.of(frame)).packet();
    }

    private SharedMemory map(final String name) {
        final BpfArrayMapping mapping = object.map(name).mapMemory();
        resources.add(mapping::close);
        return new SharedMemory(mapping.address(), mapping.length());
    }
}
