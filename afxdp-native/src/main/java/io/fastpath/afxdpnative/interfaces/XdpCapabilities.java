package io.fastpath.afxdpnative.interfaces;

import java.util.Set;

/**
 * What an interface's driver says of its XDP (kernel 6.3 and newer).
 *
 * @param features that it has.
 * @param zeroCopySegmentLimit buffers that a zero-copy frame may span; 0 where the kernel doesn't tell.
 */
public record XdpCapabilities(Set<XdpFeature> features, int zeroCopySegmentLimit) {
    /** {@return whether programs run in the driver} */
    public boolean isNative() {
        return features.contains(XdpFeature.BASIC);
    }

    /** {@return whether AF_XDP works without copying} */
    public boolean isZeroCopy() {
        return features.contains(XdpFeature.XSK_ZEROCOPY);
    }
}
