package io.fastpath.fastpath.instance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class InstanceSizesTest {
    @Test
    void shouldHaveRoomForTheNextHopOfEveryOnLinkBackend() {
        assertThat(InstanceSizes.nextHopCount(1)).isEqualTo(4096);
        assertThat(InstanceSizes.nextHopCount(1024)).isEqualTo(4096);
        assertThat(InstanceSizes.nextHopCount(1025)).isEqualTo(8192);
        assertThat(InstanceSizes.nextHopCount(10_000)).isEqualTo(32_768);
        assertThat(InstanceSizes.nextHopCount(60_000)).isEqualTo(32_768);
    }
}
