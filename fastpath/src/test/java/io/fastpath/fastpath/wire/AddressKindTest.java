package io.fastpath.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.lb.Address;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressKindTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.255.255.255",
                "127.0.0.1",
                "127.255.255.255",
                "224.0.0.0",
                "239.1.2.3",
                "240.0.0.0",
                "255.255.255.255",
                "::",
                "::1",
                "ff00::",
                "ff02::1"
            })
    void shouldKnowMartians(final String text) {
        final Address address = Address.parse(text);
        assertThat(AddressKind.isMartianSource(address.word0(), address.word1()))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0.0.0",
                "10.0.0.1",
                "126.255.255.255",
                "128.0.0.0",
                "223.255.255.255",
                "::2",
                "::1:1",
                "1::1",
                "fe80::1",
                "2001:db8::1"
            })
    void shouldLetOthersBe(final String text) {
        final Address address = Address.parse(text);
        assertThat(AddressKind.isMartianSource(address.word0(), address.word1()))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff02::1:ff00:100", "ff02::1:ffab:cdef"})
    void shouldKnowTheGroupOfANode(final String text) {
        final Address group = Address.parse(text);
        final Address member =
                Address.parse("2001:db8::" + text.substring(text.length() - 6).replace("ff", "12"));
        assertThat(AddressKind.isSolicitedNode(group.word0(), group.word1(), group.word1()))
                .isTrue();
        assertThat(AddressKind.isSolicitedNode(group.word0(), group.word1(), member.word1() ^ 1L << 56))
                .isFalse();
    }
}
