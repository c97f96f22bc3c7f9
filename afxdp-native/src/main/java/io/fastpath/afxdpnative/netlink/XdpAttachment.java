package io.fastpath.afxdpnative.netlink;

/**
 * XDP programs that an interface holds, attached by whomever. Source: {@code linux/if_link.h}, {@code IFLA_XDP}.
 *
 * @param mode of the attached program.
 * @param programId kernel id of the program, of the native one first where {@code mode} is {@link Mode#MULTIPLE}; 0 for
 *     none.
 */
public record XdpAttachment(Mode mode, long programId) {
    /** No program. */
    public static final XdpAttachment NONE = new XdpAttachment(Mode.NONE, 0);

    /** Where the program runs; the order is the kernel's numbering ({@code XDP_ATTACHED_}). */
    public enum Mode {
        /** No program. */
        NONE,
        /** In the driver. */
        NATIVE,
        /** In the generic receive path, on socket buffers. */
        GENERIC,
        /** In the NIC. */
        OFFLOADED,
        /** Several programs in different modes. */
        MULTIPLE
    }
}
