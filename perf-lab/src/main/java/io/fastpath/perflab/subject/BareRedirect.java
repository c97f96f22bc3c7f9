package io.fastpath.perflab.subject;

import io.fastpath.afxdpnative.bpf.BpfLink;
import io.fastpath.afxdpnative.bpf.XdpMode;
import io.fastpath.afxdpnative.netlink.MacAddress;
import io.fastpath.afxdpnative.netns.NetworkNamespace;
import io.fastpath.afxdpnative.sys.InterfaceName;
import io.fastpath.perflab.sources.SourceTree;
import io.fastpath.perflab.topology.Topology;
import io.fastpath.perflab.traffic.LoadedProgram;
import io.fastpath.perflab.traffic.SinkPlan;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/** An XDP program that does nothing but send packets on ({@code lab_redirect.bpf.c}): what no balancer in XDP can beat. */
public final class BareRedirect implements Subject {
    private final Path object;

    /**
     * Compile it.
     *
     * @param sources of the lab; must outlive this.
     */
    public BareRedirect(final SourceTree sources) {
        object = sources.compileBpf("lab_redirect");
    }

    @Override
    public String name() {
        return SubjectCatalog.XDP_REDIRECT;
    }

    @Override
    public String work() {
        return "XDP: new MAC addresses and a redirect, nothing else; on the generator's CPU";
    }

    @Override
    public SinkPlan delivery(final Topology topology) {
        return SinkPlan.toVip();
    }

    @Override
    @SuppressWarnings("try")
    public RunningSubject start(final Topology topology) {
        final LoadedProgram loaded = LoadedProgram.load(object, "lab_redirect", RedirectPlanDescriptor.MAP);
        try (NetworkNamespace visit = NetworkNamespace.enter(topology.node())) {
            plan(loaded.memory(RedirectPlanDescriptor.MAP));
            final BpfLink link = loaded.program().attachXdp(InterfaceName.toIndex(Topology.FRONT), XdpMode.NATIVE);
            loaded.undoFirst(link::close);
        } catch (final RuntimeException ex) {
            loaded.close();
            throw ex;
        }
        return new RunningSubject() {
            @Override
            public void checkAlive() {
                // The kernel is.
            }

            @Override
            public void close() {
                loaded.close();
            }
        };
    }

    private static void plan(final UnsafeBuffer plan) {
        plan.putBytes(RedirectPlanDescriptor.DESTINATION_MAC_OFFSET, MacAddress.bytes(Topology.SERVER_MAC));
        plan.putBytes(RedirectPlanDescriptor.SOURCE_MAC_OFFSET, MacAddress.bytes(Topology.BACK_MAC));
        plan.putInt(RedirectPlanDescriptor.INTERFACE_INDEX_OFFSET, InterfaceName.toIndex(Topology.BACK));
    }
}
