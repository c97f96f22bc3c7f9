package io.fastpath.fastpath.decap;

import io.fastpath.afxdpnative.bpf.BpfArrayMapping;
import io.fastpath.afxdpnative.bpf.BpfMap;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.afxdpnative.bpf.XdpMode;
import io.fastpath.afxdpnative.cpu.CpuAffinity;
import io.fastpath.afxdpnative.netlink.InterfaceAddress;
import io.fastpath.afxdpnative.netlink.IpAddress;
import io.fastpath.afxdpnative.netlink.NetworkListener;
import io.fastpath.afxdpnative.netlink.NetworkView;
import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.InterfaceName;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.kernelbpf.KernelObjects;
import io.fastpath.kernelbpf.decap.DecapCounter;
import io.fastpath.kernelbpf.decap.DecapDescriptor;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * {@code xdp_decap} on an interface. Its link is pinned nowhere: with {@link #close()}, or with the process however that
 * ends, the program is off the interface. The host's addresses are followed by {@link #poll}. One thread; failures are
 * {@link NativeException}.
 */
public final class Decapsulator implements AutoCloseable {
    private final Unwinder resources = new Unwinder();
    private final UnsafeBuffer key = new UnsafeBuffer(ByteBuffer.allocateDirect(DecapDescriptor.ADDRESS_LENGTH));
    private final UnsafeBuffer value = new UnsafeBuffer(ByteBuffer.allocateDirect(Integer.BYTES));
    private final UnsafeBuffer counts = new UnsafeBuffer(0, 0);
    private final Set<IpAddress> own = new HashSet<>();
    private String downgrade = "";
    private NetworkView network;
    private BpfMap addresses;

    private Decapsulator() {}

    /**
     * Attaches the program in the calling thread's network namespace.
     *
     * @param options what and where
     * @return the running program, to be closed
     */
    public static Decapsulator attach(final DecapOptions options) {
        final Decapsulator decapsulator = new Decapsulator();
        boolean attached = false;
        try {
            decapsulator.start(options);
            attached = true;
            return decapsulator;
        } finally {
            if (!attached) {
                decapsulator.close();
            }
        }
    }

    private void start(final DecapOptions options) {
        final int ifindex = InterfaceName.toIndex(options.interfaceName());
        final BpfObject object = BpfObject.open(KernelObjects.xdpDecap(), KernelObjects.XDP_DECAP_PROGRAM);
        resources.add(object::close);
        object.setMaxEntries(DecapDescriptor.COUNTS_MAP, CpuAffinity.possible().length());
        object.load();
        addresses = object.map(DecapDescriptor.OWN_MAP);
        final BpfArrayMapping rows = object.map(DecapDescriptor.COUNTS_MAP).mapMemory();
        resources.add(rows::close);
        rows.wrap(counts, 0, (int) rows.length());
        configure(object, options);
        network = NetworkView.open(new NetworkListener() {
            @Override
            public void onAddressesChanged() {
                followAddresses();
            }
        });
        resources.add(network::close);
        followAddresses();
        link(object.program(KernelObjects.XDP_DECAP_PROGRAM), ifindex, options.generic());
    }

    private void configure(final BpfObject object, final DecapOptions options) {
        try (BpfArrayMapping mapping = object.map(DecapDescriptor.SETTINGS_MAP).mapMemory()) {
            final UnsafeBuffer settings = new UnsafeBuffer(0, 0);
            mapping.wrap(settings, 0, DecapDescriptor.SETTINGS_LENGTH);
            settings.putInt(
                    DecapDescriptor.MODES_OFFSET,
                    (options.ipip() ? DecapDescriptor.MODE_IPIP : 0)
                            | (options.gue() ? DecapDescriptor.MODE_GUE : 0)
                            | (options.geneve() ? DecapDescriptor.MODE_GENEVE : 0));
            settings.putShort(DecapDescriptor.GUE_PORT_BE_OFFSET, Short.reverseBytes((short) options.guePort()));
            settings.putShort(DecapDescriptor.GENEVE_PORT_BE_OFFSET, Short.reverseBytes((short) options.genevePort()));
        }
    }

    private void link(final BpfProgram program, final int ifindex, final boolean generic) {
        if (!generic) {
            try {
                resources.add(program.attachXdp(ifindex, XdpMode.NATIVE)::close);
                return;
            } catch (final NativeException failure) {
                if (failure.is(Errno.EBUSY) || failure.is(Errno.EEXIST)) {
                    throw failure;
                }
                downgrade = "generic instead of native XDP: " + failure.getMessage();
            }
        }
        resources.add(program.attachXdp(ifindex, XdpMode.GENERIC)::close);
    }

    /**
     * In which way it runs less well than it could.
     *
     * @return why the program runs in generic mode; empty where it doesn't, or was asked to
     */
    public String downgrade() {
        return downgrade;
    }

    /**
     * Follows changes of the host's addresses.
     *
     * @param timeoutMs to wait for one, at most
     */
    public void poll(final int timeoutMs) {
        if (network.await(timeoutMs)) {
            network.poll();
        }
    }

    /** An address that has no place any more is as one that the host has not: its tunnels' packets go to the stack. */
    private void followAddresses() {
        final Set<IpAddress> now = new HashSet<>();
        for (final InterfaceAddress address : network.addresses()) {
            if (now.size() < DecapDescriptor.ADDRESS_LIMIT) {
                now.add(address.address());
            }
        }
        for (final IpAddress gone : Set.copyOf(own)) {
            if (!now.contains(gone)) {
                addresses.delete(key(gone));
                own.remove(gone);
            }
        }
        for (final IpAddress address : now) {
            if (own.add(address)) {
                addresses.update(key(address), value, BpfMap.UPDATE_ANY);
            }
        }
    }

    private UnsafeBuffer key(final IpAddress address) {
        key.putLong(0, address.high());
        key.putLong(Long.BYTES, address.low());
        return key;
    }

    /**
     * What became of the frames that came in.
     *
     * @return a count for each outcome, over all CPUs
     */
    public Map<DecapCounter, Long> counts() {
        final Map<DecapCounter, Long> sums = new EnumMap<>(DecapCounter.class);
        for (final DecapCounter counter : DecapCounter.values()) {
            long sum = 0;
            for (int row = 0;
                    row + DecapDescriptor.ROW_LENGTH <= counts.capacity();
                    row += DecapDescriptor.ROW_LENGTH) {
                sum += counts.getLongVolatile(row + counter.ordinal() * Long.BYTES);
            }
            sums.put(counter, sum);
        }
        return sums;
    }

    /** Takes the program off the interface. */
    @Override
    public void close() {
        resources.close();
    }
}
