package io.fastpath.afxdpnative.sys;

/** Names of interfaces by index, for the texts of failures. Sees the calling thread's network namespace. */
public final class InterfaceName {
    /** {@code IF_NAMESIZE}, with the NUL. */
    private static final int NAME_LENGTH = 16;

    private InterfaceName() {}

    /**
     * {@return the interface's name, or {@code ifindex} and the number where there is no such interface}
     *
     * @param ifindex the kernel's number of the interface.
     */
    public static String of(final int ifindex) {
        try (NativeMemory name = NativeMemory.allocate(NAME_LENGTH)) {
            return Libc.if_indextoname(ifindex, name.address()) == 0 ? "ifindex " + ifindex : name.stringAt(0);
        }
    }

    /**
     * {@return whether there is such an interface}
     *
     * @param ifindex the kernel's number of the interface.
     */
    public static boolean exists(final int ifindex) {
        try (NativeMemory name = NativeMemory.allocate(NAME_LENGTH)) {
            return Libc.if_indextoname(ifindex, name.address()) != 0;
        }
    }

    /**
     * {@return the interface's number}
     *
     * @param name of the interface.
     * @throws NativeException with ENODEV if the calling thread's network namespace has no such interface.
     */
    public static int toIndex(final String name) {
        try (NativeMemory text = NativeMemory.ofCString(name)) {
            final int ifindex = Libc.if_nametoindex(text.address());
            if (ifindex == 0) {
                throw new NativeException(
                        "if_nametoindex(" + name + ")",
                        Libc.errno(),
                        "no such interface in this network namespace; list them with: ip link");
            }
            return ifindex;
        }
    }
}
