package io.fastpath.perflab.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class Ipv4AddressTest {
    @Test
    void shouldCountUpwards() {
        assertThat(Ipv4Address.format(Ipv4Address.parse("10.8.0.255") + 1)).isEqualTo("10.8.1.0");
        assertThat(Ipv4Address.format(Ipv4Address.parse("255.0.0.1"))).isEqualTo("255.0.0.1");
    }

    @Test
    void shouldRefuseWhatIsNoAddress() {
        assertThatThrownBy(() -> Ipv4Address.parse("localhost")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Ipv4Address.parse("10.8.0.256")).isInstanceOf(IllegalArgumentException.class);
    }
}
