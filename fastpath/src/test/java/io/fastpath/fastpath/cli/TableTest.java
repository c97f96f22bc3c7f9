package io.fastpath.fastpath.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void shouldAlignTextLeftAndNumbersRight() {
        final Table table = new Table("NAME", "#COUNT", "NOTE");
        table.row("a", 1, "");
        table.row("longer", 12345678, "x");

        assertThat(table.lines()).containsExactly("NAME       COUNT  NOTE", "a              1", "longer  12345678  x");
    }

    @Test
    void shouldRefuseARowOfAnotherLength() {
        assertThatThrownBy(() -> new Table("A").row(1, 2)).hasMessage("2 cells for 1 columns");
    }

    @Test
    void shouldWriteQuantitiesAsPeopleDo() {
        assertThat(Quantities.bytes(0)).isEqualTo("0 B");
        assertThat(Quantities.bytes(1023)).isEqualTo("1023 B");
        assertThat(Quantities.bytes(1536)).isEqualTo("1.5 KiB");
        assertThat(Quantities.bytes(Long.MAX_VALUE)).isEqualTo("8192.0 PiB");
        assertThat(Quantities.duration(999)).isEqualTo("999ms");
        assertThat(Quantities.duration(59_999)).isEqualTo("59s");
        assertThat(Quantities.duration(TimeUnit.HOURS.toMillis(25))).isEqualTo("1d 1h");
        assertThat(Quantities.endpoint("fd00::1", 80)).isEqualTo("[fd00::1]:80");
        assertThat(Quantities.count(1, "queue") + Quantities.count(0, "queue")).isEqualTo("1 queue0 queues");
    }
}
