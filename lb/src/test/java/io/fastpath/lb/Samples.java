package io.fastpath.lb;

import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.ArrayList;
import java.util.List;

/** Values that several tests need. */
public final class Samples {
    private Samples() {}

    public static Address ipv4(final int number) {
        return Address.ofBytes(new byte[] {10, (byte) (number >>> 16), (byte) (number >>> 8), (byte) number});
    }

    public static List<BackendSpec> backends(final int count) {
        final List<BackendSpec> backends = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            backends.add(new BackendSpec(ipv4(i), 8080, 1));
        }
        return backends;
    }

    public static byte[] bytes(final SharedMemory memory) {
        final byte[] bytes = new byte[Math.toIntExact(memory.length())];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = memory.getByte(i);
        }
        return bytes;
    }

    /** All tables of load balancing, one after the other. */
    public static List<byte[]> bytes(final LbMemory memory) {
        return List.of(bytes(memory.services()), bytes(memory.maglev()), bytes(memory.backends()));
    }
}
