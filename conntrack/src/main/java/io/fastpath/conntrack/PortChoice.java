package io.fastpath.conntrack;

import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * The order in which a new connection under full NAT tries source addresses and ports: a walk over all pairs of the
 * backend's family, whose start and stride come from the keyed hash of the connection's tuple. So candidates are hard
 * to guess from outside (RFC 6056), and both engines try the same ones. Scratch of one thread.
 *
 * <p>The addresses of each family must stand together in the configuration: pair number {@code n} of {@code a}
 * addresses is address {@code first + n % a} with port {@code portMin + n / a}.
 */
final class PortChoice {
    /** How many pairs are tried: with 9 of 10 ports towards a backend in use, 1 connection in 850 finds none. */
    static final int TRY_LIMIT = 64;

    private static final long SPREAD = 0x9e3779b97f4a7c15L;
    private static final long LOW_HALF = 0xffff_ffffL;

    private final SharedMemory config;
    private final int portMin;
    private final int portCount;
    private final int[] firstIndex = new int[2]; // IPv4, IPv6
    private final int[] addressCount = new int[2];

    private int family;
    private int pairCount;
    private int pair;
    private int stride;

    PortChoice(final SharedMemory config) {
        this.config = config;
        this.portMin = config.getInt(ConfigDescriptor.SNAT_PORT_MIN_OFFSET);
        this.portCount = config.getInt(ConfigDescriptor.SNAT_PORT_MAX_OFFSET) - portMin + 1;
        final int snatCount = config.getInt(ConfigDescriptor.SNAT_COUNT_OFFSET);
        if (snatCount < 0 || snatCount > ConfigDescriptor.SNAT_LIMIT) {
            throw new IllegalArgumentException(
                    "SNAT addresses: " + snatCount + "; allowed is 0 to " + ConfigDescriptor.SNAT_LIMIT);
        }
        if (snatCount > 0 && (portMin < 1 || portCount < 1 || portMin + portCount > 1 << Short.SIZE)) {
            throw new IllegalArgumentException(
                    "SNAT ports " + portMin + "-" + (portMin + portCount - 1) + "; allowed is a range within 1-65535");
        }
        for (int i = 0; i < snatCount; i++) {
            count(i);
        }
    }

    private void count(final int snatIndex) {
        final int addressFamily = family(address0(snatIndex), address1(snatIndex));
        if (addressCount[addressFamily] == 0) {
            firstIndex[addressFamily] = snatIndex;
        } else if (snatIndex != firstIndex[addressFamily] + addressCount[addressFamily]) {
            throw new IllegalArgumentException("SNAT addresses of one family must stand together");
        }
        addressCount[addressFamily]++;
    }

    /**
     * Begins a walk.
     *
     * @param tupleHash of the forward tuple
     * @param backend0 the backend's address, for its family
     * @param backend1 second word
     * @return how many pairs to try: 0 if there is no address of that family
     */
    int begin(final int tupleHash, final long backend0, final long backend1) {
        family = family(backend0, backend1);
        pairCount = addressCount[family] * portCount;
        if (pairCount == 0) {
            return 0;
        }
        final long seed = (tupleHash & LOW_HALF) * SPREAD;
        pair = TupleHash.slot((int) (seed >>> 32), pairCount);
        stride = pairCount <= TRY_LIMIT ? 1 : 1 + TupleHash.slot((int) seed, pairCount - 1);
        return Math.min(pairCount, TRY_LIMIT);
    }

    /** Goes on to the next pair. */
    void advance() {
        pair += stride;
        if (pair >= pairCount) {
            pair -= pairCount;
        }
    }

    /** The pair's address, as an index into the configuration's. */
    int snatIndex() {
        return firstIndex[family] + pair % addressCount[family];
    }

    /** The pair's port, in network order. */
    int portBe() {
        return Short.reverseBytes((short) (portMin + pair / addressCount[family])) & 0xffff;
    }

    /** First word of an SNAT address. */
    long address0(final int snatIndex) {
        return config.getLong(TupleRules.snatOffset(snatIndex));
    }

    /** Second word of an SNAT address. */
    long address1(final int snatIndex) {
        return config.getLong(TupleRules.snatOffset(snatIndex) + AddressDescriptor.WORD1_OFFSET);
    }

    private static int family(final long word0, final long word1) {
        return AddressDescriptor.isIpv4(word0, word1) ? 0 : 1;
    }
}
