package io.fastpath.perflab.throughput;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * All rounds of one subject under one traffic. Immutable.
 *
 * @param subject its name.
 * @param flowCount flows of the traffic.
 * @param deliveredPps packets per second.
 * @param noise range of these as a share of their median.
 * @param baseline name of the subject it is compared with.
 * @param ratio of its packets per second to the baseline's in the same round.
 */
public record Summary(String subject, int flowCount, Spread deliveredPps, double noise, String baseline, Spread ratio) {
    /**
     * {@return a summary for each subject, in the order of their turns}
     *
     * @param rounds all under one traffic, in the order in which they ran.
     * @param baseline name of the subject that the others are compared with; one of those measured.
     */
    static List<Summary> ofAll(final List<Round> rounds, final String baseline) {
        final Map<String, List<Round>> bySubject =
                rounds.stream().collect(Collectors.groupingBy(Round::subject, LinkedHashMap::new, Collectors.toList()));
        return bySubject.values().stream()
                .map(own -> of(own, bySubject.get(baseline)))
                .toList();
    }

    private static Summary of(final List<Round> own, final List<Round> baseline) {
        final Spread delivered = spread(own);
        final List<Double> ratios = IntStream.range(0, own.size())
                .mapToObj(i -> own.get(i).deliveredPps() / baseline.get(i).deliveredPps())
                .toList();
        return new Summary(
                own.get(0).subject(),
                own.get(0).flowCount(),
                delivered,
                delivered.relativeRange(),
                baseline.get(0).subject(),
                Spread.of(ratios));
    }

    private static Spread spread(final List<Round> rounds) {
        return Spread.of(rounds.stream().map(Round::deliveredPps).toList());
    }
}
