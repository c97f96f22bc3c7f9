package io.fastpath.kernelbpf.btf;

import java.util.List;

/**
 * One type (Linux, Documentation/bpf/btf.rst).
 *
 * @param kind a KIND constant
 * @param name empty where it has none
 * @param sizeOrType bytes of INT, STRUCT, UNION, ENUM; the type that PTR, TYPEDEF, CONST, VAR and their like refer to; the
 *     element type of ARRAY
 * @param count elements of ARRAY
 * @param members of STRUCT and UNION; enumerators of ENUM; variables of DATASEC
 */
public record BtfType(int kind, String name, int sizeOrType, int count, List<Member> members) {
    static final int INT = 1;
    static final int PTR = 2;
    static final int ARRAY = 3;
    static final int STRUCT = 4;
    static final int UNION = 5;
    static final int ENUM = 6;
    static final int TYPEDEF = 8;
    static final int VOLATILE = 9;
    static final int CONST = 10;
    static final int FUNC = 12;
    static final int FUNC_PROTO = 13;
    static final int VAR = 14;
    static final int DATASEC = 15;
    static final int DECL_TAG = 17;
    static final int ENUM64 = 19;

    /**
     * A part of a type.
     *
     * @param name of the member, enumerator or, in a DATASEC, nothing
     * @param typeId of the member or variable
     * @param value offset in bits of a member, value of an enumerator
     */
    public record Member(String name, int typeId, int value) {}

    /**
     * Whether it is a struct.
     *
     * @return true for STRUCT
     */
    public boolean isStruct() {
        return kind == STRUCT;
    }

    /**
     * Whether it is an enum.
     *
     * @return true for ENUM
     */
    public boolean isEnum() {
        return kind == ENUM;
    }
}
