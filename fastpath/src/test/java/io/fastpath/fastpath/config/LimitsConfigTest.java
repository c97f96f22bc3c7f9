package io.fastpath.fastpath.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a service's {@code limits} may say. */
class LimitsConfigTest {
    private static String with(final String limits) {
        return ConfigTexts.with("    forwarding: full-nat\n", "    forwarding: full-nat\n    limits: " + limits + "\n");
    }

    @Test
    void shouldReadLimitsAndHaveNoneElse() throws ConfigException {
        assertThat(ConfigTexts.parse(ConfigTexts.GOOD).limits("web")).isEqualTo(LimitsConfig.NONE);
        assertThat(ConfigTexts.parse(with("{newPerSecond: 5000, newPerSecondPerClient: 10}"))
                        .limits("web"))
                .isEqualTo(new LimitsConfig(5000, 10, 0, 0, SynCookieMode.NEVER, 1000));
        assertThat(ConfigTexts.parse(with("{newPerSecondPerClient: 10}")).limits("web"))
                .isEqualTo(new LimitsConfig(0, 10, 0, 0, SynCookieMode.NEVER, 1000));
    }

    @Test
    void shouldReadLimitsOfOpenConnections() throws ConfigException {
        assertThat(ConfigTexts.parse(with("{openFlows: 1000, openFlowsPerClient: 20}"))
                        .limits("web"))
                .isEqualTo(new LimitsConfig(0, 0, 1000, 20, SynCookieMode.NEVER, 1000));
        assertThat(ConfigTexts.problemsOf(with("{openFlows: 0}")))
                .contains("limits.openFlows: 0 is not a number of connections (1-");
    }

    @Test
    void shouldReadWhenCookiesAreWanted() throws ConfigException {
        assertThat(ConfigTexts.parse(withCookies("synCookies: always"))
                        .limits("web")
                        .synCookies())
                .isEqualTo(SynCookieMode.ALWAYS);
        assertThat(ConfigTexts.parse(withCookies("synCookies: auto")).limits("web"))
                .isEqualTo(new LimitsConfig(0, 0, 0, 0, SynCookieMode.AUTO, 1000));
        assertThat(ConfigTexts.parse(withCookies("synCookies: auto\n    synCookiesAbove: 50"))
                        .limits("web")
                        .synCookiesAbove())
                .isEqualTo(50);
    }

    @Test
    void shouldSayWhereCookiesCannotBe() {
        assertThat(ConfigTexts.problemsOf(withCookies("synCookies: sometimes")))
                .isEqualTo("edge1.yaml:13: services[0].synCookies: sometimes is not one of never, auto, always");
        assertThat(ConfigTexts.problemsOf(withCookies("synCookies: always\n    synCookiesAbove: 50")))
                .isEqualTo("edge1.yaml:14: services[0].synCookiesAbove: is for synCookies: auto");
        assertThat(ConfigTexts.problemsOf(withCookies("synCookies: auto").replace("full-nat", "dsr-ipip")))
                .contains(
                        "services[0].synCookies: in dsr-ipip the backend answers the client itself, so nobody could make"
                                + " the handshake in its place; full-nat and nat can have SYN cookies");
        assertThat(ConfigTexts.problemsOf(withCookies("synCookies: auto").replace("protocol: tcp", "protocol: udp")))
                .isEqualTo("edge1.yaml:13: services[0].synCookies: UDP has no handshake that a cookie could stand for");
    }

    private static String withCookies(final String keys) {
        return ConfigTexts.with("    forwarding: full-nat\n", "    forwarding: full-nat\n    " + keys + "\n");
    }

    @Test
    void shouldRefuseWhatIsNoLimit() {
        assertThat(ConfigTexts.problemsOf(with("{newPerSecond: 0}")))
                .isEqualTo("edge1.yaml:13: services[0].limits.newPerSecond: 0 is not new connections in a second"
                        + " (1-10000000)");
        assertThat(ConfigTexts.problemsOf(with("{perSecond: 1}")))
                .isEqualTo("edge1.yaml:13: services[0].limits.perSecond: unknown key;"
                        + " allowed: newPerSecond, newPerSecondPerClient, openFlows, openFlowsPerClient");
    }
}
