package io.fastpath.fastpath.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.lb.service.TcpCheckLevel;
import org.junit.jupiter.api.Test;

/** How connections are tracked, as the configuration says it. */
class TrackingConfigTest {
    private static final String TEXT = """
            instance: a
            interfaces: [{name: eth1}]
            workers: {cpus: [0]}
            flows: {synTries: 5}
            snat: {addresses: [10.8.0.1]}
            services:
              - {name: web, vip: 10.7.0.1, port: 80, protocol: tcp, forwarding: nat, midStream: pickup, tcpCheck: loose, backends: [{address: 10.8.0.2}]}
            """;

    @Test
    void shouldReadWhatIsSaid() throws ConfigException {
        final InstanceConfig config = ConfigTexts.parse(TEXT);

        assertThat(config.flows().synTries()).isEqualTo(5);
        assertThat(config.services().get(0).tracking().picksUp()).isTrue();
        assertThat(config.services().get(0).tracking().tcpCheck()).isEqualTo(TcpCheckLevel.LOOSE);
    }

    @Test
    void shouldRefuseOtherWords() {
        assertThat(ConfigTexts.problemsOf(TEXT.replace("pickup", "maybe")))
                .contains("7: services[0].midStream: maybe is not one of drop, pickup");
        assertThat(ConfigTexts.problemsOf(TEXT.replace("loose", "sharp")))
                .contains("7: services[0].tcpCheck: sharp is not one of off, loose, strict");
        assertThat(ConfigTexts.problemsOf(TEXT.replace("synTries: 5", "synTries: 16")))
                .contains("4: flows.synTries: 16 is not a number of retransmissions (0-15)");
    }

    @Test
    void shouldSayWhereConnectionsCannotBePickedUp() {
        assertThat(ConfigTexts.problemsOf(TEXT.replace("forwarding: nat", "forwarding: full-nat")))
                .contains("midStream: with full-nat a backend knows a connection by its source port");
        assertThat(ConfigTexts.problemsOf(TEXT.replace("protocol: tcp", "protocol: udp")))
                .contains("midStream: is for TCP");
        assertThat(ConfigTexts.problemsOf(
                        TEXT.replace("midStream: pickup, ", "").replace("protocol: tcp", "protocol: udp")))
                .contains("tcpCheck: is for TCP");
    }
}
