package io.fastpath.fastpath.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.control.ControlClient;
import io.fastpath.fastpath.control.ControlException;
import io.fastpath.fastpath.control.FlowFilter;
import io.fastpath.fastpath.control.FlowReport;
import io.fastpath.fastpath.control.TopTalker;
import io.fastpath.fastpath.control.TopTalkers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fastpath flows}. */
@Command(
        name = "flows",
        header = "Stream the connections of a running instance.",
        description = {
            "",
            "All of them, or those that match every option given. With --json one object per line, as they are found. The",
            "table may hold millions: what comes or goes during the walk may be seen or not.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  fastpath flows --client 10.8.0.5 --state established",
            "  fastpath flows --top --state udp-stream",
            "  fastpath flows --json --service web | jq -r .backend | sort | uniq -c"
        })
final class FlowsCommand implements Callable<Integer> {
    /** Wide enough for IPv4; a longer text pushes its line to the right rather than losing its end. */
    private static final String LINE = "%-5s %-12s %-22s %-22s %-22s %-22s %s";

    private static final String TOP_LINE = "%-40s %12s";
    private static final int SHOWN = 10;

    private final CommandContext context;

    @Mixin
    private InstanceQuery query;

    @Option(names = "--protocol", paramLabel = "NAME", description = "tcp or udp.")
    private String protocol;

    @Option(names = "--client", paramLabel = "ADDRESS", description = "Address of the client.")
    private String client;

    @Option(names = "--client-port", paramLabel = "PORT", description = "Port of the client.")
    private Integer clientPort;

    @Option(names = "--vip", paramLabel = "ADDRESS", description = "Virtual address.")
    private String vip;

    @Option(names = "--port", paramLabel = "PORT", description = "Port of the virtual address.")
    private Integer port;

    @Option(names = "--backend", paramLabel = "ADDRESS", description = "Address of the backend.")
    private String backend;

    @Option(names = "--backend-port", paramLabel = "PORT", description = "Port of the backend.")
    private Integer backendPort;

    @Option(names = "--service", paramLabel = "NAME", description = "Name of the service.")
    private String service;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description =
                    "syn-sent, syn-recv, established, fin-wait, close-wait, last-ack, time-wait, close, syn-sent2,"
                            + " udp-single or udp-stream.")
    private String state;

    @Option(names = "--top", description = "Who has the most of them, by client and by service, ten each.")
    private boolean isTop;

    FlowsCommand(final CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ControlException {
        final FlowFilter filter = filter();
        final Console console = context.console();
        try (ControlClient control = query.connect(context)) {
            if (isTop) {
                top(control, filter);
            } else if (query.isJson()) {
                control.flows(filter, console::json);
            } else {
                console.line(LINE.formatted("PROTO", "STATE", "CLIENT", "VIP", "BACKEND", "SNAT", "IDLE"));
                final long count = control.flows(filter, flow -> console.line(line(flow)));
                console.err().println(Quantities.count(count, "connection"));
            }
        }
        return ExitCode.OK;
    }

    private void top(final ControlClient control, final FlowFilter filter) throws ControlException {
        final Console console = context.console();
        final TopTalkers talkers = new TopTalkers();
        control.flows(filter, tree -> {
            final FlowReport flow = Console.read(tree, FlowReport.class);
            talkers.add(flow.client(), flow.service());
        });
        if (query.isJson()) {
            console.json(Map.of(
                    "flows", talkers.total(),
                    "clients", talkers.clients(SHOWN),
                    "services", talkers.services(SHOWN)));
            return;
        }
        print("CLIENT", talkers.clients(SHOWN));
        print("SERVICE", talkers.services(SHOWN));
        console.err().println(Quantities.count(talkers.total(), "connection"));
    }

    private void print(final String head, final List<TopTalker> talkers) {
        context.console().line(TOP_LINE.formatted(head, "CONNECTIONS"));
        talkers.forEach(talker -> context.console().line(TOP_LINE.formatted(talker.name(), talker.flows())));
    }

    private FlowFilter filter() {
        try {
            return new FlowFilter(protocol, client, clientPort, vip, port, backend, backendPort, service, state);
        } catch (final IllegalArgumentException ex) {
            throw new CommandException(ex.getMessage(), ExitCode.USAGE, ex);
        }
    }

    private static String line(final JsonNode tree) {
        final FlowReport flow = Console.read(tree, FlowReport.class);
        return LINE.formatted(
                flow.protocol(),
                flow.state(),
                Quantities.endpoint(flow.client(), flow.clientPort()),
                Quantities.endpoint(flow.vip(), flow.port()),
                Quantities.endpoint(flow.backend(), flow.backendPort()),
                flow.snat().isEmpty() ? "-" : Quantities.endpoint(flow.snat(), flow.snatPort()),
                Quantities.duration(flow.idleMs()));
    }
}
