package io.fastpath.fastpath.control;

import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A client that speaks the protocol by hand, well or badly. */
final class RawClient implements AutoCloseable {
    private final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    private final ByteBuffer in = ByteBuffer.allocate(64 * 1024).limit(0);

    RawClient(final Path socket) throws IOException {
        channel.connect(UnixDomainSocketAddress.of(socket));
    }

    RawClient send(final String text) throws IOException {
        final OutputStream out = Channels.newOutputStream(channel);
        out.write(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    /** {@return the next line, or null at the end of what the server sends} */
    String line() throws IOException {
        final StringBuilder line = new StringBuilder();
        while (true) {
            while (in.hasRemaining()) {
                final char next = (char) in.get();
                if (next == '\n') {
                    return line.toString();
                }
                line.append(next);
            }
            in.clear();
            final int count = channel.read(in);
            in.flip();
            if (count < 0) {
                return null;
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
