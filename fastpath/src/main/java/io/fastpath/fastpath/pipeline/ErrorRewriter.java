package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.wire.Checksum;
import io.fastpath.fastpath.wire.Icmp;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.fastpath.wire.Tcp;
import io.fastpath.fastpath.wire.Udp;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * Makes an ICMP error what its receiver must see: the packet that it quotes becomes the one that the receiver sent, and
 * the error itself is addressed as the connection's packets are (RFC 5508, 4.2). All checksums are carried on by what was
 * replaced under them: those of the quoted headers, as far as they are quoted (half a checksum stays as it came), the error's own, the outer header's. One
 * thread.
 */
final class ErrorRewriter {
    private static final long ONE_LESS = 0xfffeL;
    private static final int U16_MASK = 0xffff;

    private final SharedMemory frames;
    private final ErrorQuote quote;

    ErrorRewriter(final SharedMemory frames, final ErrorQuote quote) {
        this.frames = frames;
        this.quote = quote;
    }

    /**
     * Rewrites an error, but for its link header.
     *
     * @param to what a packet of the connection would become that travels as the error does; the error's sender stays
     *     the sender only where the connection's source does, and then this is changed to say so
     * @param recompute whether the error's checksum is computed afresh
     */
    void rewrite(final PacketBatch batch, final int i, final Translation to, final boolean recompute) {
        final boolean ipv4 = batch.kind(i) == PacketKind.ICMP;
        final long quoted = rewriteQuote(to, ipv4);
        if (to.source0 == quote.source0 && to.source1 == quote.source1) {
            to.source0 = batch.source0(i);
            to.source1 = batch.source1(i);
        }
        final long addresses = Checksum.replaceLong(batch.source0(i), to.source0)
                + Checksum.replaceLong(batch.source1(i), to.source1)
                + Checksum.replaceLong(batch.destination0(i), to.destination0)
                + Checksum.replaceLong(batch.destination1(i), to.destination1);
        readdress(batch.networkOffset(i), to, ipv4, addresses);
        final long checksum = batch.transportOffset(i) + Icmp.CHECKSUM_OFFSET;
        if (recompute) {
            frames.putShort(checksum, (short) 0);
            frames.putShort(checksum, (short) Checksum.finish(sum(batch, i, to, ipv4)));
        } else {
            // in IPv6 it covers the outer addresses, too (RFC 4443, 2.3)
            update(checksum, ipv4 ? quoted : quoted + addresses);
        }
    }

    /** One hop less to live, and nothing else. */
    void age(final PacketBatch batch, final int i) {
        final long network = batch.networkOffset(i);
        final boolean ipv4 = batch.kind(i) == PacketKind.ICMP;
        final long timeToLive = network + (ipv4 ? Ipv4.TTL_OFFSET : Ipv6.HOP_LIMIT_OFFSET);
        frames.putByte(timeToLive, (byte) (frames.getByte(timeToLive) - 1));
        if (ipv4) {
            update(network + Ipv4.CHECKSUM_OFFSET, ONE_LESS);
        }
    }

    /** Answers what the quote's new words add to a sum. */
    private long rewriteQuote(final Translation to, final boolean ipv4) {
        final long addresses = Checksum.replaceLong(quote.source0, to.source0)
                + Checksum.replaceLong(quote.source1, to.source1)
                + Checksum.replaceLong(quote.destination0, to.destination0)
                + Checksum.replaceLong(quote.destination1, to.destination1);
        final long all = addresses + Checksum.replaceInt(quote.ports, to.ports);
        long replaced = all;
        if (ipv4) {
            replaced += update(quote.network + Ipv4.CHECKSUM_OFFSET, addresses);
        }
        putAddresses(quote.network, to.destination0, to.destination1, to.source0, to.source1, ipv4);
        frames.putInt(quote.transport, Integer.rotateLeft(to.ports, Short.SIZE));
        if (quote.protocol == IpProtocol.UDP) {
            return replaced + updateUdp(quote.transport + Udp.CHECKSUM_OFFSET, all);
        }
        return quote.transportLength < Tcp.CHECKSUM_OFFSET + Short.BYTES
                ? replaced
                : replaced + update(quote.transport + Tcp.CHECKSUM_OFFSET, all);
    }

    private void readdress(final long network, final Translation to, final boolean ipv4, final long addresses) {
        final long timeToLive = network + (ipv4 ? Ipv4.TTL_OFFSET : Ipv6.HOP_LIMIT_OFFSET);
        frames.putByte(timeToLive, (byte) (frames.getByte(timeToLive) - 1));
        if (ipv4) {
            update(network + Ipv4.CHECKSUM_OFFSET, addresses + ONE_LESS);
        }
        putAddresses(network, to.source0, to.source1, to.destination0, to.destination1, ipv4);
    }

    private void putAddresses(
            final long network,
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final boolean ipv4) {
        if (ipv4) {
            frames.putInt(network + Ipv4.SOURCE_OFFSET, AddressDescriptor.ipv4Memory(source1));
            frames.putInt(network + Ipv4.DESTINATION_OFFSET, AddressDescriptor.ipv4Memory(destination1));
        } else {
            frames.putLong(network + Ipv6.SOURCE_OFFSET, source0);
            frames.putLong(network + Ipv6.SOURCE_OFFSET + Long.BYTES, source1);
            frames.putLong(network + Ipv6.DESTINATION_OFFSET, destination0);
            frames.putLong(network + Ipv6.DESTINATION_OFFSET + Long.BYTES, destination1);
        }
    }

    private long sum(final PacketBatch batch, final int i, final Translation to, final boolean ipv4) {
        final int length = batch.transportLength(i);
        final long sum = Checksum.sum(frames, batch.transportOffset(i), length);
        return ipv4
                ? sum
                : sum
                        + Checksum.ofLong(to.source0)
                        + Checksum.ofLong(to.source1)
                        + Checksum.ofLong(to.destination0)
                        + Checksum.ofLong(to.destination1)
                        + Checksum.ofPseudoHeader(IpProtocol.ICMPV6, length);
    }

    /** Carries a checksum on; answers what its own change adds to a sum around it. */
    private long update(final long offset, final long replaced) {
        final int old = frames.getShort(offset) & U16_MASK;
        return put(offset, old, Checksum.update(old, replaced));
    }

    /** The same for UDP, where 0 means that there is none. */
    private long updateUdp(final long offset, final long replaced) {
        final int old = frames.getShort(offset) & U16_MASK;
        if (old == 0) {
            return 0;
        }
        final int update = Checksum.update(old, replaced);
        return put(offset, old, update == 0 ? U16_MASK : update);
    }

    private long put(final long offset, final int old, final int update) {
        frames.putShort(offset, (short) update);
        return Checksum.replaceInt(old, update);
    }
}
