package io.fastpath.fastpath.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the {@code prefilter} section and its files may say, and what they are told if they say something else. */
class PrefilterConfigTest {
    private static final String PREFIX =
            "an address prefix such as 192.0.2.0/24 or 2001:db8::/32, with no bit set beyond its length";

    @TempDir
    Path folder;

    private static String with(final String section) {
        return ConfigTexts.with("instance: edge1", "instance: edge1\nprefilter: " + section);
    }

    private static PrefilterConfig read(final String text) throws ConfigException {
        return ConfigTexts.parse(text).prefilter();
    }

    @Test
    void shouldTellSilenceFromAnEmptyList() throws ConfigException {
        assertThat(read(ConfigTexts.GOOD).isGiven()).isFalse();
        assertThat(read(with("{}")).isGiven()).isTrue();
    }

    @Test
    void shouldReadPrefixesAndFiles() throws IOException, ConfigException {
        final Path file = folder.resolve("list");
        Files.writeString(
                file, "# all of it\n\n192.0.2.0/24   # documentation\ndeny 198.51.100.7\n\tallow 2001:db8::/32\r\n");
        final PrefilterConfig read =
                read(with("{deny: [10.0.0.0/8, \"fd00::/8\"], allow: [10.1.1.1], files: [" + file + "]}"));
        assertThat(read.list().count(true)).isEqualTo(4);
        assertThat(read.list().count(false)).isEqualTo(2);
    }

    @Test
    void shouldRefuseWhatIsNoPrefix() {
        for (final String bad :
                new String[] {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "host", "10.0.0"}) {
            assertThat(ConfigTexts.problemsOf(with("{deny: [" + bad + "]}")))
                    .isEqualTo("edge1.yaml:2: prefilter.deny[0]: " + bad + " is not " + PREFIX);
        }
        assertThat(ConfigTexts.problemsOf(with("{files: [list]}")))
                .isEqualTo("edge1.yaml:2: prefilter.files[0]: list is not the absolute path of a file with a prefix in"
                        + " each line");
    }

    @Test
    void shouldNameEachBadLineOfAFile() throws IOException {
        final Path file = folder.resolve("list");
        Files.writeString(file, "10.0.0.0/8\n10.0.0.1/8\nforbid 10.0.0.0/8\n");
        assertThat(ConfigTexts.problemsOf(with("{files: [" + file + "]}")))
                .isEqualTo("edge1.yaml:2: prefilter.files[0]: " + file
                        + " line 2: 10.0.0.1/8 has bits set beyond its length,"
                        + " so it is not clear what is meant\nedge1.yaml:2: prefilter.files[0]: " + file
                        + " line 3: a line is PREFIX, deny PREFIX or allow PREFIX, not \"forbid 10.0.0.0/8\"");
        assertThat(ConfigTexts.problemsOf(with("{files: [" + folder.resolve("none") + "]}")))
                .isEqualTo("edge1.yaml:2: prefilter.files[0]: can't read " + folder.resolve("none")
                        + ": there is no such file");
    }
}
