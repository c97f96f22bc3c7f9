package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.config.ConfigException;
import io.fastpath.fastpath.control.ControlException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Parses a command line, carries it out, and turns every failure into one line and an exit code. One thread. */
final class Dispatcher {
    private static final int HELP_WIDTH = 118;

    private final Console console;
    private final RootCommand root = new RootCommand();
    private final CommandLine commandLine;

    Dispatcher(final CommandContext context) {
        console = context.console();
        commandLine = new CommandLine(root, new ContextFactory(context))
                .setOut(console.out())
                .setErr(console.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setUsageHelpWidth(HELP_WIDTH)
                .setExecutionExceptionHandler(this::failed)
                .setParameterExceptionHandler(this::misused);
    }

    /**
     * Carries out a command.
     *
     * @param arguments of the command line.
     * @return one of {@link ExitCode}.
     */
    int execute(final String... arguments) {
        try {
            return commandLine.execute(arguments);
        } catch (final LinkageError | VirtualMachineError ex) {
            complain(message(ex));
            if (root.isDebug()) {
                ex.printStackTrace(console.err());
            }
            return ExitCode.FAILURE;
        }
    }

    private int misused(final ParameterException ex, final String[] arguments) {
        complain(ex.getMessage());
        UnmatchedArgumentException.printSuggestions(ex, console.err());
        console.err().println("Try '" + ex.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    private int failed(final Exception ex, final CommandLine failing, final ParseResult result) {
        if (root.isDebug()) {
            ex.printStackTrace(console.err());
        }
        if (ex instanceof ConfigException) {
            ex.getMessage().lines().forEach(console.err()::println);
            complain("the configuration has errors");
            return ExitCode.FAILURE;
        }
        complain(message(ex));
        if (ex instanceof final CommandException known) {
            return known.exitCode();
        }
        return ex instanceof final ControlException control && control.kind() == ControlException.Kind.NOT_RUNNING
                ? ExitCode.NOT_RUNNING
                : ExitCode.FAILURE;
    }

    private void complain(final String text) {
        if (text.isEmpty()) {
            return;
        }
        console.err().println("fastpath: " + text);
    }

    /** Exceptions of this project speak for themselves; of the others, the kind is half of the message. */
    private static String message(final Throwable ex) {
        final boolean ours = ex.getClass().getName().startsWith("io.fastpath.") || isSpoken(ex);
        final String text = ex.getMessage();
        return ours && text != null ? text : "unexpected " + ex + " (--debug tells where)";
    }

    private static boolean isSpoken(final Throwable ex) {
        return ex instanceof IllegalStateException || ex instanceof UncheckedIOException;
    }

    /** Gives commands their context; everything else that picocli needs is made in the usual way. */
    private record ContextFactory(CommandContext context) implements IFactory {
        @Override
        public <K> K create(final Class<K> type) throws Exception {
            for (final Constructor<?> constructor : type.getDeclaredConstructors()) {
                if (constructor.getParameterCount() == 1
                        && constructor.getParameterTypes()[0] == CommandContext.class) {
                    return type.cast(constructor.newInstance(context));
                }
            }
            return CommandLine.defaultFactory().create(type);
        }
    }
}
