package io.fastpath.fastpath.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One client of the control server: reads a request, makes the answer a piece at a time, writes each piece before the
 * next is made, reads the next request. Its memory is one request and one piece. The server's thread only.
 *
 * <pre>
 *   reading --line--> answering --all written--> reading
 *      |  end of input, nothing pending: done
 * </pre>
 */
final class ControlSession {
    /** Pieces without a byte to write that are made before other clients get their turn. */
    private static final int PIECES_PER_TURN = 64;

    private final SocketChannel channel;
    private final ControlCommands commands;
    private final ByteBuffer in = ByteBuffer.allocate(ControlProtocol.REQUEST_LENGTH_LIMIT);
    private ByteBuffer out = ByteBuffer.allocate(0);
    private ControlAnswer answer;
    private boolean inputEnded;
    private boolean last;
    private long progressNs;

    ControlSession(final SocketChannel channel, final ControlCommands commands, final long nowNs) {
        this.channel = channel;
        this.commands = commands;
        progressNs = nowNs;
    }

    /**
     * Does what can be done without waiting.
     *
     * @param nowNs CLOCK_MONOTONIC.
     * @return false when the session is over, for whatever reason.
     */
    boolean turn(final long nowNs) {
        try {
            if (answer == null && !out.hasRemaining()) {
                receive(nowNs);
            }
            for (int i = 0; i < PIECES_PER_TURN && answer != null && !out.hasRemaining(); i++) {
                makePiece();
                send(nowNs);
            }
            send(nowNs);
            return answer != null || out.hasRemaining() || !(inputEnded && in.position() == 0) && !last;
        } catch (final IOException ex) {
            return false; // the client is gone
        }
    }

    /** {@return what this session waits for: 0 when it has work to do at once} */
    int interest() {
        if (out.hasRemaining()) {
            return SelectionKey.OP_WRITE;
        }
        return answer != null || nextLineEnd() >= 0 ? 0 : SelectionKey.OP_READ;
    }

    /** {@return when the last byte moved, or the last piece was made} */
    long progressNs() {
        return progressNs;
    }

    private void receive(final long nowNs) throws IOException {
        if (nextLineEnd() < 0 && !inputEnded) {
            final int count = channel.read(in);
            inputEnded = count < 0;
            progressNs = count > 0 ? nowNs : progressNs;
        }
        final int end = nextLineEnd();
        if (end >= 0) {
            answer = commands.answer(take(end, 1));
        } else if (inputEnded && in.position() > 0) {
            answer = commands.answer(take(in.position(), 0));
        } else if (!in.hasRemaining()) {
            answer = ControlAnswer.of(ControlProtocol.error("the request is longer than " + in.capacity() + " bytes"));
            last = true;
        }
    }

    private int nextLineEnd() {
        for (int i = 0; i < in.position(); i++) {
            if (in.get(i) == '\n') {
                return i;
            }
        }
        return -1;
    }

    private String take(final int length, final int endLength) {
        final byte[] line = new byte[length];
        in.flip();
        in.get(line);
        in.position(length + endLength);
        in.compact();
        return new String(line, StandardCharsets.UTF_8);
    }

    private void makePiece() {
        final ByteArrayOutputStream piece = new ByteArrayOutputStream();
        final boolean more = answer.next(line -> piece.writeBytes(line.getBytes(StandardCharsets.UTF_8)));
        out = ByteBuffer.wrap(piece.toByteArray());
        answer = more ? answer : null;
    }

    private void send(final long nowNs) throws IOException {
        if (!out.hasRemaining()) {
            progressNs = answer != null ? nowNs : progressNs;
        } else if (channel.write(out) > 0) {
            progressNs = nowNs;
        }
    }
}
