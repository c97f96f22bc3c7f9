package io.fastpath.afxdpnative.interfaces;

import io.fastpath.afxdpnative.sys.NativeMemory;
import java.util.Optional;
import org.agrona.DirectBuffer;

/**
 * Descriptors in the NIC's own rings.
 *
 * @param rxCount in a receive ring.
 * @param txCount in a transmit ring.
 * @param rxLimit what a receive ring could have.
 * @param txLimit what a transmit ring could have.
 */
public record NicRingSizes(int rxCount, int txCount, int rxLimit, int txLimit) {
    private static final int ETHTOOL_GRINGPARAM = 0x10;
    private static final int LENGTH = 36;

    static Optional<NicRingSizes> read(final EthtoolSocket ethtool, final String name) {
        try (NativeMemory rings = NativeMemory.allocate(LENGTH)) {
            return ethtool.run(name, ETHTOOL_GRINGPARAM, rings)
                    ? Optional.of(decode(rings.buffer()))
                    : Optional.empty();
        }
    }

    /** Decode {@code struct ethtool_ringparam}. */
    static NicRingSizes decode(final DirectBuffer rings) {
        return new NicRingSizes(rings.getInt(20), rings.getInt(32), rings.getInt(4), rings.getInt(16));
    }
}
