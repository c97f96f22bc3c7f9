package io.fastpath.fastpath.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.control.ControlClient;
import io.fastpath.fastpath.control.ControlException;
import io.fastpath.fastpath.control.PrefilterChange;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fastpath prefilter}. */
@Command(
        name = "prefilter",
        header = "Show or change whose packets XDP drops before an engine has them.",
        description = {
            "",
            "Of the prefixes that a client's address lies in, the longest decides. Only packets to VIPs are looked at. A",
            "change holds beyond the process's end, until `detach`, or a start whose configuration has a `prefilter`.",
            ""
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            PrefilterCommand.AddCommand.class,
            PrefilterCommand.RemoveCommand.class,
            PrefilterCommand.ListCommand.class,
            PrefilterCommand.ReplaceCommand.class
        },
        footer = {"", "Example:", "  fastpath prefilter add 192.0.2.0/24"})
final class PrefilterCommand implements Callable<Integer> {
    @Mixin
    private HelpOption help;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(spec.commandLine(), "add, remove, list or replace-from is missing");
    }

    /** What the commands have in common: asking, and telling how many prefixes there are then. */
    private abstract static class Change implements Callable<Integer> {
        /** A file of a million lines is read and entered in seconds; on a busy machine in some more. */
        private static final long TIMEOUT_MS = TimeUnit.MINUTES.toMillis(2);

        private final CommandContext context;

        @Mixin
        private InstanceQuery query;

        Change(final CommandContext context) {
            this.context = context;
        }

        /** {@return what to do; null to be told the list} */
        abstract PrefilterChange change();

        @Override
        public Integer call() throws ControlException {
            try (ControlClient client = query.connect(context, TIMEOUT_MS)) {
                final JsonNode counts = client.prefilter(change(), sink());
                if (query.isJson()) {
                    context.console().json(counts);
                } else {
                    context.console()
                            .line((change() == null ? "# " : "")
                                    + counts.path("ipv4").asLong() + " IPv4 and "
                                    + counts.path("ipv6").asLong() + " IPv6 prefixes");
                }
            }
            return ExitCode.OK;
        }

        private Consumer<JsonNode> sink() {
            return item -> {
                if (query.isJson()) {
                    context.console().json(item);
                } else {
                    context.console()
                            .line(item.path("action").asText()
                                    + ' '
                                    + item.path("prefix").asText());
                }
            };
        }
    }

    /** {@code fastpath prefilter add}. */
    @Command(name = "add", header = "Deny a prefix, or allow it within a denied one.")
    static final class AddCommand extends Change {
        @Parameters(paramLabel = "PREFIX", description = "Such as 192.0.2.0/24, 2001:db8::/32, or an address.")
        private String prefix;

        @Option(names = "--allow", description = "Allow it, though a shorter prefix is denied.")
        private boolean isAllowed;

        AddCommand(final CommandContext context) {
            super(context);
        }

        @Override
        PrefilterChange change() {
            return new PrefilterChange(isAllowed ? "allow" : "add", prefix, null);
        }
    }

    /** {@code fastpath prefilter remove}. */
    @Command(name = "remove", header = "Take a prefix out of the list, denied or allowed.")
    static final class RemoveCommand extends Change {
        @Parameters(paramLabel = "PREFIX", description = "As it was entered.")
        private String prefix;

        RemoveCommand(final CommandContext context) {
            super(context);
        }

        @Override
        PrefilterChange change() {
            return new PrefilterChange("remove", prefix, null);
        }
    }

    /** {@code fastpath prefilter list}. */
    @Command(name = "list", header = "Print the list, in a form that replace-from reads.")
    static final class ListCommand extends Change {
        ListCommand(final CommandContext context) {
            super(context);
        }

        @Override
        PrefilterChange change() {
            return null;
        }
    }

    /** {@code fastpath prefilter replace-from}. */
    @Command(
            name = "replace-from",
            header = "Replace the whole list by a file's: in each line PREFIX, or deny PREFIX, or allow PREFIX.",
            description = {
                "",
                "Meanwhile every address has the verdict of the old list or of the new one. A file with a bad line changes",
                "nothing. The file is read by the instance's process.",
                ""
            })
    static final class ReplaceCommand extends Change {
        @Parameters(paramLabel = "FILE", description = "What follows a # in a line is a comment.")
        private Path file;

        ReplaceCommand(final CommandContext context) {
            super(context);
        }

        @Override
        PrefilterChange change() {
            return new PrefilterChange("replace", null, file.toAbsolutePath().toString());
        }
    }
}
