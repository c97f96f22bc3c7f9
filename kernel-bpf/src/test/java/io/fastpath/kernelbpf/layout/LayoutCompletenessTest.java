package io.fastpath.kernelbpf.layout;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.KernelObjects;
import io.fastpath.kernelbpf.btf.Btf;
import io.fastpath.kernelbpf.btf.BtfType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nothing that is shared can escape {@link LayoutAgreementTest}: not a header, not a type, not a macro, not a class. */
class LayoutCompletenessTest {
    private static final Path HEADERS = Path.of("src/main/bpf");
    private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"(fp_\\w+\\.h)\"");
    private static final Pattern TYPE = Pattern.compile("(?m)^(?:struct|enum) (fp_\\w+) \\{");
    private static final Pattern MACRO = Pattern.compile("(?m)^#define (FP_\\w+)[ (].*");
    private static final Btf BTF = new Btf(KernelObjects.xdpSteer());

    @Test
    void shouldPairEveryTypeOfTheAnchor() {
        final List<BtfType> anchored = anchored();

        assertThat(anchored.stream().filter(BtfType::isStruct).map(BtfType::name))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(Twins.STRUCTS.keySet().stream(), Twins.ARRAYS.stream())
                                .toList());
        assertThat(anchored.stream().filter(BtfType::isEnum).map(BtfType::name))
                .containsExactlyInAnyOrderElementsOf(
                        Twins.ENUMS.stream().map(Twins.EnumTwin::cName).toList());
    }

    @Test
    void shouldAnchorEveryTypeOfTheHeaders() {
        final List<String> declared =
                sharedHeaders().flatMap(header -> matches(TYPE, header)).toList();

        assertThat(anchored()).extracting(BtfType::name).containsExactlyInAnyOrderElementsOf(declared);
    }

    @Test
    void shouldHaveNoMacroForAConstant() {
        assertThat(sharedHeaders().flatMap(header -> matches(MACRO, header))).isEmpty();
    }

    @Test
    void shouldPairEveryClassOfThePackage() throws IOException {
        final List<String> paired = Stream.of(
                        Twins.STRUCTS.values().stream(),
                        Twins.ENUMS.stream().map(Twins.EnumTwin::java),
                        Stream.of(AddressDescriptor.class, MapNames.class))
                .flatMap(classes -> classes)
                .map(java -> java.getSimpleName() + ".java")
                .distinct()
                .toList();

        try (Stream<Path> files = Files.list(StatedWidths.JAVA_SOURCES)) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> !name.equals("package-info.java")))
                    .containsExactlyInAnyOrderElementsOf(paired);
        }
    }

    private static List<BtfType> anchored() {
        return BTF.struct("fp_layout").members().stream()
                .map(member -> BTF.type(member.typeId()))
                .toList();
    }

    private static Stream<Path> sharedHeaders() {
        return Stream.concat(matches(INCLUDE, HEADERS.resolve("fp_layout.h")), Stream.of("fp_types.h"))
                .map(HEADERS::resolve);
    }

    private static Stream<String> matches(final Pattern pattern, final Path file) {
        try {
            final String text = Files.readString(file);
            return pattern.matcher(text).results().map((final MatchResult match) -> match.group(1));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
