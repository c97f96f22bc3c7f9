package io.fastpath.fastpath.control;

import java.util.function.Consumer;

/** An answer that is made a piece at a time, as fast as its reader takes it. The server's thread only. */
@FunctionalInterface
interface ControlAnswer {
    /**
     * Makes the next lines, at most some hundred kilobytes of them; none is allowed too.
     *
     * @param lines takes them, each with its end.
     * @return whether more will come.
     */
    boolean next(Consumer<String> lines);

    /**
     * {@return an answer of one line}
     *
     * @param line with its end.
     */
    static ControlAnswer of(final String line) {
        return lines -> {
            lines.accept(line);
            return false;
        };
    }
}
