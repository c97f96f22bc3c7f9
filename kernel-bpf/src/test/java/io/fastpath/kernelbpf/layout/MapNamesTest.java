package io.fastpath.kernelbpf.layout;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.KernelObjects;
import io.fastpath.kernelbpf.btf.Btf;
import io.fastpath.kernelbpf.btf.BtfType;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** The maps of the object are the maps of {@link MapNames}; types and flags are those of {@code linux/bpf.h}. */
class MapNamesTest {
    private static final List<String> MAPPABLE = MapNames.MAPPABLE;
    private static final int BPF_MAP_TYPE_ARRAY = 2;
    private static final int BPF_MAP_TYPE_XSKMAP = 17;
    private static final int BPF_MAP_TYPE_LPM_TRIE = 11;
    private static final int BPF_F_NO_PREALLOC = 1;
    private static final int BPF_F_MMAPABLE = 1 << 10;
    private static final int NAME_LENGTH_LIMIT = 15;

    private static final Btf BTF = new Btf(KernelObjects.xdpSteer());
    private static final Map<String, BtfType> MAPS = BTF.variables(".maps");

    @Test
    void shouldNameEveryMap() throws IllegalAccessException {
        final List<String> names = new ArrayList<>();
        for (final Field field : MapNames.class.getFields()) {
            if (field.getType() == String.class) {
                names.add((String) field.get(null));
            }
        }
        assertThat(names).containsExactlyInAnyOrderElementsOf(MAPS.keySet());
        assertThat(names).allMatch(name -> name.length() <= NAME_LENGTH_LIMIT);

        names.removeAll(MapNames.UNMAPPED);
        names.removeAll(MapNames.PRIVATE);
        assertThat(MAPPABLE).containsExactlyInAnyOrderElementsOf(names);
    }

    @ParameterizedTest
    @FieldSource("MAPPABLE")
    void shouldBeMappableArray(final String name) {
        assertThat(numbers(name)).containsEntry("type", BPF_MAP_TYPE_ARRAY).containsEntry("map_flags", BPF_F_MMAPABLE);
    }

    @ParameterizedTest
    @CsvSource({
        "fp_config,     fp_config,        1",
        "fp_interfaces, fp_interface,     64",
        "fp_vlans,      fp_vlan_row,      64",
        "fp_queues,     fp_queue,         4096",
        "fp_services,   fp_service,       1",
        "fp_maglev,     fp_maglev_line,   1",
        "fp_backends,   fp_backend,       1",
        "fp_bstats,     fp_backend_stats, 1",
        "fp_next_hops,  fp_next_hop,      1",
        "fp_flows,      fp_flow,          1",
        "fp_flow_tcp,   fp_flow_tcp,      1",
        "fp_opens,      fp_open,          1",
        "fp_open_lines, fp_open_line,     8192",
        "fp_fragments,  fp_fragment,      4096",
        "fp_counters,   fp_counter_row,   1",
        "fp_sources,    fp_source,        16384",
        "fp_affinities, fp_affinity,      32768",
        "fp_rates,      fp_rate,          1",
        "fp_limits,     fp_limit,         16384"
    })
    void shouldHoldItsStruct(final String name, final String struct, final int entries) {
        assertThat(valueType(name)).isEqualTo(struct);
        assertThat(numbers(name)).containsEntry("max_entries", entries);
    }

    @Test
    void shouldHaveASocketSlotForEveryQueue() {
        assertThat(numbers(MapNames.SOCKETS))
                .containsEntry("type", BPF_MAP_TYPE_XSKMAP)
                .containsEntry("max_entries", InterfaceDescriptor.QUEUE_SLOTS);
        assertThat(numbers(MapNames.QUEUES)).containsEntry("max_entries", InterfaceDescriptor.QUEUE_SLOTS);
        assertThat(numbers(MapNames.INTERFACES)).containsEntry("max_entries", InterfaceDescriptor.SLOTS);
    }

    @ParameterizedTest
    @CsvSource({"fp_deny4, fp_prefix4", "fp_deny6, fp_prefix6"})
    void shouldHaveATrieForEachFamily(final String name, final String key) {
        assertThat(numbers(name))
                .containsEntry("type", BPF_MAP_TYPE_LPM_TRIE)
                .containsEntry("map_flags", BPF_F_NO_PREALLOC)
                .containsEntry("max_entries", Prefix4Descriptor.ENTRY_LIMIT);
        assertThat(type(name, "key")).isEqualTo(key);
    }

    /** What {@code __uint(name, number)} says: a pointer to an array of that many elements. */
    private static Map<String, Integer> numbers(final String map) {
        final Map<String, Integer> numbers = new HashMap<>();
        for (final BtfType.Member member : MAPS.get(map).members()) {
            numbers.put(member.name(), pointee(member).count());
        }
        return numbers;
    }

    private static String valueType(final String map) {
        return type(map, "value");
    }

    private static String type(final String map, final String part) {
        return MAPS.get(map).members().stream()
                .filter(member -> member.name().equals(part))
                .map(member -> pointee(member).name())
                .findFirst()
                .orElseThrow();
    }

    private static BtfType pointee(final BtfType.Member member) {
        return BTF.type(BTF.type(member.typeId()).sizeOrType());
    }
}
