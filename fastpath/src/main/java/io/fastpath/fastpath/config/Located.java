package io.fastpath.fastpath.config;

/**
 * A value and where it stands, for checks that compare values with each other.
 *
 * @param <T> the value's type.
 * @param value as parsed.
 * @param key path of its key.
 * @param line from 1.
 */
record Located<T>(T value, String key, int line) {}
