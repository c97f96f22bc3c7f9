package io.fastpath.fastpath.config;

import java.util.function.Function;

/**
 * What a value must be: the words for it, which every message about it repeats, and the parser.
 *
 * @param <T> what it becomes.
 * @param allowed completes "is not ...": {@code a port (1-65535)}.
 * @param parser answers null for a text that is not of this kind; it throws nothing.
 */
record Kind<T>(String allowed, Function<String, T> parser) {}
