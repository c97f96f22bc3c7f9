package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.NLMSG_DONE;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.NLMSG_ERROR;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.NLMSG_NOOP;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.NLM_F_ACK;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.NLM_F_DUMP;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.NLM_F_DUMP_INTR;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.NLM_F_REQUEST;

import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.NativeException;
import java.util.ArrayList;
import java.util.List;

/**
 * Requests and their answers over one channel: one request at a time, answers known by their sequence number, left-overs
 * of an abandoned one skipped. Owned by one thread; a call blocks until the kernel has answered. {@link #close()} closes
 * the channel.
 */
public final class NetlinkExchange implements AutoCloseable {
    /** Dumps tried until one is not interrupted by a change; a table that never rests eight times is a storm. */
    static final int DUMP_ATTEMPT_LIMIT = 8;

    private final NetlinkChannel channel;
    private int sequence;

    /** @param channel to the kernel, owned from now on. */
    public NetlinkExchange(final NetlinkChannel channel) {
        this.channel = channel;
    }

    /**
     * Make a request that is answered by success or failure.
     *
     * @param message complete but for its flags REQUEST and ACK and its sequence number.
     * @param request in words, for the exception.
     * @throws NativeException if the kernel refuses, with its sentence where it gives one.
     */
    public void execute(final MessageWriter message, final String request) {
        get(message, request, (buffer, offset, length) -> null);
    }

    /**
     * Make a request that is answered by single messages.
     *
     * @param <T> what the decoder makes.
     * @param message complete but for its flags REQUEST and ACK and its sequence number.
     * @param request in words, for the exception.
     * @param decoder of the answers.
     * @return what the decoder made, without its nulls.
     * @throws NativeException if the kernel refuses, with its sentence where it gives one.
     * @throws NetlinkFormatException if an answer breaks its format.
     */
    public <T> List<T> get(final MessageWriter message, final String request, final NetlinkDecoder<T> decoder) {
        final List<T> answers = new ArrayList<>();
        message.addFlags(NLM_F_REQUEST | NLM_F_ACK);
        send(message);
        collect(answers, request, decoder);
        return answers;
    }

    /**
     * Read a whole table, again if it changed under the reading.
     *
     * @param <T> what the decoder makes.
     * @param message complete but for its flags REQUEST and DUMP and its sequence number.
     * @param request in words, for the exception.
     * @param decoder of the answers.
     * @return what the decoder made, without its nulls, in the kernel's order.
     * @throws NativeException if the kernel refuses, or (EINTR) the table changed under each of eight readings.
     * @throws NetlinkFormatException if an answer breaks its format.
     */
    public <T> List<T> dump(final MessageWriter message, final String request, final NetlinkDecoder<T> decoder) {
        message.addFlags(NLM_F_REQUEST | NLM_F_DUMP);
        for (int attempt = 0; attempt < DUMP_ATTEMPT_LIMIT; attempt++) {
            final List<T> answers = new ArrayList<>();
            send(message);
            if (collect(answers, request, decoder)) {
                return answers;
            }
        }
        throw new NativeException(
                request,
                Errno.EINTR.number(),
                "the kernel's table changed under each of " + DUMP_ATTEMPT_LIMIT + " readings; try again");
    }

    @Override
    public void close() {
        channel.close();
    }

    private void send(final MessageWriter message) {
        message.sequence(++sequence);
        channel.send(message.buffer(), message.length());
    }

    private <T> boolean collect(final List<T> answers, final String request, final NetlinkDecoder<T> decoder) {
        final MessageCursor message = new MessageCursor();
        boolean consistent = true;
        while (true) {
            final int length = channel.receive();
            if (length == 0) {
                throw new NativeException(request, Errno.ETIMEDOUT.number(), "the kernel didn't answer in time");
            }
            message.wrap(channel.buffer(), 0, length);
            while (message.next()) {
                if (message.sequence() != sequence || message.type() == NLMSG_NOOP) {
                    continue;
                }
                consistent &= (message.flags() & NLM_F_DUMP_INTR) == 0;
                if (message.type() == NLMSG_ERROR || message.type() == NLMSG_DONE) {
                    NetlinkErrors.check(message, request);
                    return consistent;
                }
                final T answer = decoder.decode(message.buffer(), message.payloadOffset(), message.payloadLength());
                if (answer != null) {
                    answers.add(answer);
                }
            }
        }
    }
}
