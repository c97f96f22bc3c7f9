package io.fastpath.afxdpnative.bpf;

import io.fastpath.afxdpnative.sys.NativeMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * What the kernel knows of a map. Source: {@code struct bpf_map_info} in {@code include/uapi/linux/bpf.h}.
 *
 * @param type {@code enum bpf_map_type}.
 * @param id the kernel's number of the map, as bpftool shows it.
 * @param keyLength in bytes.
 * @param valueLength in bytes.
 * @param maxEntries capacity, unsigned.
 * @param flags {@code BPF_F_} bits given at creation.
 * @param name at most 15 characters.
 */
public record BpfMapInfo(int type, int id, int keyLength, int valueLength, int maxEntries, int flags, String name) {
    private static final int INFO_LENGTH = 80;
    private static final int TYPE_OFFSET = 0;
    private static final int ID_OFFSET = 4;
    private static final int KEY_LENGTH_OFFSET = 8;
    private static final int VALUE_LENGTH_OFFSET = 12;
    private static final int MAX_ENTRIES_OFFSET = 16;
    private static final int FLAGS_OFFSET = 20;
    private static final int NAME_OFFSET = 24;

    static BpfMapInfo of(final int fd) {
        try (NativeMemory info = BpfInfo.read(fd, INFO_LENGTH, "map")) {
            return new BpfMapInfo(
                    info.buffer().getInt(TYPE_OFFSET),
                    info.buffer().getInt(ID_OFFSET),
                    info.buffer().getInt(KEY_LENGTH_OFFSET),
                    info.buffer().getInt(VALUE_LENGTH_OFFSET),
                    info.buffer().getInt(MAX_ENTRIES_OFFSET),
                    info.buffer().getInt(FLAGS_OFFSET),
                    info.stringAt(NAME_OFFSET));
        }
    }

    /** Name what makes {@code actual} unfit where {@code this} is wanted; empty if nothing does. */
    String differenceTo(final BpfMapInfo actual) {
        final List<String> differences = new ArrayList<>();
        compare(differences, "type", type, actual.type);
        compare(differences, "key length", keyLength, actual.keyLength);
        compare(differences, "value length", valueLength, actual.valueLength);
        compare(differences, "max entries", maxEntries, actual.maxEntries);
        compare(differences, "flags", flags, actual.flags);
        return String.join(", ", differences);
    }

    private static void compare(final List<String> differences, final String what, final int wanted, final int actual) {
        if (wanted != actual) {
            differences.add(
                    what + ' ' + Integer.toUnsignedString(actual) + " instead of " + Integer.toUnsignedString(wanted));
        }
    }
}
