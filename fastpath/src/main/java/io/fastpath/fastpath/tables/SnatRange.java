package io.fastpath.fastpath.tables;

import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.lb.Address;
import java.util.List;

/** The addresses and ports that full NAT gives to packets as their source. Immutable. */
public final class SnatRange {
    private static final int PORT_LIMIT = 65535;

    private final long[] words;
    private final int portMin;
    private final int portMax;

    /**
     * A range of given address words.
     *
     * @param words two per address, as in {@code AddressDescriptor}
     * @param portMin lowest port, from 1
     * @param portMax highest port, inclusive
     * @throws IllegalArgumentException naming what is out of range
     */
    public SnatRange(final long[] words, final int portMin, final int portMax) {
        if ((words.length & 1) != 0 || words.length > 2 * ConfigDescriptor.SNAT_LIMIT) {
            throw new IllegalArgumentException("snat has " + words.length
                    + " address words, allowed are 2 each for 0 to " + ConfigDescriptor.SNAT_LIMIT + " addresses");
        }
        if (portMin < 1 || portMax > PORT_LIMIT || portMin > portMax) {
            throw new IllegalArgumentException(
                    "snat ports are " + portMin + "-" + portMax + ", allowed is a range within 1-" + PORT_LIMIT);
        }
        this.words = words.clone();
        this.portMin = portMin;
        this.portMax = portMax;
    }

    /**
     * A range of given addresses.
     *
     * @param addresses of either family, their order is their index
     * @param portMin lowest port, from 1
     * @param portMax highest port, inclusive
     * @return the range
     */
    public static SnatRange of(final List<Address> addresses, final int portMin, final int portMax) {
        final long[] words = new long[2 * addresses.size()];
        for (int i = 0; i < addresses.size(); i++) {
            words[2 * i] = addresses.get(i).word0();
            words[2 * i + 1] = addresses.get(i).word1();
        }
        return new SnatRange(words, portMin, portMax);
    }

    /**
     * How many addresses.
     *
     * @return 0 where no service uses full NAT
     */
    public int count() {
        return words.length / 2;
    }

    /**
     * First word of an address.
     *
     * @param snatIndex below {@link #count()}
     * @return word 0
     */
    public long word0(final int snatIndex) {
        return words[2 * snatIndex];
    }

    /**
     * Second word of an address.
     *
     * @param snatIndex below {@link #count()}
     * @return word 1
     */
    public long word1(final int snatIndex) {
        return words[2 * snatIndex + 1];
    }

    /**
     * Lowest port.
     *
     * @return from 1
     */
    public int portMin() {
        return portMin;
    }

    /**
     * Highest port.
     *
     * @return inclusive
     */
    public int portMax() {
        return portMax;
    }
}
