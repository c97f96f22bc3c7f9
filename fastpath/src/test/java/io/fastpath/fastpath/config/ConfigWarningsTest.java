package io.fastpath.fastpath.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigWarningsTest {
    private static final PortRange LOCAL = new PortRange(32768, 60999);

    @Test
    void shouldWarnOfPortsThatTheNodeUsesItself() throws ConfigException {
        assertThat(warnings(ConfigTexts.GOOD))
                .singleElement()
                .asString()
                .startsWith("snat.ports: 1024-65535 overlaps net.ipv4.ip_local_port_range 32768-60999");
        assertThat(warnings(ConfigTexts.with("1024-65535", "1024-32767"))).isEmpty();
        assertThat(warnings(ConfigTexts.with("1024-65535", "61000-65535"))).isEmpty();
        assertThat(ConfigWarnings.of(ConfigTexts.parse(ConfigTexts.GOOD), null)).isEmpty();
    }

    @Test
    void shouldNotWarnOfPortsThatNobodyUses() throws ConfigException {
        assertThat(warnings(ConfigTexts.with("full-nat", "nat").replace("addresses: [10.8.0.1], ", "")))
                .isEmpty();
    }

    @Test
    void shouldWarnOfPrivilegedPorts() throws ConfigException {
        assertThat(warnings(ConfigTexts.with("1024-65535", "1000-2000")))
                .containsExactly(
                        "snat.ports: 1000-2000 includes ports below 1024, which servers may take for a privileged"
                                + " client's");
    }

    @Test
    void shouldWarnOfAServiceThatTakesNobody() throws ConfigException {
        assertThat(warnings(ConfigTexts.with("1024-65535", "1024-2000").replace("weight: 1", "weight: 0")))
                .containsExactly(
                        "services web: every backend has weight 0 or is draining: new connections will be dropped");
    }

    @Test
    void shouldWarnOfATableTooSmallForItsBackends() throws ConfigException {
        final StringBuilder text = new StringBuilder(
                ConfigTexts.with("1024-65535", "1024-2000").replace("forwarding: full-nat", "maglevSize: 251"));
        assertThat(warnings(text.toString())).isEmpty();
        text.append("      - {address: 10.8.0.12, port: 80}\n      - {address: 10.8.0.13, port: 80}\n");

        assertThat(warnings(text.toString()))
                .containsExactly(
                        "services web: 251 Maglev slots for 3 backends spread unevenly; a hundred slots per backend"
                                + " are good (maglevSize)");
    }

    @Test
    void shouldReadAndWriteDurations() {
        assertThat(Durations.parseNs("500ms")).isEqualTo(500_000_000L);
        assertThat(Durations.parseNs("2h")).isEqualTo(7_200_000_000_000L);
        assertThat(Durations.parseNs("999999999999d")).isNull();
        assertThat(Durations.parseNs("1.5h")).isNull();
        assertThat(Durations.parseNs("")).isNull();
        for (final String text : new String[] {"1ms", "1500ms", "90s", "5m", "2h", "20d"}) {
            assertThat(Durations.format(Durations.parseNs(text))).isEqualTo(text);
        }
        assertThat(Durations.format(Durations.parseNs("120s"))).isEqualTo("2m");
    }

    private static List<String> warnings(final String text) throws ConfigException {
        return ConfigWarnings.of(ConfigTexts.parse(text), LOCAL);
    }
}
