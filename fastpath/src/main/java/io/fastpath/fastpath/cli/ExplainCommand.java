package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.config.ConfigException;
import io.fastpath.lb.selection.Explainer;
import io.fastpath.lb.selection.Explanation;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code fastpath explain}. */
@Command(
        name = "explain",
        header = "Tell which backend a new connection would get, and why.",
        description = {
            "",
            "Needs no running instance: the choice depends on the configuration alone. A connection that exists already",
            "stays where it is; see fastpath flows. Ends with 1 if there is no backend for it.",
            ""
        },
        footer = {
            "",
            "Examples (mind the quotes: the shell has its own idea of >):",
            "  fastpath explain --config edge1.yaml 'tcp 10.8.0.5:40000 -> 10.7.0.100:80'",
            "  fastpath explain --config edge1.yaml udp '[fd00::5]:40000' '[fd00::100]:53'"
        })
final class ExplainCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private HelpOption help;

    @Mixin
    private ConfigOption config;

    @Mixin
    private JsonOption json;

    @Parameters(arity = "1..*", paramLabel = "TUPLE", description = "Protocol, client and VIP, each with its port.")
    private List<String> tuple;

    ExplainCommand(final CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ConfigException {
        final TupleArgument parsed = TupleArgument.parse(tuple);
        final Explanation explanation = new Explainer(config.load().services())
                .explain(parsed.protocol(), parsed.source(), parsed.destination());
        if (json.isGiven()) {
            context.console().json(explanation);
        } else {
            context.console().lines(explanation.toText().lines().toList());
        }
        return explanation.outcome() == Explanation.Outcome.BACKEND ? ExitCode.OK : ExitCode.FAILURE;
    }
}
