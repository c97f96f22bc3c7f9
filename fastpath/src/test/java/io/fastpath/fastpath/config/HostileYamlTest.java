package io.fastpath.fastpath.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the file holds, the answer is one clear line (or a configuration), soon, and never another exception. */
class HostileYamlTest {
    private static final int MUTATION_COUNT = 5_000;

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void shouldAnswerWithOneClearLine(final String what, final byte[] bytes, final String problem) throws IOException {
        final Path file = folder.resolve("edge1.yaml");
        Files.write(file, bytes);

        final String message = Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> messageOf(file));

        assertThat(message).isEqualTo(file + problem);
    }

    static Stream<Arguments> files() {
        final String laughs = "a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b]\n";
        return Stream.of(
                file("empty", "", ": is empty; it must hold a configuration"),
                file("comment only", "# nothing\n", ": is empty; it must hold a configuration"),
                file("null", "~\n", ":1: an empty value is not a mapping of keys to values"),
                file("a word", "word\n", ":1: word is not a mapping of keys to values"),
                file("a list", "[1, 2]\n", ":1: a list is not a mapping of keys to values"),
                file("billion laughs", laughs, ":2: alias *a is not allowed; write the value out"),
                file("alias to itself", "a: &a [*a]\n", ":1: alias *a is not allowed; write the value out"),
                file("alias as key", "? *a\n: 1\n", ":1: is not a configuration: a key must be one word"),
                file("tag", "instance: !!java.net.URL [x]\n", ":1: tag tag:yaml.org,2002:java.net.URL is not allowed"),
                file("tag on a word", "instance: !foo x\n", ":1: tag foo is not allowed"),
                file("deep lists", "a: " + "[".repeat(100_000), ":1: is nested deeper than 16 levels"),
                file("deep mappings", "a: " + "{a: ".repeat(100_000), ":1: is nested deeper than 16 levels"),
                file("list as key", "[a]: b\n", ":1: is not a configuration: a key must be one word"),
                file("two documents", "---\na: b\n---\nc: d\n", ":4: a second document begins here; a file holds one"),
                file("unclosed", "a: [1,\nb: 'x\n", ":3: is not YAML: found unexpected end of stream"),
                file("two colons", "a: b: c\n", ":1: is not YAML: mapping values are not allowed here"),
                file(
                        "tab",
                        "a:\n\tb: c\n",
                        ":2: is not YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for "
                                + "indentation)"),
                file("wide", "a: [" + "1,".repeat(1_100_000) + "]\n", ":1: has more than 1000000 values"),
                file("huge", "a: " + "x".repeat(5 << 20), ": is larger than 4 MiB, the most a configuration may have"),
                file("zero bytes", "a: b\n\0\0\0", ":2: is not text (control character 0x00)"),
                file("escape sequence", "a: \u001b[31m\n", ":1: is not text (control character 0x1b)"),
                arguments("not UTF-8", bytes('a', ':', '\n', 'b', 0xff), ":2: is not UTF-8 text (byte 0xff)"),
                arguments("cut UTF-8", bytes('a', ':', ' ', 0xc3), ":1: is not UTF-8 text (byte 0xc3)"),
                arguments("UTF-16", "a: b".getBytes(StandardCharsets.UTF_16), ":1: is not UTF-8 text (byte 0xfe)"),
                arguments("ELF", bytes(0x7f, 'E', 'L', 'F', 2), ":1: is not text (control character 0x7f)"));
    }

    @Test
    void shouldNotPrintWhatATerminalWouldObey() {
        assertThat(ConfigTexts.problemsOf("\"a\\e[31m\": 1\n"))
                .contains("a\\u001b[31m: unknown key")
                .doesNotContain("\u001b");
    }

    @Test
    void shouldCutLongValues() {
        final String message =
                ConfigTexts.problemsOf(ConfigTexts.with("instance: edge1", "instance: " + "x".repeat(9999)));

        assertThat(message).startsWith("edge1.yaml:1: instance: " + "x".repeat(60) + "... is not a name");
    }

    @Test
    void shouldSayWhenThereIsNoFile() throws IOException {
        assertThat(messageOf(folder.resolve("none.yaml"))).isEqualTo(folder + "/none.yaml: no such file");
        assertThat(messageOf(folder)).isEqualTo(folder + ": is a directory; give the YAML file");
    }

    @Test
    void shouldNeverAnswerMutatedFilesWithAnotherException() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final byte[] good = ConfigTexts.GOOD.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < MUTATION_COUNT; i++) {
            final String text = new String(mutated(good, random), StandardCharsets.UTF_8);
            try {
                ConfigTexts.parse(text);
            } catch (final ConfigException ex) {
                assertThat(ex.getMessage()).as("seed " + seed + ", round " + i).startsWith(ConfigTexts.FILE + ':');
            } catch (final RuntimeException ex) {
                throw new AssertionError("seed " + seed + ", round " + i + ":\n" + text, ex);
            }
        }
    }

    private static byte[] mutated(final byte[] good, final Random random) {
        final byte[] bytes = good.clone();
        final String alphabet = " \n\t:-[]{},'\"&*!|>%@#?0a~\u00e9";
        for (int count = 1 + random.nextInt(6); count > 0; count--) {
            bytes[random.nextInt(bytes.length)] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
        }
        return bytes;
    }

    private static String messageOf(final Path file) {
        final ConfigException ex = catchThrowableOfType(ConfigException.class, () -> ConfigFile.load(file));
        return ex.getMessage();
    }

    private static Arguments file(final String what, final String text, final String problem) {
        return arguments(what, text.getBytes(StandardCharsets.UTF_8), problem);
    }

    private static byte[] bytes(final int... values) {
        final byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
