package io.fastpath.afxdpnative.interfaces;

import io.fastpath.afxdpnative.sys.NativeMemory;
import java.util.Optional;

/**
 * Who drives an interface. Texts are empty where the driver doesn't tell.
 *
 * @param name of the driver, for example {@code ixgbe} or {@code veth}.
 * @param version of the driver.
 * @param firmwareVersion of the NIC.
 * @param bus address of the device, for example a PCI address.
 */
public record Driver(String name, String version, String firmwareVersion, String bus) {
    private static final int ETHTOOL_GDRVINFO = 0x03;
    private static final int LENGTH = 196;
    private static final int NAME_OFFSET = 4;
    private static final int VERSION_OFFSET = 36;
    private static final int FIRMWARE_OFFSET = 68;
    private static final int BUS_OFFSET = 100;
    private static final int TEXT_LENGTH = 32;

    static Optional<Driver> read(final EthtoolSocket ethtool, final String name) {
        try (NativeMemory info = NativeMemory.allocate(LENGTH)) {
            return ethtool.run(name, ETHTOOL_GDRVINFO, info)
                    ? Optional.of(new Driver(
                            text(info, NAME_OFFSET),
                            text(info, VERSION_OFFSET),
                            text(info, FIRMWARE_OFFSET),
                            text(info, BUS_OFFSET)))
                    : Optional.empty();
        }
    }

    private static String text(final NativeMemory info, final int offset) {
        return NativeMemory.cString(info.address() + offset, TEXT_LENGTH);
    }
}
