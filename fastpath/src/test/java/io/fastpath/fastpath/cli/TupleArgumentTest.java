package io.fastpath.fastpath.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TupleArgumentTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp 10.8.0.5:40000 -> 10.7.0.100:80",
                "tcp 10.8.0.5:40000 10.7.0.100:80",
                "tcp,10.8.0.5:40000,10.7.0.100:80",
                "  tcp   10.8.0.5:40000->10.7.0.100:80 "
            })
    void shouldReadEveryWayToWriteIt(final String text) {
        assertThat(TupleArgument.parse(List.of(text)).toString())
                .isEqualTo("TupleArgument[protocol=TCP, source=10.8.0.5:40000, destination=10.7.0.100:80]");
        assertThat(TupleArgument.parse(List.of(text.strip().split(" ")))).isEqualTo(TupleArgument.parse(List.of(text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"udp [fd00::5]:40000 -> [fd00::100]:53", "udp,[fd00::5]:40000,[fd00::100]:53"})
    void shouldReadIpv6InBrackets(final String text) {
        assertThat(TupleArgument.parse(List.of(text)).destination()).hasToString("[fd00::100]:53");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "tcp 10.8.0.5:40000 -|the tuple ends with \"-\": the shell took the \">\" of the arrow",
                "tcp 10.8.0.5:40000|is not a tuple of protocol, source and destination",
                "tcp 1.2.3.4:1 -> 1.2.3.4:2 -> 1.2.3.4:3|is not a tuple of protocol, source and destination",
                "icmp 10.8.0.5:40000 -> 10.7.0.100:80|protocol \"icmp\" is unknown; allowed: tcp, udp",
                "tcp 10.8.0.5 -> 10.7.0.100:80|\"10.8.0.5\" has no port",
                "tcp [fd00::5] -> [fd00::100]:80|\"[fd00::5]\" has no port",
                "tcp [ -> [fd00::100]:80|\"[\" has no port",
                "tcp 10.8.0.5: -> 10.7.0.100:80|port \"\" is not in 1-65535",
                "tcp fd00::5 -> [fd00::100]:80|\"fd00::5\": an IPv6 address with a port stands in brackets",
                "tcp 10.8.0.5:0 -> 10.7.0.100:80|port \"0\" is not in 1-65535",
                "tcp 10.8.0.5:65536 -> 10.7.0.100:80|port \"65536\" is not in 1-65535",
                "tcp 10.8.0.5:http -> 10.7.0.100:80|port \"http\" is not in 1-65535",
                "tcp host:1 -> 10.7.0.100:80|host",
                "tcp [fd00::5]:1 -> 10.7.0.100:80|are not of one family"
            })
    void shouldSayWhatIsWrongAndHowToWriteIt(final String text, final String problem) {
        assertThatThrownBy(() -> TupleArgument.parse(List.of(text)))
                .isInstanceOfSatisfying(
                        CommandException.class, ex -> assertThat(ex.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessageContaining(problem)
                .hasMessageEndingWith(
                        "; write it as \"tcp 10.8.0.5:40000 -> 10.7.0.100:80\" or \"udp [fd00::5]:40000 ->"
                                + " [fd00::100]:53\"");
    }
}
