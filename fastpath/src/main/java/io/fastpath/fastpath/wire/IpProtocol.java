package io.fastpath.fastpath.wire;

/** IP protocol numbers and IPv6 next headers (IANA's registries "Protocol Numbers" and "IPv6 Extension Header Types"). */
public final class IpProtocol {
    /** Hop-by-hop options, an extension header. */
    public static final int HOP_BY_HOP = 0;

    /** ICMP for IPv4. */
    public static final int ICMP = 1;

    /** TCP. */
    public static final int TCP = 6;

    /** UDP. */
    public static final int UDP = 17;

    /** Routing, an extension header. */
    public static final int ROUTING = 43;

    /** Fragment, an extension header. */
    public static final int FRAGMENT = 44;

    /** Encapsulated payload: what follows can't be read. */
    public static final int ENCAPSULATED = 50;

    /** Authentication, an extension header. */
    public static final int AUTHENTICATION = 51;

    /** ICMP for IPv6. */
    public static final int ICMPV6 = 58;

    /** Destination options, an extension header. */
    public static final int DESTINATION_OPTIONS = 60;

    /** Mobility, an extension header. */
    public static final int MOBILITY = 135;

    /** Host identity, an extension header. */
    public static final int HOST_IDENTITY = 139;

    /** Shim6, an extension header. */
    public static final int SHIM6 = 140;

    private IpProtocol() {}

    /**
     * Whether a next header is an extension header other than the fragment header.
     *
     * @param nextHeader of an IPv6 header
     * @return true if more headers come before the transport
     */
    public static boolean isExtension(final int nextHeader) {
        return switch (nextHeader) {
            case HOP_BY_HOP, ROUTING, AUTHENTICATION, DESTINATION_OPTIONS, MOBILITY, HOST_IDENTITY, SHIM6 -> true;
            default -> false;
        };
    }
}
