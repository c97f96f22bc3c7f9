package io.fastpath.fastpath.capture;

/**
 * A frame of a capture.
 *
 * @param timeNs since 1970
 * @param bytes that the capture has of it, from the Ethernet header on
 * @param originalLength bytes that it had on the wire, at least those that are there
 */
public record CapturedFrame(long timeNs, byte[] bytes, int originalLength) {
    /** {@return whether the capture has only its beginning} */
    public boolean isCut() {
        return bytes.length < originalLength;
    }
}
