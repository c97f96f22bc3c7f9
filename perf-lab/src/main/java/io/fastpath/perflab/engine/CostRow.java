package io.fastpath.perflab.engine;

import io.fastpath.perflab.throughput.Spread;

/**
 * What a kind of packet costs. Immutable.
 *
 * @param traffic transport and family of the flows in the table.
 * @param packet the kind.
 * @param flowCount flows in the table.
 * @param verdict that each packet got.
 * @param packetCount packets of a round.
 * @param nsPerPacket the program's time, that of writing the frame taken off, over the rounds.
 * @param baselineNs writing the frame and the test run itself, median.
 */
public record CostRow(
        String traffic,
        String packet,
        int flowCount,
        String verdict,
        int packetCount,
        Spread nsPerPacket,
        double baselineNs) {}
