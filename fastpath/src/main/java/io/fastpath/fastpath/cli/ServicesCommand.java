package io.fastpath.fastpath.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.control.ControlException;
import io.fastpath.fastpath.control.ServiceReport;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fastpath services}. */
@Command(
        name = "services",
        header = "List the services of a running instance.",
        description = {"", "Each with its backends, its open connections, and its packets in both directions.", ""},
        footer = {"", "Example:", "  fastpath services --json | jq '.services[] | {name, flows}'"})
final class ServicesCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private InstanceQuery query;

    ServicesCommand(final CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ControlException {
        final JsonNode answer = query.ask(context, "services");
        if (query.isJson()) {
            context.console().json(Map.of("services", answer));
            return ExitCode.OK;
        }
        final Table table = new Table(
                "SERVICE",
                "PROTOCOL",
                "VIP",
                "FORWARDING",
                "HASH",
                "#BACKENDS",
                "#FLOWS",
                "#OPENED",
                "#PACKETS IN",
                "#BYTES IN",
                "#PACKETS OUT",
                "#BYTES OUT");
        for (final ServiceReport service : Console.read(answer, ServiceReport[].class)) {
            table.row(
                    service.name(),
                    service.protocol(),
                    endpoint(service),
                    service.forwarding(),
                    service.hash(),
                    service.backendCount(),
                    service.flows(),
                    service.flowsOpened(),
                    service.packetsIn(),
                    Quantities.bytes(service.bytesIn()),
                    service.packetsOut(),
                    Quantities.bytes(service.bytesOut()));
        }
        context.console().lines(table.lines());
        return ExitCode.OK;
    }

    /** An IPv6 address in brackets, as in {@link Quantities#endpoint}; a prefix length behind them. */
    private static String endpoint(final ServiceReport service) {
        final String[] parts = service.vip().split("/", 2);
        final String address = parts[0].indexOf(':') < 0 ? parts[0] : "[" + parts[0] + "]";
        return address + (parts.length > 1 ? "/" + parts[1] : "") + ":" + service.ports();
    }
}
