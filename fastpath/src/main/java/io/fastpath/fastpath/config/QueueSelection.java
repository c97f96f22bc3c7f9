package io.fastpath.fastpath.config;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which receive queues of an interface the instance takes. Immutable.
 *
 * @param form which of the three ways the file says it.
 * @param count for {@link Form#FIRST}: how many, from queue 0.
 * @param indexes for {@link Form#LISTED}: which, in the file's order.
 */
public record QueueSelection(Form form, int count, List<Integer> indexes) {
    /** {@code queues: all}. */
    public static final QueueSelection ALL = new QueueSelection(Form.ALL, 0, List.of());

    /** Ways to say it. */
    public enum Form {
        /** Every queue that the interface has. */
        ALL,
        /** The first ones. */
        FIRST,
        /** A list of indexes. */
        LISTED
    }

    /** Takes copies. */
    public QueueSelection {
        indexes = List.copyOf(indexes);
    }

    /**
     * The selection against an interface.
     *
     * @param available how many receive queues it has.
     * @return queue indexes; one that does not exist is kept, so that the caller can name it.
     */
    public List<Integer> resolve(final int available) {
        return switch (form) {
            case ALL -> IntStream.range(0, available).boxed().toList();
            case FIRST -> IntStream.range(0, count).boxed().toList();
            case LISTED -> indexes;
        };
    }

    @Override
    public String toString() {
        return switch (form) {
            case ALL -> "all";
            case FIRST -> "first " + count;
            case LISTED -> indexes.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
        };
    }
}
