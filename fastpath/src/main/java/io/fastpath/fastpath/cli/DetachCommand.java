package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.control.ControlException;
import io.fastpath.fastpath.control.InstanceFinder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fastpath detach}. */
@Command(
        name = "detach",
        header = "Remove every trace of an instance.",
        description = {
            "",
            "Ends its process, if it runs (SIGTERM), and removes what it left: XDP programs on interfaces, pinned maps and",
            "links with all connections in them, the control socket and the run directory. Where there is nothing to",
            "remove, it says so and ends with 0.",
            ""
        },
        footer = {"", "Example:", "  fastpath detach --instance edge1"})
final class DetachCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private HelpOption help;

    @Mixin
    private InstanceOption instance;

    @Mixin
    private JsonOption json;

    DetachCommand(final CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ControlException {
        final String name = name();
        final boolean removed = name != null && context.operations().detach(context.directory(), name);
        if (json.isGiven()) {
            final Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("instance", name);
            answer.put("removed", removed);
            context.console().json(answer);
        } else {
            context.console().line(removed ? "instance " + name + " is removed" : "there was nothing to remove");
        }
        return ExitCode.OK;
    }

    private String name() throws ControlException {
        if (instance.name() != null || context.directory().names().isEmpty()) {
            return instance.name();
        }
        return new InstanceFinder(context.directory()).any(null);
    }
}
