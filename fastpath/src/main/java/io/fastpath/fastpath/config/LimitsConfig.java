package io.fastpath.fastpath.config;

/**
 * How many new connections a service takes.
 *
 * @param newPerSecond from everybody; 0 for any number.
 * @param newPerSecondPerClient from each client, which is an IPv4 address or an IPv6 /64; 0 for any number.
 */
public record LimitsConfig(int newPerSecond, int newPerSecondPerClient) {
    /** No limits. */
    public static final LimitsConfig NONE = new LimitsConfig(0, 0);
}
