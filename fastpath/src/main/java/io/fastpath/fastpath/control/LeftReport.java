package io.fastpath.fastpath.control;

import io.fastpath.afxdpnative.bpf.BpfFilesystem;
import io.fastpath.fastpath.control.StatusReport.FlowsReport;
import io.fastpath.fastpath.tables.CounterReader;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.MapNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@code status} answers for an instance whose process is gone and whose tables are pinned. Immutable; the components'
 * names are the JSON's, and don't change.
 *
 * @param instance name.
 * @param running false.
 * @param engine kernel where the kernel engine carries on alone; none where no interface has the program any more.
 * @param placement why, and what each engine did.
 * @param flows the flow table; its capacity is not known without the process, and told as half of its slots.
 * @param ifindexes of the interfaces that the program is on.
 */
public record LeftReport(
        String instance,
        boolean running,
        String engine,
        PlacementReport placement,
        FlowsReport flows,
        List<Integer> ifindexes) {
    /** Takes a copy. */
    public LeftReport {
        ifindexes = List.copyOf(ifindexes);
    }

    /**
     * Reads what is pinned.
     *
     * @param directory of instances.
     * @param instance its name; no process is it.
     * @return the report.
     * @throws ControlException if nothing is pinned.
     * @throws io.fastpath.afxdpnative.sys.NativeException if the kernel refuses, EPERM without root.
     * @throws IllegalStateException if the tables are unfinished, or of another layout.
     */
    public static LeftReport of(final InstanceDirectory directory, final String instance) throws ControlException {
        try (PinnedTables pinned = PinnedTables.open(directory, instance)) {
            final List<Integer> ifindexes =
                    ifindexes(BpfFilesystem.at(directory.bpf(instance)).directory());
            final String engine = ifindexes.isEmpty() ? "none" : "kernel";
            final String reason = ifindexes.isEmpty()
                    ? "no process, and no program on an interface"
                    : "no process: the kernel engine carries on alone";
            final CounterReader counters = new CounterReader(
                    pinned.tables().region(MapNames.COUNTERS), pinned.tables().sizes());
            final int slotCount = pinned.tables().sizes().flowSlotCount();
            return new LeftReport(
                    instance,
                    false,
                    engine,
                    PlacementReport.of("", engine, reason, pinned.tables()),
                    FlowsReport.of(
                            counters.total(Counter.FLOW_OPENED) - counters.total(Counter.FLOW_CLOSED),
                            slotCount / 2,
                            slotCount),
                    ifindexes);
        }
    }

    private static List<Integer> ifindexes(final Path pins) {
        try (Stream<Path> files = Files.list(pins)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(InstanceDirectory.LINK_PIN_PREFIX))
                    .map(name -> Integer.valueOf(name.substring(InstanceDirectory.LINK_PIN_PREFIX.length())))
                    .sorted()
                    .toList();
        } catch (final IOException ex) {
            throw new UncheckedIOException("can't read the pins in " + pins, ex);
        }
    }
}
