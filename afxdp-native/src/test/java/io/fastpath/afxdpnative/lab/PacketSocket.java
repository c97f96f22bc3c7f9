package io.fastpath.afxdpnative.lab;

import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.NativeMemory;
import java.util.Arrays;

/** The other end of the wire: sends and receives whole frames of the test's EtherType on an interface (packet(7)). */
public final class PacketSocket implements AutoCloseable {
    /** Local experimental EtherType, which no protocol of the machine touches. */
    public static final int ETHER_TYPE = 0x88b5;

    private static final int AF_PACKET = 17;
    private static final int FRAME_LENGTH_LIMIT = 4096;

    private final int fd;
    private final NativeMemory frame = NativeMemory.allocate(FRAME_LENGTH_LIMIT);

    public PacketSocket(final String interfaceName) {
        final short protocol = Short.reverseBytes((short) ETHER_TYPE);
        fd = (int) Libc.check(
                Libc.socket(AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_NONBLOCK, Short.toUnsignedInt(protocol)),
                "socket(AF_PACKET)",
                "these tests need root");
        try (NativeMemory address = NativeMemory.allocate(20)) {
            address.buffer().putShort(0, (short) AF_PACKET);
            address.buffer().putShort(2, protocol);
            address.buffer().putInt(4, TestNamespace.ifindex(interfaceName));
            Libc.check(Libc.bind(fd, address.address(), address.length()), "bind(AF_PACKET)", "");
        }
    }

    /** {@return a frame of the test's EtherType, numbered so that each is told from each} */
    public static byte[] frame(final int length, final int number) {
        final byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) number);
        Arrays.fill(bytes, 0, 6, (byte) 0xff);
        Arrays.fill(bytes, 6, 12, (byte) 2);
        bytes[12] = (byte) (ETHER_TYPE >> 8);
        bytes[13] = (byte) ETHER_TYPE;
        bytes[14] = (byte) (number >> 8);
        bytes[15] = (byte) number;
        return bytes;
    }

    public void send(final byte[] bytes) {
        frame.buffer().putBytes(0, bytes);
        Libc.check(Libc.sendto(fd, frame.address(), bytes.length, 0, 0, 0), "sendto(AF_PACKET)", "");
    }

    /** {@return the next frame, or null if none is there} */
    public byte[] receive() {
        final long length = Libc.recvfrom(fd, frame.address(), FRAME_LENGTH_LIMIT, 0, 0, 0);
        if (length < 0) {
            return null;
        }
        final byte[] bytes = new byte[(int) length];
        frame.buffer().getBytes(0, bytes);
        return bytes;
    }

    /** {@return the next frame, waited for} */
    public byte[] await() {
        final byte[][] received = new byte[1][];
        Await.until("a frame at the packet socket", () -> (received[0] = receive()) != null);
        return received[0];
    }

    @Override
    public void close() {
        Libc.close(fd);
        frame.close();
    }
}
