package io.fastpath.kernelbpf.btf;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The BTF of an eBPF object: its types by id and by name (Linux, Documentation/bpf/btf.rst). */
public final class Btf {
    private static final int MAGIC = 0xeb9f;
    private static final int POINTER_LENGTH = 8;

    private final List<BtfType> types = new ArrayList<>();

    /**
     * Reads the section {@code .BTF}.
     *
     * @param object the object file
     */
    public Btf(final byte[] object) {
        final ByteBuffer section = new ElfSections(object).section(".BTF");
        if ((section.getShort(0) & 0xffff) != MAGIC) {
            throw new IllegalArgumentException("no BTF magic");
        }
        final int headerLength = section.getInt(4);
        final ByteBuffer strings = section.slice(headerLength + section.getInt(16), section.getInt(20));
        final int start = headerLength + section.getInt(8);
        section.position(start).limit(start + section.getInt(12));
        types.add(new BtfType(0, "void", 0, 0, List.of()));
        while (section.hasRemaining()) {
            types.add(read(section, strings));
        }
    }

    /**
     * A type by its id.
     *
     * @param id from 0, which is void
     * @return with typedefs, const and volatile taken off
     */
    public BtfType type(final int id) {
        final BtfType type = types.get(id);
        final boolean wrapper =
                type.kind() == BtfType.TYPEDEF || type.kind() == BtfType.CONST || type.kind() == BtfType.VOLATILE;
        return wrapper ? type(type.sizeOrType()) : type;
    }

    /**
     * A struct by its tag.
     *
     * @param name the tag
     * @return the type
     */
    public BtfType struct(final String name) {
        return named(BtfType.STRUCT, name);
    }

    /**
     * The enumerators of an enum.
     *
     * @param name the tag
     * @return values by name, in the order of the source
     */
    public Map<String, Integer> enumerators(final String name) {
        final Map<String, Integer> values = new LinkedHashMap<>();
        named(BtfType.ENUM, name).members().forEach(member -> values.put(member.name(), member.value()));
        return values;
    }

    /**
     * Size of a type.
     *
     * @param id of the type
     * @return bytes
     */
    public int sizeOf(final int id) {
        final BtfType type = type(id);
        return switch (type.kind()) {
            case BtfType.INT, BtfType.STRUCT, BtfType.UNION, BtfType.ENUM, BtfType.ENUM64 -> type.sizeOrType();
            case BtfType.ARRAY -> type.count() * sizeOf(type.sizeOrType());
            case BtfType.PTR -> POINTER_LENGTH;
            default -> throw new IllegalArgumentException("kind " + type.kind() + " has no size");
        };
    }

    /**
     * Whether there is a function.
     *
     * @param name of it
     * @return true if there is
     */
    public boolean hasFunction(final String name) {
        return types.stream()
                .anyMatch(type -> type.kind() == BtfType.FUNC && type.name().equals(name));
    }

    /**
     * The variables of a section, with the types that they are of.
     *
     * @param section name of the ELF section
     * @return types by variable
     */
    public Map<String, BtfType> variables(final String section) {
        final Map<String, BtfType> variables = new LinkedHashMap<>();
        for (final BtfType.Member member : named(BtfType.DATASEC, section).members()) {
            final BtfType variable = types.get(member.typeId());
            variables.put(variable.name(), type(variable.sizeOrType()));
        }
        return variables;
    }

    private BtfType named(final int kind, final String name) {
        final List<BtfType> found = types.stream()
                .filter(type -> type.kind() == kind && type.name().equals(name))
                .toList();
        if (found.size() != 1) {
            throw new IllegalArgumentException(found.size() + " types of kind " + kind + " named " + name);
        }
        return found.get(0);
    }

    private static BtfType read(final ByteBuffer in, final ByteBuffer strings) {
        final String name = ElfSections.string(strings, in.getInt());
        final int info = in.getInt();
        final int sizeOrType = in.getInt();
        final int kind = info >>> 24 & 0x1f;
        final int memberCount = kind == BtfType.FUNC ? 0 : info & 0xffff; // a FUNC has its linkage there
        if (kind == BtfType.ARRAY) {
            final int elementType = in.getInt();
            in.getInt();
            return new BtfType(kind, name, elementType, in.getInt(), List.of());
        }
        if (kind == BtfType.STRUCT && info < 0) {
            throw new IllegalArgumentException("bit fields in " + name);
        }
        final List<BtfType.Member> members = new ArrayList<>();
        for (int i = 0; i < memberCount; i++) {
            members.add(readMember(kind, in, strings));
        }
        if (kind == BtfType.INT || kind == BtfType.VAR || kind == BtfType.DECL_TAG) {
            in.getInt();
        }
        return new BtfType(kind, name, sizeOrType, 0, members);
    }

    private static BtfType.Member readMember(final int kind, final ByteBuffer in, final ByteBuffer strings) {
        final int first = in.getInt();
        final int second = in.getInt();
        return switch (kind) {
            case BtfType.STRUCT, BtfType.UNION, BtfType.ENUM64 ->
                new BtfType.Member(ElfSections.string(strings, first), second, in.getInt());
            case BtfType.ENUM -> new BtfType.Member(ElfSections.string(strings, first), 0, second);
            case BtfType.FUNC_PROTO -> new BtfType.Member(ElfSections.string(strings, first), second, 0);
            case BtfType.DATASEC -> {
                in.getInt();
                yield new BtfType.Member("", first, 0);
            }
            default -> throw new IllegalArgumentException("members in kind " + kind);
        };
    }
}
