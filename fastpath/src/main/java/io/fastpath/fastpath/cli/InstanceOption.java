package io.fastpath.fastpath.cli;

import picocli.CommandLine.Option;

/** {@code --instance}, of the commands that ask or remove one. */
final class InstanceOption {
    @Option(
            names = {"-i", "--instance"},
            paramLabel = "NAME",
            description = "The instance; may be left out where there is only one.")
    private String name;

    /** {@return the name given, or null} */
    String name() {
        return name;
    }
}
