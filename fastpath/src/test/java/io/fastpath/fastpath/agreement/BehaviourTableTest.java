package io.fastpath.fastpath.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table in the documents names tests that there are, and all libraries of packet cases. */
class BehaviourTableTest {
    private static final Path TABLE = Path.of("../docs/BEHAVIOUR.md");
    private static final Path TESTS = Path.of("src/test/java");
    private static final Pattern NAME = Pattern.compile("\\b[A-Z][A-Za-z0-9]+(?:Cases|Test)\\b");

    @Test
    void shouldNameTestsThatThereAre() throws IOException {
        assertThat(names(TESTS)).containsAll(named());
    }

    @Test
    void shouldNameEveryLibraryOfPacketCases() throws IOException {
        assertThat(named())
                .containsAll(names(Path.of("src/test/java/io/fastpath/fastpath/agreement")).stream()
                        .filter(name -> name.endsWith("Cases"))
                        .collect(Collectors.toSet()));
    }

    private static Set<String> named() throws IOException {
        final Set<String> names = new TreeSet<>();
        final Matcher matcher = NAME.matcher(Files.readString(TABLE));
        while (matcher.find()) {
            names.add(matcher.group());
        }
        return names;
    }

    private static Set<String> names(final Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            final List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("Cases.java") || name.endsWith("Test.java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .toList();
            return new TreeSet<>(names);
        }
    }
}
