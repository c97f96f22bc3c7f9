package io.fastpath.kernelbpf.btf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The sections of a little-endian ELF64 file by name (System V ABI, chapter 4). */
public final class ElfSections {
    private static final int MAGIC = 0x464c457f;
    private static final int MACHINE_OFFSET = 18;
    private static final int SECTION_TABLE_OFFSET = 40;
    private static final int SECTION_COUNT_OFFSET = 60;
    private static final int SECTION_HEADER_LENGTH = 64;

    private final int machine;
    private final Map<String, ByteBuffer> byName = new LinkedHashMap<>();

    /**
     * Reads the section table.
     *
     * @param file the whole file
     */
    public ElfSections(final byte[] file) {
        final ByteBuffer elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (elf.getInt(0) != MAGIC) {
            throw new IllegalArgumentException("not an ELF file");
        }
        machine = elf.getShort(MACHINE_OFFSET) & 0xffff;
        final int table = (int) elf.getLong(SECTION_TABLE_OFFSET);
        final int count = elf.getShort(SECTION_COUNT_OFFSET);
        final ByteBuffer names = content(elf, table, elf.getShort(SECTION_COUNT_OFFSET + 2));
        for (int i = 1; i < count; i++) {
            byName.put(string(names, elf.getInt(table + i * SECTION_HEADER_LENGTH)), content(elf, table, i));
        }
    }

    /**
     * Instruction set.
     *
     * @return an EM constant of {@code linux/elf-em.h}
     */
    public int machine() {
        return machine;
    }

    /**
     * A section's content.
     *
     * @param name as in the file
     * @return from position 0
     */
    public ByteBuffer section(final String name) {
        final ByteBuffer section = byName.get(name);
        if (section == null) {
            throw new IllegalArgumentException("no section " + name + " among " + byName.keySet());
        }
        return section;
    }

    static String string(final ByteBuffer table, final int offset) {
        int end = offset;
        while (table.get(end) != 0) {
            end++;
        }
        final byte[] bytes = new byte[end - offset];
        table.get(offset, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static ByteBuffer content(final ByteBuffer elf, final int table, final int index) {
        final int header = table + index * SECTION_HEADER_LENGTH;
        final int type = elf.getInt(header + 4);
        final int noBits = 8;
        final int length = type == noBits ? 0 : (int) elf.getLong(header + 32);
        return elf.slice((int) elf.getLong(header + 24), length).order(ByteOrder.LITTLE_ENDIAN);
    }
}
