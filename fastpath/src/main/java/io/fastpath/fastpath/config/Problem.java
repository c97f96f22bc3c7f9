package io.fastpath.fastpath.config;

/**
 * One thing that is wrong with a configuration file. Immutable.
 *
 * <pre>
 *   edge1.yaml:12: services[0].port: 70000 is not a port (1-65535)
 * </pre>
 *
 * @param file name as the user gave it.
 * @param line from 1; 0 where the whole file is meant.
 * @param key path of the key, for example {@code services[0].port}; empty where no key is meant.
 * @param text the value and what is allowed.
 */
public record Problem(String file, int line, String key, String text) {
    @Override
    public String toString() {
        final StringBuilder words = new StringBuilder(file).append(':');
        if (line > 0) {
            words.append(line).append(':');
        }
        words.append(' ');
        if (!key.isEmpty()) {
            words.append(key).append(": ");
        }
        return words.append(text).toString();
    }
}
