package io.fastpath.fastpath.replay;

import java.util.List;
import java.util.Map;

/**
 * What a replay came to. Immutable; the components' names are the JSON's, and don't change.
 *
 * @param packets frames played
 * @param verdicts how many frames ended how: tx, pass, drop, consumed
 * @param reasons how many frames ended for which reason
 * @param flows connections in the table at the end
 * @param counters that are not 0, by their labels; the Java engine's where both played
 * @param truncated captures that ended in the middle of a record
 * @param differences between the engines, the first ones; empty where they agree or one played alone
 */
public record ReplayReport(
        long packets,
        Map<String, Long> verdicts,
        Map<String, Long> reasons,
        long flows,
        Map<String, Long> counters,
        List<String> truncated,
        List<String> differences) {}
