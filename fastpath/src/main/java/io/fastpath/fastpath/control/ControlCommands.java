package io.fastpath.fastpath.control;

import io.fastpath.fastpath.config.EngineMode;
import java.util.Arrays;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns request lines into answers about an instance. The server's thread only. */
final class ControlCommands {
    /** Connections that are looked at between two looks at the sockets: 150 kB of text when all match. */
    private static final int FLOWS_PER_PIECE = 512;

    /** Slots that are looked at, so that an empty table of millions doesn't hold the thread: under a millisecond. */
    private static final int SLOTS_PER_PIECE = 16_384;

    private static final Logger LOG = LoggerFactory.getLogger(ControlCommands.class);

    private final InstanceView view;

    ControlCommands(final InstanceView view) {
        this.view = view;
    }

    /**
     * Answers a request; never throws.
     *
     * @param line as received, without its end.
     * @return the answer, or what is wrong with the request.
     */
    ControlAnswer answer(final String line) {
        try {
            final ControlProtocol.Request request = ControlProtocol.parse(line);
            if (request.filter() != null && !request.command().equals("flows")) {
                throw new IllegalArgumentException("only the command \"flows\" has a filter");
            }
            if (request.mode() != null && !request.command().equals("engine")) {
                throw new IllegalArgumentException("only the command \"engine\" has a mode");
            }
            if (request.prefilter() != null && !request.command().equals("prefilter")) {
                throw new IllegalArgumentException("only the command \"prefilter\" has a prefilter");
            }
            if (request.drain() != null && !request.command().equals("drain")) {
                throw new IllegalArgumentException("only the command \"drain\" has a drain");
            }
            return guarded(answer(request));
        } catch (final IllegalArgumentException ex) {
            return ControlAnswer.of(ControlProtocol.error(ex.getMessage()));
        } catch (final RuntimeException ex) {
            return failure(ex);
        }
    }

    private ControlAnswer answer(final ControlProtocol.Request request) {
        return switch (request.command()) {
            case "status" -> ControlAnswer.of(ControlProtocol.end(view.status()));
            case "services" ->
                ControlAnswer.of(ControlProtocol.end(serviceTables().services()));
            case "backends" ->
                ControlAnswer.of(ControlProtocol.end(serviceTables().backends()));
            case "counters" -> ControlAnswer.of(ControlProtocol.end(CountersReport.of(view.tables())));
            case "flows" -> flows(request.filter() == null ? FlowFilter.ALL : request.filter());
            case "engine" -> engine(request.mode());
            case "prefilter" -> new PrefilterCommands(view.prefilter()).answer(request.prefilter());
            case "drain" -> DrainCommand.answer(view.drains(), request.drain());
            case "handover" -> handOver();
            default ->
                throw new IllegalArgumentException(
                        "command \"" + request.command()
                                + "\" is unknown; allowed: status, services, backends, counters, flows, engine, prefilter, drain, handover");
        };
    }

    private ControlAnswer engine(final String label) {
        if (label != null) {
            view.place(Arrays.stream(EngineMode.values())
                    .filter(mode -> mode.label().equals(label))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "mode \"" + label + "\" is unknown; allowed: userspace, hybrid, kernel, auto")));
        }
        return ControlAnswer.of(ControlProtocol.end(view.placement()));
    }

    /** The answer is on its way before the process ends: the server's thread finishes its turn first. */
    private ControlAnswer handOver() {
        view.handOver();
        return ControlAnswer.of(
                ControlProtocol.end(Map.of("pid", ProcessHandle.current().pid())));
    }

    private ServiceTables serviceTables() {
        return new ServiceTables(view.tables(), view.services());
    }

    private ControlAnswer flows(final FlowFilter filter) {
        final FlowWalk walk = new FlowWalk(view.tables(), view.services(), filter, System::nanoTime);
        final long[] count = new long[1];
        return lines -> {
            final boolean more = walk.next(FLOWS_PER_PIECE, SLOTS_PER_PIECE, flow -> {
                count[0]++;
                lines.accept(ControlProtocol.item(flow));
            });
            if (!more) {
                lines.accept(ControlProtocol.end(Map.of("flows", count[0])));
            }
            return more;
        };
    }

    private static ControlAnswer guarded(final ControlAnswer answer) {
        return lines -> {
            try {
                return answer.next(lines);
            } catch (final RuntimeException ex) {
                return failure(ex).next(lines);
            }
        };
    }

    private static ControlAnswer failure(final RuntimeException ex) {
        LOG.warn("a control request failed", ex);
        return ControlAnswer.of(ControlProtocol.error("internal error: " + ex));
    }
}
