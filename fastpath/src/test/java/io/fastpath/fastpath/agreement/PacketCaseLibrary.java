package io.fastpath.fastpath.agreement;

import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** All packet cases there are. */
public final class PacketCaseLibrary {
    private PacketCaseLibrary() {}

    static List<PacketCase> all() {
        return Stream.of(
                        TranslationCases.all(),
                        TcpLifeCases.all(),
                        DirectCases.all(),
                        TunnelCases.all(),
                        TunnelErrorCases.all(),
                        FamilyCases.all(),
                        MssCases.all(),
                        UdpLifeCases.all(),
                        TableCases.all(),
                        RecycleCases.all(),
                        SynRetryCases.all(),
                        MidStreamCases.all(),
                        IdleCases.all(),
                        TcpCheckCases.all(),
                        OpenLimitCases.all(),
                        InterfaceCases.all(),
                        VlanCases.all(),
                        KeptVlanCases.all(),
                        NextHopCases.all(),
                        NextHopCases.changes(),
                        AdmissionCases.all(),
                        LimitCases.all(),
                        CookieCases.all(),
                        SelectionCases.all(),
                        WideServiceCases.all(),
                        DrainCases.all(),
                        AlgorithmCases.all(),
                        AffinityCases.all(),
                        SourceCases.all(),
                        AnswerCases.all(),
                        ErrorCases.all(),
                        ErrorRefusalCases.all(),
                        OwnErrorCases.all(),
                        NeighborCases.all(),
                        FragmentCases.all(),
                        DirectFragmentCases.all(),
                        FragmentAbuseCases.all(),
                        ExtensionCases.all(),
                        MartianCases.all(),
                        MalformedCases.all())
                .flatMap(List::stream)
                .toList();
    }

    /** Those that both engines play. */
    static List<PacketCase> forBoth() {
        return all().stream().filter(PacketCase::isForBoth).toList();
    }

    /** Every frame that comes in in a case, once. */
    public static List<byte[]> frames() {
        final JavaEngine engine = new JavaEngine();
        final Set<ByteBuffer> frames = new LinkedHashSet<>();
        for (final PacketCase packetCase : all()) {
            final PacketStage stage =
                    new PacketStage(engine, packetCase.balancer().get());
            packetCase.script().accept(stage);
            stage.received().forEach(frame -> frames.add(ByteBuffer.wrap(frame)));
        }
        return frames.stream().map(ByteBuffer::array).toList();
    }
}
