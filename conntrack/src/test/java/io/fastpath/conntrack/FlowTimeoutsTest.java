package io.fastpath.conntrack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.kernelbpf.layout.FlowState;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FlowTimeoutsTest {
    private final FlowTimeouts defaults = FlowTimeouts.defaults();

    @Test
    void shouldHaveATimeoutAndAKeyForEveryLiveState() {
        assertThat(FlowTimeouts.keys())
                .hasSize(FlowState.COUNT - FlowState.TCP_SYN_SENT)
                .doesNotHaveDuplicates();
        for (int state = FlowState.TCP_SYN_SENT; state < FlowState.COUNT; state++) {
            assertThat(defaults.timeoutNs(state)).as(FlowState.label(state)).isPositive();
            assertThat(defaults.timeoutTicks(state)).isEqualTo((int) (defaults.timeoutNs(state) >> 20));
        }
        assertThat(defaults.timeoutNs(FlowState.TCP_ESTABLISHED)).isEqualTo(TimeUnit.HOURS.toNanos(2));
        assertThat(defaults.timeoutNs(FlowState.UDP_SINGLE)).isEqualTo(TimeUnit.SECONDS.toNanos(30));
    }

    @Test
    void shouldChangeOneStateOnly() {
        final FlowTimeouts changed = defaults.with("udp", TimeUnit.SECONDS.toNanos(5));
        assertThat(changed.timeoutNs(FlowState.UDP_SINGLE)).isEqualTo(TimeUnit.SECONDS.toNanos(5));
        assertThat(changed.timeoutNs(FlowState.UDP_STREAM)).isEqualTo(defaults.timeoutNs(FlowState.UDP_STREAM));
        assertThat(defaults.timeoutNs(FlowState.UDP_SINGLE)).isEqualTo(TimeUnit.SECONDS.toNanos(30));
        for (final String key : FlowTimeouts.keys()) {
            assertThat(defaults.with(key, FlowTimeouts.LONGEST_NS)).isNotNull();
        }
    }

    @Test
    void shouldNameKeyValueAndWhatIsAllowed() {
        assertThatThrownBy(() -> defaults.with("tcpEstablished", 0))
                .hasMessageContainingAll("tcpEstablished", "is 0 ns", "1048576", "10 days");
        assertThatThrownBy(() -> defaults.with("udp", FlowTimeouts.LONGEST_NS + 1))
                .hasMessageContaining("10 days");
        assertThatThrownBy(() -> defaults.with("tcpOpen", 1)).hasMessageContainingAll("tcpOpen", "udpStream");
        assertThatThrownBy(() -> defaults.with((String) null, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> defaults.with(FlowState.DYING, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> defaults.with(FlowState.COUNT, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldMeasureIdleTimeOverTheWrap() {
        assertThat(FlowTimeouts.idleTicks(5, -5)).isEqualTo(10);
        assertThat(FlowTimeouts.idleTicks(Integer.MIN_VALUE + 3, Integer.MAX_VALUE))
                .isEqualTo(4);
        assertThat(FlowTimeouts.idleTicks(100, 101))
                .as("another worker's clock is ahead")
                .isZero();
    }

    @Test
    void shouldExpireAfterTheTimeoutNotAtIt() {
        final int ticks = defaults.timeoutTicks(FlowState.TCP_CLOSE);
        assertThat(defaults.isExpired(FlowState.TCP_CLOSE, ticks)).isFalse();
        assertThat(defaults.isExpired(FlowState.TCP_CLOSE, ticks + 1)).isTrue();
        assertThat(defaults.isExpired(200, 1)).as("a state that nobody knows").isTrue();
    }
}
