/**
 * The commands. {@link io.fastpath.fastpath.cli.Main} parses (picocli), each command is a class that asks one of the other
 * packages and prints the answer: an aligned table for people, or with {@code --json} one JSON object (for flows: one
 * per line) whose names don't change.
 *
 * <p>Answers go to stdout, everything else to stderr. A failure is one line, {@code fastpath: ...}; exit codes are those of
 * {@link io.fastpath.fastpath.cli.ExitCode}.
 */
package io.fastpath.fastpath.cli;
