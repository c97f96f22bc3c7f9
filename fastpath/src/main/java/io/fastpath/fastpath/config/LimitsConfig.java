package io.fastpath.fastpath.config;

/**
 * How many new connections a service takes, and when their SYNs are answered with cookies.
 *
 * @param newPerSecond from everybody; 0 for any number.
 * @param newPerSecondPerClient from each client, which is an IPv4 address or an IPv6 /64; 0 for any number.
 * @param openFlows connections that it may have open; 0 for any number.
 * @param openFlowsPerClient connections of each client; 0 for any number.
 * @param synCookies when.
 * @param synCookiesAbove SYNs in a second that are let in before the others get cookies; of {@link SynCookieMode#AUTO}.
 */
public record LimitsConfig(
        int newPerSecond,
        int newPerSecondPerClient,
        int openFlows,
        int openFlowsPerClient,
        SynCookieMode synCookies,
        int synCookiesAbove) {
    /** SYNs in a second: with the default timeout of half-open connections, a flood holds some 30,000 of the flow table. */
    public static final int SYN_COOKIES_ABOVE_DEFAULT = 1000;

    /** No limits. */
    public static final LimitsConfig NONE =
            new LimitsConfig(0, 0, 0, 0, SynCookieMode.NEVER, SYN_COOKIES_ABOVE_DEFAULT);

    /** {@return whether cookies may open connections} */
    public boolean hasSynCookies() {
        return synCookies != SynCookieMode.NEVER;
    }
}
