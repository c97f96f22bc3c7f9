package io.fastpath.kernelbpf.layout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How wide a descriptor says its fields are. That stands in the Javadoc of the offset, first thing: {@code u16},
 * {@code u16 and u16}, {@code 6 bytes}, or a constant times {@code u64} or {@code addresses}.
 */
final class StatedWidths {
    static final Path JAVA_SOURCES = Path.of("src/main/java/io/fastpath/kernelbpf/layout");

    private static final Pattern OFFSET =
            Pattern.compile("/\\*\\* ([^/]*?)\\*/\\s*public static final int (\\w+_OFFSET) =");
    private static final Pattern WORDS = Pattern.compile("u(8|16|32|64)( and u(8|16|32|64))?\\b.*");
    private static final Pattern BYTES = Pattern.compile("(\\d+) bytes\\b.*");
    private static final Pattern ARRAY = Pattern.compile("\\{@link #(\\w+)} (u32|u64|addresses)\\b.*");

    private StatedWidths() {}

    /** Bytes by the name of the offset's constant. */
    static Map<String, Integer> of(final Class<?> descriptor) throws IOException {
        final String source = Files.readString(JAVA_SOURCES.resolve(descriptor.getSimpleName() + ".java"));
        final Map<String, Integer> constants = Twins.constants(descriptor);
        final Map<String, Integer> widths = new TreeMap<>();
        final Matcher matcher = OFFSET.matcher(source);
        while (matcher.find()) {
            widths.put(matcher.group(2), width(matcher.group(1), constants));
        }
        return widths;
    }

    private static int width(final String javadoc, final Map<String, Integer> constants) {
        final Matcher words = WORDS.matcher(javadoc);
        if (words.matches()) {
            final int second = words.group(3) == null ? 0 : Integer.parseInt(words.group(3));
            return (Integer.parseInt(words.group(1)) + second) / Byte.SIZE;
        }
        final Matcher bytes = BYTES.matcher(javadoc);
        if (bytes.matches()) {
            return Integer.parseInt(bytes.group(1));
        }
        final Matcher array = ARRAY.matcher(javadoc);
        if (array.matches()) {
            return constants.get(array.group(1)) * elementWidth(array.group(2));
        }
        throw new AssertionError("no width in the Javadoc: " + javadoc);
    }

    private static int elementWidth(final String type) {
        return switch (type) {
            case "u32" -> Integer.BYTES;
            case "u64" -> Long.BYTES;
            default -> AddressDescriptor.LENGTH;
        };
    }
}
