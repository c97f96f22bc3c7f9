package io.fastpath.fastpath.config;

/**
 * The ICMP errors that fastpath sends of its own. Immutable.
 *
 * @param errorsPerSecond how many in all, over both engines; 0 for none.
 */
public record IcmpConfig(int errorsPerSecond) {
    /** What Linux allows itself (icmp_msgs_per_sec). */
    static final int ERRORS_DEFAULT = 1000;

    /** More than any path-MTU discovery takes, and less than would make a node a weapon. */
    static final int ERRORS_HIGHEST = 100_000;
}
