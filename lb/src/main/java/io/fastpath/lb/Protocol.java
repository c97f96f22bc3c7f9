package io.fastpath.lb;

import java.util.Arrays;
import java.util.Locale;

/** The transport protocols that services can have. */
public enum Protocol {
    /** RFC 9293. */
    TCP(6),

    /** RFC 768. */
    UDP(17);

    private final int number;

    Protocol(final int number) {
        this.number = number;
    }

    /**
     * The IP protocol number (IANA).
     *
     * @return 6 or 17
     */
    public int number() {
        return number;
    }

    /**
     * The name that configurations and commands use.
     *
     * @return in lower case
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The protocol of a label.
     *
     * @param label as {@link #label()} gave
     * @return the protocol
     * @throws IllegalArgumentException that says what is allowed
     */
    public static Protocol ofLabel(final String label) {
        return Arrays.stream(values())
                .filter(protocol -> protocol.label().equals(label))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("protocol \"" + label + "\" is unknown; allowed: tcp, udp"));
    }

    /**
     * The protocol of an IP protocol number.
     *
     * @param number as {@link #number()} gave
     * @return the protocol
     * @throws IllegalArgumentException for a protocol that services can't have
     */
    public static Protocol ofNumber(final int number) {
        return Arrays.stream(values())
                .filter(protocol -> protocol.number == number)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("protocol number " + number + " is not tcp or udp"));
    }
}
