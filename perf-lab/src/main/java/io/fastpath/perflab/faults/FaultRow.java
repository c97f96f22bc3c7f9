package io.fastpath.perflab.faults;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fastpath.fastpath.lab.DatagramReport;
import java.util.List;
import java.util.Map;

/**
 * What a fault cost.
 *
 * @param engine placement, as in the configuration.
 * @param fault its name, or {@code none}.
 * @param cycles how often it came.
 * @param datagrams what became of the stream; the time of its first 500 is not judged.
 * @param gapsAtFaultMs the longest gap within 100 ms of each fault's begin, in their order; where there is no fault, of
 *     the same moments.
 * @param packets that each engine sent on, by its name.
 * @param drops packets dropped on purpose, by reason.
 * @param cpuPressure share of the time in which some task wanted a CPU and had none.
 */
public record FaultRow(
        String engine,
        String fault,
        int cycles,
        @JsonIgnoreProperties("gaps") DatagramReport datagrams,
        List<Double> gapsAtFaultMs,
        Map<String, Long> packets,
        Map<String, Long> drops,
        double cpuPressure) {}
