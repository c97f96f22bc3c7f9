package io.fastpath.fastpath.cli;

import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.Protocol;
import java.util.Arrays;
import java.util.List;

/**
 * The first packet of a connection as people write it: {@code tcp 10.8.0.5:40000 -> 10.7.0.100:80}. An IPv6 address with a
 * port stands in brackets, the arrow may be left out, commas may stand for blanks.
 *
 * @param protocol of the connection.
 * @param source of the client.
 * @param destination that it speaks to.
 */
record TupleArgument(Protocol protocol, Endpoint source, Endpoint destination) {
    private static final String FORM =
            "write it as \"tcp 10.8.0.5:40000 -> 10.7.0.100:80\" or \"udp [fd00::5]:40000 -> [fd00::100]:53\"";

    /**
     * Parses the words of a command line.
     *
     * @param words as the shell split them.
     * @return the tuple.
     * @throws CommandException that quotes what is wrong, for {@link ExitCode#USAGE}
     */
    static TupleArgument parse(final List<String> words) {
        final String text = String.join(" ", words);
        final List<String> parts = Arrays.stream(
                        text.replace("->", " ").replace(',', ' ').strip().split("\\s+"))
                .toList();
        if (text.strip().endsWith("-")) {
            throw usage("the tuple ends with \"-\": the shell took the \">\" of the arrow; put the tuple in quotes");
        }
        if (parts.size() != 3) {
            throw usage("\"" + text + "\" is not a tuple of protocol, source and destination");
        }
        try {
            final TupleArgument tuple =
                    new TupleArgument(Protocol.ofLabel(parts.get(0)), endpoint(parts.get(1)), endpoint(parts.get(2)));
            if (tuple.source.address().isIpv4() != tuple.destination.address().isIpv4()) {
                throw usage("source " + parts.get(1) + " and destination " + parts.get(2) + " are not of one family");
            }
            return tuple;
        } catch (final IllegalArgumentException ex) {
            throw usage(ex.getMessage());
        }
    }

    private static Endpoint endpoint(final String text) {
        final int colon = text.lastIndexOf(':');
        final boolean bracketed = text.startsWith("[");
        if (colon < 0 || bracketed && (colon == 0 || text.charAt(colon - 1) != ']')) {
            throw new IllegalArgumentException("\"" + text + "\" has no port");
        }
        if (!bracketed && text.indexOf(':') != colon) {
            throw new IllegalArgumentException("\"" + text + "\": an IPv6 address with a port stands in brackets");
        }
        final String address = bracketed ? text.substring(1, colon - 1) : text.substring(0, colon);
        return new Endpoint(Address.parse(address), port(text, text.substring(colon + 1)));
    }

    private static int port(final String text, final String digits) {
        if (!digits.matches("[0-9]{1,5}") || Integer.parseInt(digits) > Endpoint.PORT_MAX || digits.matches("0+")) {
            throw new IllegalArgumentException("\"" + text + "\": port \"" + digits + "\" is not in 1-65535");
        }
        return Integer.parseInt(digits);
    }

    private static CommandException usage(final String problem) {
        return new CommandException(problem + "; " + FORM, ExitCode.USAGE);
    }
}
