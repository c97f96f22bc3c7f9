package io.fastpath.fastpath.cli;

import picocli.CommandLine.Option;

/** {@code --json}, of every command that answers. */
final class JsonOption {
    @Option(names = "--json", description = "Answer with one JSON object in one line, for programs.")
    private boolean json;

    /** {@return whether it was given} */
    boolean isGiven() {
        return json;
    }
}
