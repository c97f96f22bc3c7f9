package io.fastpath.fastpath.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The commands that the launcher script carries out by itself; they are here for the help. */
abstract class LauncherCommand implements Callable<Integer> {
    @Mixin
    private HelpOption help;

    @Parameters(arity = "0..*", hidden = true)
    private List<String> arguments;

    @Override
    public final Integer call() {
        throw new CommandException("this command is the launcher script's: start bin/fastpath", ExitCode.USAGE);
    }

    /** {@code fastpath test}. */
    @Command(
            name = "test",
            header = "Build everything and run all tests (launcher script).",
            customSynopsis = {
                "fastpath test [--jdk N] [MAVEN ARGUMENT...]",
                "fastpath test [--jdk N] --kernels[=SERIES,...]"
            },
            description = {
                "",
                "Installs what is missing, saying so first, and runs 'mvn verify' with the newest JDK found, or with JDK N.",
                "Needs root: the tests make network namespaces.",
                "",
                "--kernels loads the eBPF programs on Debian's kernels 6.1 and 6.12 instead, or on those of the series given,",
                "and plays the packet cases there, in qemu. That takes ten minutes or more for a kernel.",
                ""
            },
            footer = {
                "",
                "Examples:",
                "  fastpath test",
                "  fastpath test --jdk 17 -pl conntrack",
                "  fastpath test --kernels=6.12"
            })
    static final class TestCommand extends LauncherCommand {}

    /** {@code fastpath bench}. */
    @Command(
            name = "bench",
            header = "Run the JMH benchmarks (launcher script).",
            customSynopsis = "fastpath bench [--quick] [--json] [REGEX...]",
            description = {
                "",
                "All of them, or those whose name matches a regular expression. --quick takes under two minutes, and its",
                "figures are rough.",
                ""
            },
            footer = {"", "Examples:", "  fastpath bench --quick", "  fastpath bench 'Pipeline.*'"})
    static final class BenchCommand extends LauncherCommand {}

    /** {@code fastpath lab}. */
    @Command(
            name = "lab",
            header = "Measure fastpath, by itself and beside peers (launcher script).",
            customSynopsis = {
                "fastpath lab throughput [--subjects NAME,...] [--flows N,...] [--rounds N] [--json]",
                "fastpath lab engine [--json]",
                "fastpath lab faults [--faults NAME,...] [--engines NAME,...] [--json]",
                "fastpath lab compare FIRST SECOND"
            },
            description = {
                "",
                "throughput: packets per second, by turns on one topology of namespaces: fastpath in each placement, a",
                "  minimal AF_XDP forwarder in C, a bare XDP redirect, nftables' DNAT, and the kernel's own forwarding",
                "engine: nanoseconds per packet of the kernel engine, and its size as the verifier sees it",
                "faults: what a stream of datagrams loses, and for how long, when the JVM is killed, stopped or collects",
                "compare: two files of 'throughput --json', with confidence intervals",
                "",
                "Installs what is missing, saying so first. Needs root. A wrong option prints all there are.",
                ""
            },
            footer = {"", "Example:", "  fastpath lab throughput --flows 1,1024 --rounds 3"})
    static final class LabCommand extends LauncherCommand {}
}
