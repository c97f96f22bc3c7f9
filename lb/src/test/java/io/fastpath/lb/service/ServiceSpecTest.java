package io.fastpath.lb.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.Samples;
import io.fastpath.lb.maglev.MaglevSize;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceSpecTest {
    @Test
    void shouldHaveTheDefaultTable() {
        final ServiceSpec spec = new ServiceSpec(
                "web", Address.parse("10.7.0.100"), 80, Protocol.TCP, Forwarding.FULL_NAT, Samples.backends(2));
        assertThat(spec.maglevSize()).isEqualTo(MaglevSize.DEFAULT);
        assertThat(spec.weightedCount()).isEqualTo(2);
        assertThat(spec.key()).hasToString("tcp 10.7.0.100:80");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "-a", "a\n", "ä", "a/b"})
    void shouldRefuseNamesThatLabelsCannotCarry(final String name) {
        refuse(name, "10.7.0.100", 80, 23, List.of(), "service name");
    }

    @Test
    void shouldNameTheServiceAndWhatIsAllowed() {
        refuse("x".repeat(64), "10.7.0.100", 80, 23, List.of(), "1 to 63");
        refuse("web", "224.0.0.1", 80, 23, List.of(), "service web: VIP 224.0.0.1 can't be one");
        refuse("web", "10.7.0.100", 0, 23, List.of(), "service web: port 0 is not in 1..65535");
        refuse("web", "10.7.0.100", 65_536, 23, List.of(), "port 65536");
        refuse("web", "10.7.0.100", 80, 24, List.of(), "service web: Maglev table size 24 is not a prime");
        refuse("web", "10.7.0.100", 80, 2, Samples.backends(3), "3 backends don't fit in a Maglev table of 2");
        refuse("web", "2001:db8::1", 80, 23, Samples.backends(1), "10.0.0.1:8080 is not of the family");
        refuse("web", "10.0.0.1", 80, 23, Samples.backends(1), "is the VIP itself");
        final BackendSpec backend = new BackendSpec(Samples.ipv4(1), 80, 1);
        final BackendSpec twin = new BackendSpec(Samples.ipv4(1), 80, 2);
        refuse("web", "10.7.0.100", 80, 23, List.of(backend, twin), "10.0.0.1:80 is there twice");
    }

    @Test
    void shouldRefuseBackendsThatCannotBe() {
        final Address address = Samples.ipv4(1);
        assertThat(new BackendSpec(address, 0, 1).endpoint(443).port()).isEqualTo(443);
        assertThat(new BackendSpec(address, 80, 1).endpoint(443).port()).isEqualTo(80);
        assertThatThrownBy(() -> new BackendSpec(address, 80, -1)).hasMessageContaining("weight -1");
        assertThatThrownBy(() -> new BackendSpec(address, 80, 1001)).hasMessageContaining("0..1000");
        assertThatThrownBy(() -> new BackendSpec(Address.parse("127.0.0.1"), 80, 1))
                .hasMessageContaining("127.0.0.1:80 can't be forwarded to");
    }

    private static void refuse(
            final String name,
            final String vip,
            final int port,
            final int maglevSize,
            final List<BackendSpec> backends,
            final String reason) {
        assertThatThrownBy(() -> new ServiceSpec(
                        name, Address.parse(vip), port, Protocol.TCP, Forwarding.NAT, maglevSize, backends))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}
