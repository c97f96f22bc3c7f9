package io.fastpath.fastpath.instance;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.lb.Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

final class SolicitedNodeGroupsTest {
    /** The example of RFC 4291, 2.7.1. */
    @Test
    void shouldFormTheGroupOfTheLastThreeBytes() throws UnknownHostException {
        final byte[] group = SolicitedNodeGroups.groupOf(Address.parse("4037::01:800:200e:8c6c"));
        assertThat(InetAddress.getByAddress(group)).isEqualTo(InetAddress.getByName("ff02::1:ff0e:8c6c"));
    }
}
