package io.fastpath.afxdpnative.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.NativeException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.IntFunction;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Requests and dumps against a kernel of straw. */
class NetlinkExchangeTest implements NetlinkChannel {
    private static final int DATA = 100;

    private final List<Integer> requestFlags = new ArrayList<>();
    private final Deque<byte[]> replies = new ArrayDeque<>();
    private final NetlinkExchange exchange = new NetlinkExchange(this);
    private final MessageWriter request = new MessageWriter().begin(18, 0);
    private IntFunction<List<byte[]>> kernel;
    private UnsafeBuffer received = new UnsafeBuffer(new byte[0]);
    private boolean closed;

    @Override
    public void send(final DirectBuffer message, final int length) {
        requestFlags.add(message.getShort(6) & 0xFFFF);
        replies.addAll(kernel.apply(message.getInt(8)));
    }

    @Override
    public int receive() {
        received = new UnsafeBuffer(replies.isEmpty() ? new byte[0] : replies.remove());
        return received.capacity();
    }

    @Override
    public DirectBuffer buffer() {
        return received;
    }

    @Override
    public void close() {
        closed = true;
    }

    @Test
    void shouldCollectADumpOverSeveralDatagrams() {
        kernel = sequence ->
                List.of(join(data(sequence, 0, 1), data(sequence, 0, 2)), data(sequence, 0, 3), done(sequence, 0, 0));

        assertThat(exchange.dump(request, "dump", this::value)).containsExactly(1, 2, 3);
        assertThat(requestFlags).containsExactly(0x301);
    }

    @Test
    void shouldReadAgainWhatWasInterrupted() {
        kernel = sequence ->
                List.of(data(sequence, sequence < 3 ? 0x12 : 2, sequence), done(sequence, sequence == 3 ? 0x10 : 0, 0));

        assertThat(exchange.dump(request, "dump", this::value))
                .as("neither of an interrupted message nor of an interrupted end")
                .containsExactly(4);
    }

    @Test
    void shouldGiveUpOnATableThatNeverRests() {
        kernel = sequence -> List.of(done(sequence, 0x10, 0));

        assertThatThrownBy(() -> exchange.dump(request, "list routes", this::value))
                .isInstanceOfSatisfying(
                        NativeException.class,
                        ex -> assertThat(ex.is(Errno.EINTR)).isTrue())
                .hasMessageStartingWith("list routes failed: EINTR");
        assertThat(requestFlags).hasSize(NetlinkExchange.DUMP_ATTEMPT_LIMIT);
    }

    @Test
    void shouldSkipWhatAnEarlierRequestLeftBehind() {
        kernel = sequence -> List.of(
                data(sequence - 1, 0, 7), done(sequence - 1, 0, -5), data(sequence, 0, 1), done(sequence, 0, 0));

        assertThat(exchange.dump(request, "dump", this::value)).containsExactly(1);
    }

    @Test
    void shouldTakeTheAnswerAndItsAcknowledgement() {
        kernel = sequence -> List.of(data(sequence, 0, 5), error(sequence, 0, 0x100, ""));

        assertThat(exchange.get(request, "get", this::value)).containsExactly(5);
        assertThat(requestFlags).containsExactly(0x005);
        exchange.close();
        assertThat(closed).isTrue();
    }

    @Test
    void shouldPassOnTheSentenceOfAnError() {
        for (final int capped : new int[] {0, 0x100}) {
            kernel = sequence -> List.of(error(sequence, -22, 0x200 | capped, "Invalid link address"));
            assertThatThrownBy(() -> exchange.execute(request, "set neighbour 10.0.0.1"))
                    .isInstanceOf(NativeException.class)
                    .hasMessage("set neighbour 10.0.0.1 failed: EINVAL (22, Invalid argument): "
                            + "the kernel says: Invalid link address");
        }
        kernel = sequence -> List.of(error(sequence, -1, 0x300, "No"));
        assertThatThrownBy(() -> exchange.execute(request, "x"))
                .hasMessageContaining("CAP_NET_ADMIN in this network namespace; the kernel says: No");
        kernel = sequence -> List.of(error(sequence, -19, 0x100, ""));
        assertThatThrownBy(() -> exchange.execute(request, "x")).hasMessageEndingWith("the interface is gone");
    }

    @Test
    void shouldPassOnTheErrorThatEndsADump() {
        kernel = sequence -> List.of(done(sequence, 0, -105));

        assertThatThrownBy(() -> exchange.dump(request, "dump", this::value))
                .isInstanceOfSatisfying(
                        NativeException.class,
                        ex -> assertThat(ex.is(Errno.ENOBUFS)).isTrue());
    }

    @Test
    void shouldNotWaitForeverForAnAnswer() {
        kernel = sequence -> List.of(data(sequence, 0, 1));

        assertThatThrownBy(() -> exchange.dump(request, "dump", this::value))
                .isInstanceOfSatisfying(
                        NativeException.class,
                        ex -> assertThat(ex.is(Errno.ETIMEDOUT)).isTrue());
    }

    @Test
    void shouldRefuseAnErrorThatIsCutOffAnywhere() {
        final byte[] whole = error(1, -22, 0x200, "Invalid link address");
        for (int length = 16; length < whole.length; length++) {
            final byte[] cut = new byte[length];
            System.arraycopy(whole, 0, cut, 0, length);
            kernel = sequence -> {
                final UnsafeBuffer buffer = new UnsafeBuffer(cut);
                buffer.putInt(0, cut.length);
                buffer.putInt(8, sequence);
                return List.of(cut);
            };
            assertThatThrownBy(() -> exchange.execute(request, "x"))
                    .as("%d bytes", length)
                    .isInstanceOfAny(NetlinkFormatException.class, NativeException.class);
        }
    }

    @Test
    void shouldNotBelieveTheLengthOfTheRequestThatAnErrorRepeats() {
        for (final int length : new int[] {-1, 0, 15, 200, Integer.MAX_VALUE}) {
            kernel = sequence -> {
                final byte[] message = error(sequence, -22, 0x200, "Invalid link address");
                new UnsafeBuffer(message).putInt(20, length);
                return List.of(message);
            };
            assertThatThrownBy(() -> exchange.execute(request, "x"))
                    .as("%d bytes", length)
                    .isInstanceOf(NetlinkFormatException.class);
        }
    }

    private Integer value(final DirectBuffer buffer, final int offset, final int length) {
        assertThat(length).isEqualTo(4);
        return buffer.getInt(offset);
    }

    private static byte[] data(final int sequence, final int flags, final int value) {
        return bytes(new MessageWriter().begin(DATA, flags).s32(value), sequence);
    }

    private static byte[] done(final int sequence, final int flags, final int error) {
        return bytes(new MessageWriter().begin(3, flags).s32(error), sequence);
    }

    private static byte[] error(final int sequence, final int error, final int flags, final String sentence) {
        final MessageWriter message = new MessageWriter().begin(2, flags).s32(error);
        final boolean capped = (flags & 0x100) != 0;
        message.s32(capped ? 4096 : 24).u16(18).u16(5).s32(sequence).s32(0);
        if (!capped) {
            message.s32(-1).s32(-1);
        }
        if ((flags & 0x200) != 0) {
            message.attribute(2, 12).attribute(1, sentence);
        }
        return bytes(message, sequence);
    }

    private static byte[] bytes(final MessageWriter message, final int sequence) {
        message.sequence(sequence);
        final byte[] bytes = new byte[message.length()];
        message.buffer().getBytes(0, bytes);
        return bytes;
    }

    private static byte[] join(final byte[] first, final byte[] second) {
        final byte[] both = new byte[first.length + second.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
