package io.fastpath.conntrack.tcp;

import static io.fastpath.conntrack.tcp.TcpFlags.ACK;
import static io.fastpath.conntrack.tcp.TcpFlags.FIN;
import static io.fastpath.conntrack.tcp.TcpFlags.RST;
import static io.fastpath.conntrack.tcp.TcpFlags.SYN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.fastpath.kernelbpf.layout.FlowState;
import org.junit.jupiter.api.Test;

class TcpStatesTest {
    private static final int CLIENT = 0;
    private static final int BACKEND = 1;
    private static final int[] ALPHABET = {SYN, SYN | ACK, FIN | ACK, ACK, RST, SYN | FIN};
    private static final int DEPTH = 7;

    private int state = FlowState.TCP_SYN_SENT;
    private final boolean[] finSeen = new boolean[2];
    private final int[] path = new int[DEPTH];
    private long segments;

    @Test
    void shouldAgreeWithTheReferenceOnEverySequence() {
        walk(0, FlowState.TCP_SYN_SENT, false, false, new TcpReference());
        assertThat(segments).isEqualTo(12L * (pow(12, DEPTH) - 1) / 11);
    }

    private void walk(
            final int depth,
            final int from,
            final boolean clientFin,
            final boolean backendFin,
            final TcpReference reference) {
        if (depth == DEPTH) {
            return;
        }
        for (int step = 0; step < 2 * ALPHABET.length; step++) {
            final int side = step & 1;
            final int flags = ALPHABET[step >> 1];
            path[depth] = step;
            segments++;
            final TcpReference next = new TcpReference(reference);
            final int expected = next.segment(flags, side);
            final int answer = TcpStates.next(from, flags, side == BACKEND, side == BACKEND ? backendFin : clientFin);
            if (answer != expected) {
                fail("after %s: answer %x, expected %x", pathText(depth), answer, expected);
            }
            final boolean isFin = answer >= 0 && (flags & FIN) != 0;
            final boolean reopens = answer >= 0 && TcpStates.reopens(answer);
            walk(
                    depth + 1,
                    answer < 0 ? from : TcpStates.state(answer),
                    !reopens && (clientFin || isFin && side == CLIENT),
                    !reopens && (backendFin || isFin && side == BACKEND),
                    answer < 0 ? reference : next);
        }
    }

    @Test
    void shouldFollowAnOrdinaryConnection() {
        expect(BACKEND, SYN | ACK, FlowState.TCP_SYN_RECV);
        expect(CLIENT, ACK, FlowState.TCP_ESTABLISHED);
        expect(BACKEND, ACK | TcpFlags.PSH, FlowState.TCP_ESTABLISHED);
        expect(CLIENT, FIN | ACK, FlowState.TCP_FIN_WAIT);
        expect(BACKEND, ACK, FlowState.TCP_CLOSE_WAIT);
        expect(BACKEND, FIN | ACK, FlowState.TCP_LAST_ACK);
        expect(CLIENT, ACK, FlowState.TCP_TIME_WAIT);
    }

    @Test
    void shouldTakeTheSynAgain() {
        expect(CLIENT, SYN, FlowState.TCP_SYN_SENT);
        expect(BACKEND, SYN | ACK, FlowState.TCP_SYN_RECV);
        expect(CLIENT, SYN, FlowState.TCP_SYN_RECV);
        expect(BACKEND, SYN | ACK, FlowState.TCP_SYN_RECV);
        expect(CLIENT, ACK, FlowState.TCP_ESTABLISHED);
    }

    @Test
    void shouldOpenSimultaneously() {
        expect(BACKEND, SYN, FlowState.TCP_SYN_SENT2);
        expect(CLIENT, SYN | ACK, FlowState.TCP_SYN_RECV);
        expect(BACKEND, SYN | ACK, FlowState.TCP_SYN_RECV);
        expect(CLIENT, ACK, FlowState.TCP_ESTABLISHED);
    }

    @Test
    void shouldKeepAHalfClosedConnectionOpenHoweverOftenTheFinComesAgain() {
        establish();
        expect(CLIENT, FIN | ACK, FlowState.TCP_FIN_WAIT);
        expect(CLIENT, FIN | ACK, FlowState.TCP_FIN_WAIT);
        expect(CLIENT, ACK, FlowState.TCP_FIN_WAIT);
        expect(BACKEND, ACK, FlowState.TCP_CLOSE_WAIT);
        expect(CLIENT, FIN | ACK, FlowState.TCP_CLOSE_WAIT);
        expect(BACKEND, ACK | TcpFlags.PSH, FlowState.TCP_CLOSE_WAIT);
        expect(CLIENT, ACK, FlowState.TCP_CLOSE_WAIT);
        expect(BACKEND, FIN | ACK, FlowState.TCP_LAST_ACK);
    }

    @Test
    void shouldCloseSimultaneously() {
        establish();
        expect(CLIENT, FIN | ACK, FlowState.TCP_FIN_WAIT);
        expect(BACKEND, FIN | ACK, FlowState.TCP_LAST_ACK);
        expect(CLIENT, ACK, FlowState.TCP_TIME_WAIT);
        expect(BACKEND, ACK, FlowState.TCP_TIME_WAIT);
    }

    @Test
    void shouldReopenOnASynAfterTheEnd() {
        for (final int ended : new int[] {FlowState.TCP_LAST_ACK, FlowState.TCP_TIME_WAIT, FlowState.TCP_CLOSE}) {
            final int answer = TcpStates.next(ended, SYN, false, true);
            assertThat(TcpStates.reopens(answer)).as(FlowState.label(ended)).isTrue();
            assertThat(TcpStates.state(answer)).isEqualTo(FlowState.TCP_SYN_SENT);
            assertThat(TcpStates.next(ended, SYN, true, true)).isEqualTo(TcpStates.BAD_STATE);
        }
    }

    @Test
    void shouldCloseOnAResetFromEitherSideAndLetTheEndpointsArgue() {
        establish();
        expect(BACKEND, RST | ACK, FlowState.TCP_CLOSE);
        expect(CLIENT, ACK, FlowState.TCP_CLOSE);
        expect(BACKEND, FIN | ACK, FlowState.TCP_CLOSE);
    }

    @Test
    void shouldRefuseWhatNoEndpointSends() {
        assertThat(TcpStates.next(FlowState.TCP_SYN_SENT, ACK, false, false)).isEqualTo(TcpStates.BAD_STATE);
        assertThat(TcpStates.next(FlowState.TCP_SYN_SENT, FIN | ACK, true, false))
                .isEqualTo(TcpStates.BAD_STATE);
        assertThat(TcpStates.next(FlowState.TCP_ESTABLISHED, SYN, true, false)).isEqualTo(TcpStates.BAD_STATE);
        assertThat(TcpStates.next(FlowState.TCP_ESTABLISHED, SYN | FIN, false, false))
                .isEqualTo(TcpStates.BAD_FLAGS);
        assertThat(TcpStates.next(FlowState.UDP_STREAM, ACK, false, false)).isEqualTo(TcpStates.BAD_STATE);
        assertThat(TcpStates.next(FlowState.FREE, ACK, false, false)).isEqualTo(TcpStates.BAD_STATE);
    }

    private void establish() {
        expect(BACKEND, SYN | ACK, FlowState.TCP_SYN_RECV);
        expect(CLIENT, ACK, FlowState.TCP_ESTABLISHED);
    }

    private void expect(final int side, final int flags, final int expectedState) {
        final int answer = TcpStates.next(state, flags, side == BACKEND, finSeen[side]);
        assertThat(answer).isEqualTo(expectedState);
        finSeen[side] |= (flags & FIN) != 0;
        state = TcpStates.state(answer);
    }

    private String pathText(final int depth) {
        final StringBuilder text = new StringBuilder("SYN");
        for (int i = 0; i <= depth; i++) {
            text.append(path[i] % 2 == CLIENT ? ", client 0x" : ", backend 0x")
                    .append(Integer.toHexString(ALPHABET[path[i] >> 1]));
        }
        return text.toString();
    }

    private static long pow(final long base, final int exponent) {
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= base;
        }
        return power;
    }
}
