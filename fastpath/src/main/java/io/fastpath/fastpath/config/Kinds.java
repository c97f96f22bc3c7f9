package io.fastpath.fastpath.config;

import io.fastpath.lb.Address;
import io.fastpath.lb.service.MssLimit;
import io.fastpath.lb.service.Ports;
import io.fastpath.lb.service.Vip;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The kinds of value that a configuration has. Pure; any thread. */
final class Kinds {
    /** A name that is a file's, a pin's and a label's too: short, and nothing that a shell or a path would read. */
    static final Kind<String> NAME = matching(
            "a name of 1 to 32 letters, digits, '-' or '_' that begins with a letter or digit",
            "[A-Za-z0-9][A-Za-z0-9_-]{0,31}");

    /** The name of a service: what {@code ServiceSpec} takes. */
    static final Kind<String> LABEL = matching(
            "a name of 1 to 63 letters, digits, '.', '-' or '_' that begins with a letter or digit",
            "[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    /** A network interface's name: {@code dev_valid_name()} of the kernel, and IFNAMSIZ. */
    static final Kind<String> INTERFACE_NAME = new Kind<>(
            "an interface name (1 to 15 characters, no space, '/' or ':')",
            text -> Pattern.matches("[^\\s/:\\p{Cntrl}]{1,15}", text) && !text.equals(".") && !text.equals("..")
                    ? text
                    : null);

    /** A TCP or UDP port. */
    static final Kind<Integer> PORT = integer("a port", 1, PortRange.HIGHEST_PORT);

    /** A range of ports. */
    static final Kind<PortRange> PORTS =
            new Kind<>("a range of ports such as 1024-65535 (1-65535, lowest first)", PortRange::parse);

    /** {@code true} or {@code false}. */
    static final Kind<Boolean> FLAG = new Kind<>("true or false", text -> switch (text) {
        case "true" -> Boolean.TRUE;
        case "false" -> Boolean.FALSE;
        default -> null;
    });

    /** An address that packets can be forwarded to and from. */
    static final Kind<Address> ADDRESS = new Kind<>(
            "a unicast IPv4 or IPv6 address (not a name; not loopback, link-local or multicast)", Kinds::address);

    /** An address, or a prefix of addresses, that services can have. */
    static final Kind<Vip> VIP = new Kind<>(
            "a unicast IPv4 or IPv6 address (not a name; not loopback, link-local or multicast), or a prefix such as"
                    + " 10.9.0.0/24 (IPv4 /8 to /32, IPv6 /32 to /128, no bits behind the length)",
            Kinds::vip);

    /** The ports of a service. */
    static final Kind<Ports> SERVICE_PORTS = new Kind<>(
            "a port (1-65535), a range of ports such as 8000-8100 (lowest first), or any", Kinds::servicePorts);

    /** The largest segment size that a service's SYN and SYN+ACK may tell. */
    static final Kind<MssLimit> MSS =
            new Kind<>("off, clamp, or a segment size (" + MssLimit.LOWEST + "-" + MssLimit.HIGHEST + ")", Kinds::mss);

    /** One of so many packets; 0 for none. */
    static final Kind<Integer> SHADOW =
            new Kind<>("off, or 1/N for one of N packets, such as 1/1000 (1/1-1/1000000)", Kinds::interval);

    private static final int CERTAINTY = 30;

    private Kinds() {}

    /**
     * {@return a whole number within limits}
     *
     * @param noun what it is, with its article.
     * @param lowest allowed.
     * @param highest allowed.
     */
    static Kind<Integer> integer(final String noun, final int lowest, final int highest) {
        return number(noun + " (" + lowest + "-" + highest + ")", n -> n >= lowest && n <= highest);
    }

    /**
     * {@return a power of two within limits}
     *
     * @param lowest allowed; a power of two.
     * @param highest allowed; a power of two.
     */
    static Kind<Integer> powerOfTwo(final int lowest, final int highest) {
        return number(
                "a power of two (" + lowest + "-" + highest + ")",
                n -> n >= lowest && n <= highest && Integer.bitCount(n) == 1);
    }

    /**
     * {@return a prime number within limits}
     *
     * @param lowest allowed.
     * @param highest allowed.
     */
    static Kind<Integer> prime(final int lowest, final int highest) {
        return number(
                "a prime number (" + lowest + "-" + highest + ", for example 65537)",
                n -> n >= lowest && n <= highest && BigInteger.valueOf(n).isProbablePrime(CERTAINTY));
    }

    /**
     * {@return one of some numbers}
     *
     * @param allowed the numbers.
     */
    static Kind<Integer> oneOf(final int... allowed) {
        final String words = Arrays.stream(allowed).mapToObj(String::valueOf).collect(Collectors.joining(" or "));
        return number(words, n -> Arrays.stream(allowed).anyMatch(candidate -> candidate == n));
    }

    /**
     * {@return a duration in nanoseconds within limits}
     *
     * @param lowestNs allowed.
     * @param highestNs allowed.
     */
    static Kind<Long> duration(final long lowestNs, final long highestNs) {
        final String limits = Durations.format(lowestNs) + " to " + Durations.format(highestNs);
        return new Kind<>("a duration such as 500ms, 30s, 5m or 2h (" + limits + ")", text -> {
            final Long durationNs = Durations.parseNs(text);
            return durationNs != null && durationNs >= lowestNs && durationNs <= highestNs ? durationNs : null;
        });
    }

    /**
     * {@return one of an enum's constants}
     *
     * @param values the constants.
     * @param label each one's word.
     */
    static <T> Kind<T> choice(final T[] values, final Function<T, String> label) {
        final String words = Arrays.stream(values).map(label).collect(Collectors.joining(", "));
        return new Kind<>(
                "one of " + words,
                text -> Arrays.stream(values)
                        .filter(value -> label.apply(value).equals(text))
                        .findFirst()
                        .orElse(null));
    }

    private static MssLimit mss(final String text) {
        if (text.equals("off")) {
            return MssLimit.NONE;
        }
        if (text.equals("clamp")) {
            return MssLimit.OF_LINKS;
        }
        final Integer size =
                integer("", MssLimit.LOWEST, MssLimit.HIGHEST).parser().apply(text);
        return size == null ? null : new MssLimit(size);
    }

    private static Integer interval(final String text) {
        if (text.equals("off")) {
            return 0;
        }
        final boolean isRatio = Pattern.matches("1/(1000000|[1-9][0-9]{0,5})", text);
        return isRatio ? Integer.valueOf(text.substring(2)) : null;
    }

    private static Kind<Integer> number(final String allowed, final Predicate<Integer> accepts) {
        return new Kind<>(allowed, text -> {
            if (!Pattern.matches("-?[0-9]{1,10}", text)) {
                return null;
            }
            final long value = Long.parseLong(text);
            return value == (int) value && accepts.test((int) value) ? (int) value : null;
        });
    }

    private static Kind<String> matching(final String allowed, final String regex) {
        final Pattern pattern = Pattern.compile(regex);
        return new Kind<>(allowed, text -> pattern.matcher(text).matches() ? text : null);
    }

    private static Vip vip(final String text) {
        try {
            return Vip.parse(text);
        } catch (final IllegalArgumentException ex) {
            return null;
        }
    }

    private static Ports servicePorts(final String text) {
        if (text.equals("any")) {
            return Ports.ANY;
        }
        final PortRange range = PortRange.parse(text);
        if (range != null) {
            return new Ports(range.lowest(), range.highest());
        }
        final Integer port = PORT.parser().apply(text);
        return port == null ? null : Ports.of(port);
    }

    private static Address address(final String text) {
        try {
            final Address address = Address.parse(text);
            return address.isForwardable() ? address : null;
        } catch (final IllegalArgumentException ex) {
            return null;
        }
    }
}
