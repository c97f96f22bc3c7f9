package io.fastpath.fastpath.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.control.StatusReport.FlowsReport;
import org.junit.jupiter.api.Test;

class StatusReportTest {
    @Test
    void shouldTellConnectionsBeyondTheCapacityAsWhatTheyAre() {
        assertThat(FlowsReport.of(1760, 1000, 4096)).isEqualTo(new FlowsReport(1760, 1000, 3520, 4096));
    }

    /** Opened and closed are counted by several threads, and read one after the other. */
    @Test
    void shouldNeverTellMoreThanThereIs() {
        assertThat(FlowsReport.of(2049, 1000, 4096).usedSlotCount()).isEqualTo(4096);
        assertThat(FlowsReport.of(-3, 1000, 4096).used()).isZero();
    }
}
