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
                .isEqualTo(new LimitsConfig(5000, 10));
        assertThat(ConfigTexts.parse(with("{newPerSecondPerClient: 10}")).limits("web"))
                .isEqualTo(new LimitsConfig(0, 10));
    }

    @Test
    void shouldRefuseWhatIsNoLimit() {
        assertThat(ConfigTexts.problemsOf(with("{newPerSecond: 0}")))
                .isEqualTo("edge1.yaml:13: services[0].limits.newPerSecond: 0 is not new connections in a second"
                        + " (1-10000000)");
        assertThat(ConfigTexts.problemsOf(with("{perSecond: 1}")))
                .isEqualTo("edge1.yaml:13: services[0].limits.perSecond: unknown key;"
                        + " allowed: newPerSecond, newPerSecondPerClient");
    }
}
