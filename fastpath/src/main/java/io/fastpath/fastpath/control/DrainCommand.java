package io.fastpath.fastpath.control;

import io.fastpath.fastpath.drain.Drains;
import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers {@code drain}. The server's thread only. */
final class DrainCommand {
    private static final Pattern WITH_PORT = Pattern.compile("(?:\\[([^]]+)]|([^:]+)):([0-9]{1,5})");

    private DrainCommand() {}

    static ControlAnswer answer(final Drains drains, final DrainChange change) {
        if (change == null || change.backend() == null) {
            throw new IllegalArgumentException("the command \"drain\" wants a \"drain\" with a \"backend\"");
        }
        return ControlAnswer.of(ControlProtocol.end(
                Map.of("backends", drains.drain(change.service(), backend(change.backend()), change.undo()))));
    }

    private static Predicate<Endpoint> backend(final String text) {
        final Matcher matcher = WITH_PORT.matcher(text);
        if (!matcher.matches()) {
            final Address address = Address.parse(text);
            return endpoint -> endpoint.address().equals(address);
        }
        final String address = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        return new Endpoint(Address.parse(address), Integer.parseInt(matcher.group(3)))::equals;
    }
}
