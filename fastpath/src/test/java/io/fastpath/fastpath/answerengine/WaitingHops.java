package io.fastpath.fastpath.answerengine;

import io.fastpath.fastpath.nexthop.NextHopKey;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.layout.NextHopDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The next hops that ARP may teach: neighbours with each of the frames' tags, among the clients' own records and among the
 * others. There are more than there is room for, so that a search must begin where Java's does. Those of the first
 * neighbours are there twice.
 */
final class WaitingHops {
    static final int[][] TAGS = {{}, {AnswerFrames.TAG}, {AnswerFrames.OUTER_TAG, AnswerFrames.INNER_TAG}};

    /** Who may speak. */
    static final List<String> NEIGHBOURS = Stream.concat(
                    Stream.of(AnswerFrames.CLIENT, AnswerFrames.VIP, "0.0.0.0"),
                    IntStream.range(100, 160).mapToObj(host -> "192.0.2." + host))
            .toList();

    private static final int TWICE_COUNT = 3;
    private static final long SOURCE_MAC = 0x8300_0000_fc02L;
    private static final int STATE_COUNT = NextHopDescriptor.STATE_STALE + 1;

    private final NextHopTable table;
    private final SharedMemory memory;

    WaitingHops(final SharedTables tables) {
        memory = tables.region(MapNames.NEXT_HOPS);
        table = new NextHopTable(memory, tables.sizes().nextHopCapacity());
        NEIGHBOURS.stream().limit(TWICE_COUNT).forEach(this::claim);
        for (int index = 1; index < table.capacity(); index++) {
            if (table.ifindex(index) != 0) {
                state(index, NextHopDescriptor.STATE_STALE); // not found any more: the next claim takes another record
            }
        }
        NEIGHBOURS.forEach(this::claim);
    }

    /** The client's hop without tags. */
    int ofClient() {
        return table.find(key(AnswerFrames.CLIENT));
    }

    NextHopTable table() {
        return table;
    }

    long[] snapshot() {
        final long[] words = new long[(int) memory.length() / Long.BYTES];
        for (int i = 0; i < words.length; i++) {
            words[i] = memory.getLong((long) i * Long.BYTES);
        }
        return words;
    }

    void restore(final long[] words) {
        for (int i = 0; i < words.length; i++) {
            memory.putLong((long) i * Long.BYTES, words[i]);
        }
    }

    void state(final int index, final int state) {
        memory.putInt(NextHopDescriptor.recordOffset(index) + NextHopDescriptor.STATE_OFFSET, state);
    }

    /** Most wait, the others are in any state but FREE, which has no key. */
    void shuffle(final Random random) {
        for (int index = 1; index < table.capacity(); index++) {
            if (table.ifindex(index) != 0) {
                final boolean waits = random.nextInt(3) != 0;
                state(index, waits ? NextHopDescriptor.STATE_INCOMPLETE : 1 + random.nextInt(STATE_COUNT - 1));
            }
        }
    }

    private void claim(final String neighbour) {
        for (final int[] tags : TAGS) {
            table.findOrClaim(key(neighbour, tags), SOURCE_MAC, 1500);
            table.findOrClaimOfClient(key(neighbour, tags), SOURCE_MAC, 1500);
        }
    }

    private static NextHopKey key(final String neighbour, final int... tags) {
        final Address address = Address.parse(neighbour);
        return new NextHopKey()
                .set(AnswerRig.PLAIN, address.word0(), address.word1())
                .tags(tags.length, memory(tags, 0), memory(tags, 1));
    }

    /** TPID and TCI as they stand in memory. */
    private static int memory(final int[] tags, final int i) {
        return i < tags.length ? Integer.reverseBytes(tags[i]) : 0;
    }
}
