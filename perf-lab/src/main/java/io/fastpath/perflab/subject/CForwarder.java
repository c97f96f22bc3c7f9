package io.fastpath.perflab.subject;

import io.fastpath.afxdpnative.netlink.MacAddress;
import io.fastpath.fastpath.lab.ChildProcess;
import io.fastpath.perflab.sources.SourceTree;
import io.fastpath.perflab.topology.Topology;
import io.fastpath.perflab.traffic.SinkPlan;
import java.nio.file.Path;
import java.util.List;

/** The minimal AF_XDP forwarder in C ({@code afxdp_forward.c}): what the balancer is measured by. */
public final class CForwarder implements Subject {
    private final Path executable;
    private final Path redirectObject;
    private final Path log;
    private final int cpu;

    /**
     * Compile it.
     *
     * @param sources of the lab; must outlive this.
     * @param cpu it is pinned to.
     */
    public CForwarder(final SourceTree sources, final int cpu) {
        executable = sources.compileC("afxdp_forward", "xdp", "bpf");
        redirectObject = sources.compileBpf("afxdp_redirect");
        log = sources.folder().resolve("afxdp_forward.log");
        this.cpu = cpu;
    }

    @Override
    public String name() {
        return SubjectCatalog.C_AFXDP;
    }

    @Override
    public String work() {
        return "C on AF_XDP: new MAC addresses, nothing else";
    }

    @Override
    public SinkPlan delivery(final Topology topology) {
        return SinkPlan.toVip();
    }

    @Override
    public RunningSubject start(final Topology topology) {
        final List<String> words = List.of(
                executable.toString(),
                redirectObject.toString(),
                Topology.FRONT,
                Topology.BACK,
                MacAddress.format(Topology.SERVER_MAC),
                Integer.toString(cpu));
        return new SubjectProcess(ChildProcess.start(name(), topology.onNode(words), log), () -> {});
    }
}
