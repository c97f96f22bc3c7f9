package io.fastpath.kernelbpf.layout;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.KernelObjects;
import io.fastpath.kernelbpf.btf.Btf;
import io.fastpath.kernelbpf.btf.BtfType;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The memory that the loaded program works on, as its BTF tells, is the memory that the descriptors describe: the same
 * fields at the same offsets with the same widths, the same constants with the same values, none missing on either
 * side.
 */
class LayoutAgreementTest {
    private static final Btf BTF = new Btf(KernelObjects.xdpSteer());

    private static Stream<String> structs() {
        return Twins.STRUCTS.keySet().stream().sorted();
    }

    private static Stream<Class<?>> classesWithConstants() {
        return Stream.concat(
                        Twins.STRUCTS.values().stream(), Twins.ENUMS.stream().map(Twins.EnumTwin::java))
                .distinct();
    }

    @ParameterizedTest
    @MethodSource("structs")
    void shouldHaveTheSameFieldsAtTheSameOffsets(final String struct) {
        final Map<String, Integer> inJava = Twins.constants(Twins.STRUCTS.get(struct));
        inJava.keySet().removeIf(name -> !name.endsWith("_OFFSET"));

        final Map<String, Integer> inC = new TreeMap<>();
        usedMembers(struct).forEach(member -> inC.put(offsetName(member), member.value() / Byte.SIZE));

        assertThat(inJava).isEqualTo(inC);
    }

    @ParameterizedTest
    @MethodSource("structs")
    void shouldHaveFieldsOfTheSameWidth(final String struct) throws IOException {
        final Map<String, Integer> inC = new TreeMap<>();
        usedMembers(struct).forEach(member -> inC.put(offsetName(member), BTF.sizeOf(member.typeId())));

        assertThat(StatedWidths.of(Twins.STRUCTS.get(struct))).isEqualTo(inC);
    }

    @ParameterizedTest
    @MethodSource("structs")
    void shouldHaveTheSameLength(final String struct) {
        assertThat(Twins.constants(Twins.STRUCTS.get(struct)).get("LENGTH"))
                .isEqualTo(BTF.struct(struct).sizeOrType());
    }

    @ParameterizedTest
    @MethodSource("structs")
    void shouldHaveNoHiddenPadding(final String struct) {
        int endBits = 0;
        for (final BtfType.Member member : BTF.struct(struct).members()) {
            assertThat(member.value()).as(member.name()).isEqualTo(endBits);
            endBits += BTF.sizeOf(member.typeId()) * Byte.SIZE;
        }
        assertThat(endBits / Byte.SIZE).isEqualTo(BTF.struct(struct).sizeOrType());
    }

    @ParameterizedTest
    @MethodSource("classesWithConstants")
    void shouldHaveTheSameConstants(final Class<?> java) {
        final Map<String, Integer> inJava = Twins.constants(java);
        inJava.keySet().removeIf(name -> name.endsWith("_OFFSET") || name.equals("LENGTH"));
        lengthsOfArrays(java).keySet().forEach(inJava::remove);

        final Map<String, Integer> inC = new TreeMap<>();
        Twins.ENUMS.stream()
                .filter(twin -> twin.java() == java)
                .forEach(twin -> BTF.enumerators(twin.cName())
                        .forEach((name, value) ->
                                assertThat(inC.put(twin.javaName(name), value)).isNull()));

        assertThat(inJava).isEqualTo(inC);
    }

    @ParameterizedTest
    @MethodSource("classesWithConstants")
    void shouldDeriveLengthsFromTheTypes(final Class<?> java) {
        assertThat(Twins.constants(java)).containsAllEntriesOf(lengthsOfArrays(java));
    }

    @Test
    void shouldHaveTheSameAddress() {
        final BtfType address = BTF.struct("fp_address");
        assertThat(address.sizeOrType()).isEqualTo(AddressDescriptor.LENGTH);

        final List<BtfType.Member> views =
                BTF.type(address.members().get(0).typeId()).members();
        assertThat(views).extracting(BtfType.Member::name).containsExactly("bytes", "be32", "words");
        assertThat(views).allMatch(view -> BTF.sizeOf(view.typeId()) == AddressDescriptor.LENGTH);
        final BtfType words = BTF.type(views.get(2).typeId());
        assertThat(words.count()).isEqualTo(2);
        assertThat(BTF.sizeOf(words.sizeOrType())).isEqualTo(AddressDescriptor.WORD1_OFFSET);
    }

    private static Map<String, Integer> lengthsOfArrays(final Class<?> java) {
        if (java == Counter.class) {
            return Map.of("ROW_LENGTH", BTF.struct("fp_counter_row").sizeOrType());
        }
        if (java == ServiceDescriptor.class) {
            final BtfType entries =
                    BTF.type(BTF.struct("fp_maglev_line").members().get(0).typeId());
            assertThat(entries.count()).isEqualTo(ServiceDescriptor.MAGLEV_LINE_ENTRIES);
            return Map.of("MAGLEV_ENTRY_LENGTH", BTF.sizeOf(entries.sizeOrType()));
        }
        if (java == VlanDescriptor.class) {
            final BtfType ids =
                    BTF.type(BTF.struct("fp_vlan_row").members().get(0).typeId());
            assertThat(ids.count()).isEqualTo(VlanDescriptor.IDS);
            return Map.of(
                    "ID_LENGTH",
                    BTF.sizeOf(ids.sizeOrType()),
                    "LENGTH",
                    BTF.struct("fp_vlan_row").sizeOrType());
        }
        if (java == FlowState.class) {
            return Map.of("COUNT", BTF.enumerators("fp_flow_state").size());
        }
        return Map.of();
    }

    private static List<BtfType.Member> usedMembers(final String struct) {
        return BTF.struct(struct).members().stream()
                .filter(member -> !member.name().startsWith("reserved"))
                .toList();
    }

    private static String offsetName(final BtfType.Member member) {
        return member.name().toUpperCase(Locale.ROOT) + "_OFFSET";
    }
}
