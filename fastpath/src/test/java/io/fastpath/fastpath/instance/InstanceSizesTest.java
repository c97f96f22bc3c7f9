package io.fastpath.fastpath.instance;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.lb.service.ServiceTable;
import java.util.Arrays;
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

    @Test
    void shouldMakeRoomForEachServicesOwnMaglevTable() {
        assertThat(InstanceSizes.maglevEntryCount(65_537, 65_537))
                .isEqualTo(ServiceTable.recommendedMaglevEntryCount(18, 65_537));
        final int one = ServiceTable.recommendedMaglevEntryCount(17, 65_537);
        assertThat(InstanceSizes.maglevEntryCount(65_537, 251))
                .isEqualTo(one + ServiceTable.recommendedMaglevEntryCount(1, 251));
        final int[] many = new int[16_000];
        Arrays.fill(many, 251);
        many[0] = 6_553_577;
        assertThat(InstanceSizes.maglevEntryCount(many)).isLessThanOrEqualTo(TableSizes.MAGLEV_ENTRY_LIMIT);
    }
}
