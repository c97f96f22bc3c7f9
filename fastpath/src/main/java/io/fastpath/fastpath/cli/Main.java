package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.control.InstanceDirectory;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The door of the process. */
public final class Main {
    private Main() {}

    /**
     * Carries out a command and ends the process with its exit code.
     *
     * @param arguments of the command line.
     */
    public static void main(final String[] arguments) {
        final Console console = new Console(writer(FileDescriptor.out), writer(FileDescriptor.err));
        final CommandContext context = new CommandContext(console, InstanceDirectory.standard(), new Commands());
        System.exit(new Dispatcher(context).execute(arguments));
    }

    private static PrintWriter writer(final FileDescriptor descriptor) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), true);
    }
}
