package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.config.ConfigException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fastpath run}. */
@Command(
        name = "run",
        header = "Be the balancer, in the foreground.",
        description = {
            "",
            "Balances on the interfaces of the configuration until SIGTERM or SIGINT, and ends with 0. By default the kernel",
            "engine then carries on with the connections, for the next `run` to adopt; with `onExit: detach` all is given",
            "back. Logs go to stderr. Needs root (or CAP_NET_ADMIN, CAP_BPF, CAP_NET_RAW, CAP_IPC_LOCK).",
            ""
        },
        footer = {"", "Example:", "  fastpath run --config /etc/fastpath/edge1.yaml"})
final class RunCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private HelpOption help;

    @Mixin
    private ConfigOption config;

    RunCommand(final CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ConfigException {
        return context.operations().run(config.load());
    }
}
