package io.fastpath.afxdpnative.xsk;

import io.fastpath.afxdpnative.bpf.BpfMap;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.NativeMemory;

/**
 * The BPF map through which an XDP program finds the sockets ({@code BPF_MAP_TYPE_XSKMAP}): slot to socket.
 *
 * <p>A slot must be that of the queue the socket is bound to, as the program computes it; a packet redirected to a socket
 * of another queue is dropped, and counted nowhere but in the kernel's tracepoints. Any thread.
 */
public final class XskMap {
    private final BpfMap map;

    /**
     * A view of a map; the map must stay open.
     *
     * @param map of type XSKMAP.
     */
    public XskMap(final BpfMap map) {
        if (map.info().type() != BpfMap.TYPE_XSKMAP) {
            throw new IllegalArgumentException("map " + map.info().name() + " is no XSKMAP");
        }
        this.map = map;
    }

    /**
     * Let packets flow to a socket.
     *
     * @param slotIndex from 0.
     * @param socket bound; when it is closed, the kernel clears the slot.
     * @throws NativeException with E2BIG if the map has no such slot.
     */
    public void register(final int slotIndex, final XskSocket socket) {
        try (NativeMemory slot = ofInt(slotIndex);
                NativeMemory fd = ofInt(socket.fd())) {
            map.update(slot.buffer(), fd.buffer(), BpfMap.UPDATE_ANY);
        }
    }

    /**
     * Stop the flow: what XDP redirects to this slot from now on gets the program's fall-back action.
     *
     * @param slotIndex from 0; harmless if it is empty.
     */
    public void unregister(final int slotIndex) {
        try (NativeMemory slot = ofInt(slotIndex)) {
            map.delete(slot.buffer());
        }
    }

    private static NativeMemory ofInt(final int value) {
        final NativeMemory memory = NativeMemory.allocate(Integer.BYTES);
        memory.buffer().putInt(0, value);
        return memory;
    }
}
