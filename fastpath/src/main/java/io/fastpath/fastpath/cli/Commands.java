package io.fastpath.fastpath.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.decap.DecapForeground;
import io.fastpath.fastpath.decap.DecapOptions;
import io.fastpath.fastpath.demo.Demo;
import io.fastpath.fastpath.demo.DemoResult;
import io.fastpath.fastpath.demo.DemoScreen;
import io.fastpath.fastpath.demo.FaultDemo;
import io.fastpath.fastpath.demo.FaultResult;
import io.fastpath.fastpath.instance.Detachment;
import io.fastpath.fastpath.instance.Foreground;
import io.fastpath.kernelbpf.decap.DecapCounter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The product's {@link Operations}: hands each to the package that does it. */
final class Commands implements Operations {
    /** Absolute path of {@code bin/fastpath}, set by that script: the demo starts the balancer with it. */
    static final String LAUNCHER_PROPERTY = "fastpath.launcher";

    @Override
    public int run(final InstanceConfig config) {
        new Foreground(config, InstanceDirectory.standard()).run();
        return ExitCode.OK;
    }

    @Override
    public int upgrade(final InstanceConfig config) {
        new Foreground(config, InstanceDirectory.standard()).takeOver();
        return ExitCode.OK;
    }

    @Override
    public int demo(final DemoOptions options) {
        final String launcher = System.getProperty(LAUNCHER_PROPERTY);
        if (launcher == null) {
            throw new CommandException(
                    "start the demo by bin/fastpath: it needs to know how to start a balancer", ExitCode.FAILURE);
        }
        final Path path = Path.of(launcher);
        final DemoScreen screen = new DemoScreen(options.json() ? options.err() : options.out());
        if (options.fault() == null) {
            final DemoResult result = new Demo(path, options.seconds(), screen).run();
            return answer(options, result, result.passed());
        }
        final FaultResult result = new FaultDemo(path, options.seconds(), options.fault(), screen).run();
        return answer(options, result, result.passed());
    }

    private static int answer(final DemoOptions options, final Object result, final boolean passed) {
        if (options.json()) {
            options.out().println(json(result));
        }
        options.out().flush();
        return passed ? ExitCode.OK : ExitCode.FAILURE;
    }

    @Override
    public boolean detach(final InstanceDirectory directory, final String instance) {
        return Detachment.of(directory, instance);
    }

    @Override
    public int decap(final DecapOptions options, final boolean json) {
        new DecapForeground()
                .run(
                        options,
                        decapsulator -> {
                            if (!decapsulator.downgrade().isEmpty()) {
                                System.err.println("fastpath: " + decapsulator.downgrade());
                            }
                        },
                        counts -> System.out.println(json ? json(labelled(counts)) : text(counts)));
        return ExitCode.OK;
    }

    private static Map<String, Long> labelled(final Map<DecapCounter, Long> counts) {
        final Map<String, Long> labelled = new LinkedHashMap<>();
        counts.forEach((counter, count) -> labelled.put(counter.label(), count));
        return labelled;
    }

    private static String text(final Map<DecapCounter, Long> counts) {
        return counts.entrySet().stream()
                .map(entry -> String.format(
                        Locale.ROOT,
                        "%-14s %12d  %s",
                        entry.getKey().label(),
                        entry.getValue(),
                        entry.getKey().sentence()))
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private static String json(final Object result) {
        try {
            return new ObjectMapper().writeValueAsString(result);
        } catch (final JsonProcessingException e) {
            throw new IllegalStateException("a result of numbers and names can always be written", e);
        }
    }
}
