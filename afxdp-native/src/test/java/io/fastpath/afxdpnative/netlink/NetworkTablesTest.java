package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.Ip.ip;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Notifications applied without a kernel. */
class NetworkTablesTest {
    private final NetworkTables tables = new NetworkTables();
    private final MessageWriter writer = new MessageWriter();

    @Test
    void shouldFollowLinksAndTakeWhatHangsOnThemAlong() {
        link(16, 0, 3);
        neighbour(28, 3, "10.0.0.1", 2);
        neighbour(28, 4, "10.0.0.1", 2);
        address(20, 3, "10.0.0.9");
        assertThat(tables.links().values()).extracting(Link::ifindex).containsExactly(3);

        link(17, 0, 3);

        assertThat(tables.links().values()).isEmpty();
        assertThat(tables.addresses().values()).isEmpty();
        assertThat(tables.neighbours().values()).extracting(Neighbour::ifindex).containsExactly(4);
    }

    @Test
    void shouldNotLoseALinkThatLeavesItsBridge() {
        link(16, 0, 3);
        link(17, 7, 3);
        assertThat(tables.links().values()).extracting(Link::ifindex).containsExactly(3);
    }

    @Test
    void shouldFollowNeighboursAndAddresses() {
        neighbour(28, 3, "10.0.0.1", 1);
        neighbour(28, 3, "10.0.0.1", 2);
        assertThat(tables.neighbours().values()).extracting(Neighbour::state).containsExactly(2);
        neighbour(29, 3, "10.0.0.1", 0);
        assertThat(tables.neighbours().values()).isEmpty();
        address(20, 3, "10.0.0.9");
        address(21, 3, "10.0.0.9");
        assertThat(tables.addresses().values()).isEmpty();
        assertThat(tables.addresses().takeChanges()).as("came and went").isEmpty();
    }

    @Test
    void shouldTellWhatWasAndWhatIs() {
        final TrackedTable<Integer, String> table = new TrackedTable<>(String::length);
        table.put("a");
        table.put("bb");
        assertThat(table.takeChanges())
                .containsExactly(new TrackedTable.Change<>(null, "a"), new TrackedTable.Change<>(null, "bb"));
        table.put("x");
        table.put("y");
        table.remove("bb");
        table.put("ccc");
        table.remove("ccc");
        assertThat(table.takeChanges())
                .containsExactly(new TrackedTable.Change<>("a", "y"), new TrackedTable.Change<>("bb", null));
        table.replaceAll(List.of("y", "zz"));
        assertThat(table.takeChanges()).containsExactly(new TrackedTable.Change<>(null, "zz"));
        table.replaceAll(List.of());
        table.replaceAll(List.of("y", "zz"));
        assertThat(table.takeChanges()).isEmpty();
        assertThat(table.values()).containsExactly("y", "zz");
    }

    private void link(final int type, final int family, final int ifindex) {
        writer.begin(type, 0).u8(family).u8(0).u16(1).s32(ifindex).s32(1).s32(0).attribute(3, "fp" + ifindex);
        apply();
    }

    private void neighbour(final int type, final int ifindex, final String address, final int state) {
        writer.begin(type, 0)
                .s32(2)
                .s32(ifindex)
                .u16(state)
                .u16(0)
                .attribute(1, ip(address).bytes());
        apply();
    }

    private void address(final int type, final int ifindex, final String address) {
        writer.begin(type, 0)
                .u8(2)
                .u8(24)
                .u16(0)
                .s32(ifindex)
                .attribute(2, ip(address).bytes());
        apply();
    }

    private void apply() {
        final MessageCursor message = new MessageCursor().wrap(writer.buffer(), 0, writer.length());
        assertThat(message.next()).isTrue();
        tables.apply(message);
    }
}
