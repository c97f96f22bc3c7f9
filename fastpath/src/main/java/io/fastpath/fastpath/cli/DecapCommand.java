package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.decap.DecapOptions;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fastpath decap}. */
@Command(
        name = "decap",
        header = "On a backend: take the outer headers off what dsr-ipip, dsr-gue and dsr-geneve send.",
        description = {
            "",
            "Runs in the foreground until SIGTERM or SIGINT, then takes its XDP program off the interface and prints what",
            "became of the frames. Only packets to this host's addresses are touched, within and without; one tunnel is",
            "taken off, never a second one. Tagged frames are left alone: give the VLAN's interface. Needs root (or",
            "CAP_NET_ADMIN and CAP_BPF).",
            ""
        },
        footer = {"", "Example:", "  fastpath decap --interface eth0 --mode gue --port 6080"})
final class DecapCommand implements Callable<Integer> {
    private static final String ALL = "all";
    private static final String IPIP = "ipip";
    private static final String GUE = "gue";
    private static final String GENEVE = "geneve";
    private static final int PORT_MAX = 65_535;

    private final CommandContext context;

    @Mixin
    private HelpOption help;

    @Option(
            names = "--interface",
            required = true,
            paramLabel = "IFACE",
            description = "Interface that the balancer's packets come in by.")
    private String interfaceName;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = ALL,
            completionCandidates = Modes.class,
            description = "One of: ${COMPLETION-CANDIDATES}. Default: all.")
    private String mode;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "6080",
            description = "UDP port of GUE: tunnels.guePort of the balancer. Default: 6080.")
    private int port;

    @Option(
            names = "--geneve-port",
            paramLabel = "PORT",
            defaultValue = "6081",
            description = "UDP port of Geneve: tunnels.genevePort of the balancer. Default: 6081.")
    private int genevePort;

    @Option(names = "--generic", description = "Generic XDP, without trying the driver's.")
    private boolean generic;

    @Mixin
    private JsonOption json;

    DecapCommand(final CommandContext context) {
        this.context = context;
    }

    /** The words for MODE. */
    static final class Modes implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.asList(IPIP, GUE, GENEVE, ALL).iterator();
        }
    }

    @Override
    public Integer call() {
        if (!List.of(IPIP, GUE, GENEVE, ALL).contains(mode)) {
            throw new CommandException("--mode " + mode + " is not one of ipip, gue, geneve, all", ExitCode.USAGE);
        }
        check("--port", port);
        check("--geneve-port", genevePort);
        if (takes(GUE) && takes(GENEVE) && port == genevePort) {
            throw new CommandException("--port and --geneve-port are both " + port, ExitCode.USAGE);
        }
        return context.operations()
                .decap(
                        new DecapOptions(
                                interfaceName, takes(IPIP), takes(GUE), takes(GENEVE), port, genevePort, generic),
                        json.isGiven());
    }

    private boolean takes(final String tunnel) {
        return mode.equals(ALL) || mode.equals(tunnel);
    }

    private static void check(final String option, final int port) {
        if (port < 1 || port > PORT_MAX) {
            throw new CommandException(option + " " + port + " is not a port (1-" + PORT_MAX + ")", ExitCode.USAGE);
        }
    }
}
