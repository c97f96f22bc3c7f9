package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.config.ConfigException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fastpath upgrade}. */
@Command(
        name = "upgrade",
        header = "Take an instance over from its running process, and be the balancer.",
        description = {
            "",
            "For a new version or a changed configuration. Checks that it can go on with the instance and warms up; only then",
            "it has the running process end, whatever its onExit, and adopts the connections while the kernel engine covers",
            "the gap. Then it runs in the foreground as `run` does. If it can't start, the running process goes on untouched.",
            "Run it where the other runs: in the same network namespace.",
            ""
        },
        footer = {"", "Example:", "  fastpath upgrade --config /etc/fastpath/edge1.yaml"})
final class UpgradeCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private HelpOption help;

    @Mixin
    private ConfigOption config;

    UpgradeCommand(final CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ConfigException {
        return context.operations().upgrade(config.load());
    }
}
