package io.fastpath.fastpath.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.control.BackendReport;
import io.fastpath.fastpath.control.ControlException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fastpath backends}. */
@Command(
        name = "backends",
        header = "List the backends of a running instance.",
        description = {
            "",
            "Each with its weight, its share of the Maglev table, whether its next hop is known (valid), its open",
            "connections, and its packets in both directions. A draining one takes no new connections, a starting one its",
            "part; a retired one is no longer configured, but connections may still be at it. NO PORT counts connections that",
            "it did not get, because no source port towards it was left.",
            ""
        },
        footer = {"", "Example:", "  fastpath backends --instance edge1"})
final class BackendsCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private InstanceQuery query;

    BackendsCommand(final CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ControlException {
        final JsonNode answer = query.ask(context, "backends");
        if (query.isJson()) {
            context.console().json(Map.of("backends", answer));
            return ExitCode.OK;
        }
        final Table table = new Table(
                "SERVICE",
                "BACKEND",
                "STATE",
                "NEXT HOP",
                "#WEIGHT",
                "#SHARE %",
                "#FLOWS",
                "#OPENED",
                "#PACKETS TO",
                "#BYTES TO",
                "#PACKETS FROM",
                "#BYTES FROM",
                "#NO PORT");
        for (final BackendReport backend : Console.read(answer, BackendReport[].class)) {
            table.row(
                    backend.service(),
                    Quantities.backend(backend.address(), backend.port()),
                    backend.state(),
                    backend.nextHop(),
                    backend.weight(),
                    String.format(Locale.ROOT, "%.2f", backend.sharePercent()),
                    backend.flows(),
                    backend.flowsOpened(),
                    backend.packetsTo(),
                    Quantities.bytes(backend.bytesTo()),
                    backend.packetsFrom(),
                    Quantities.bytes(backend.bytesFrom()),
                    backend.portsExhausted());
        }
        context.console().lines(table.lines());
        return ExitCode.OK;
    }
}
