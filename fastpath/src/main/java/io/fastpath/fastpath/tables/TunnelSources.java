package io.fastpath.fastpath.tables;

import io.fastpath.lb.Address;

/**
 * What outer headers are made of: where they come from, and the ports of GUE and Geneve. Immutable; any thread.
 *
 * @param ipv4 prefix of outer IPv4 sources, zeros behind it
 * @param ipv4Length bits of that prefix; with 32 it is the one source
 * @param ipv6 prefix of outer IPv6 sources, zeros behind it
 * @param ipv6Length bits of that prefix; of the bits behind it, the last 32 at most are filled
 * @param guePort destination port of GUE, in host order
 * @param genevePort destination port of Geneve, in host order
 */
public record TunnelSources(Address ipv4, int ipv4Length, Address ipv6, int ipv6Length, int guePort, int genevePort) {
    /** IPv4 from a private /16 (RFC 1918), IPv6 from the discard prefix (RFC 6666), and the registered ports. */
    public static final TunnelSources DEFAULT =
            new TunnelSources(Address.parse("172.16.0.0"), 16, Address.parse("100::"), 64, 6080, 6081);

    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;

    /**
     * The bits of the last four bytes that are not the prefix's.
     *
     * @return as they stand in memory
     */
    int ipv4MaskBe() {
        return maskBe(IPV4_BITS - ipv4Length);
    }

    /**
     * The bits of the last four bytes that are not the prefix's.
     *
     * @return as they stand in memory
     */
    int ipv6MaskBe() {
        return maskBe(IPV6_BITS - ipv6Length);
    }

    @Override
    public String toString() {
        return "from " + ipv4 + "/" + ipv4Length + " and " + ipv6 + "/" + ipv6Length + ", GUE to port " + guePort
                + ", Geneve to port " + genevePort;
    }

    private static int maskBe(final int freeBits) {
        return freeBits >= Integer.SIZE ? -1 : Integer.reverseBytes((1 << freeBits) - 1);
    }
}
