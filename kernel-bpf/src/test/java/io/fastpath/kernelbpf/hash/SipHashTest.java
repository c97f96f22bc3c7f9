package io.fastpath.kernelbpf.hash;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SipHashTest {
    /** Appendix A of the paper: key 00..0f, message 00..0e. */
    @Test
    void shouldGiveTheResultOfThePaper() {
        final SipHash hash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
        hash.begin();
        hash.word(0x0706050403020100L);
        assertThat(hash.endWith(0x0f0e0d0c0b0a0908L)).isEqualTo(0xa129ca6149be45e5L);
    }

    @Test
    void shouldForgetTheMessageBefore() {
        final SipHash hash = new SipHash(1, 2);
        hash.begin();
        hash.word(3);
        final long first = hash.end(Long.BYTES);
        hash.begin();
        hash.word(3);
        assertThat(hash.end(Long.BYTES)).isEqualTo(first);
    }
}
