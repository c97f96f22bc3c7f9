package io.fastpath.kernelbpf.decap;

/** What {@code xdp_decap} and its loader share. C twin: {@code fp_decap.h}. */
public final class DecapDescriptor {
    /** Hash map: the host's addresses. */
    public static final String OWN_MAP = "fp_decap_own";

    /** Array: a row of counts for each CPU. */
    public static final String COUNTS_MAP = "fp_decap_counts";

    /** Array: the settings. */
    public static final String SETTINGS_MAP = "fp_decap_set";

    /** Addresses of the host: more than anyone gives a server, VIPs included. */
    public static final int ADDRESS_LIMIT = 4096;

    /** First count of the drops. */
    public static final int FIRST_DROP = 2;

    /** u64 per row. */
    public static final int COUNTS = 8;

    /** Bit of the modes: IP protocols 4 and 41. */
    public static final int MODE_IPIP = 1;

    /** Bit of the modes: GUE. */
    public static final int MODE_GUE = 2;

    /** Bit of the modes: Geneve. */
    public static final int MODE_GENEVE = 4;

    /** Bytes of an address, IPv4 mapped. */
    public static final int ADDRESS_LENGTH = 16;

    /** Bytes of a row. */
    public static final int ROW_LENGTH = COUNTS * Long.BYTES;

    /** Bytes of the settings. */
    public static final int SETTINGS_LENGTH = 8;

    /** u32: bits of the modes. */
    public static final int MODES_OFFSET = 0;

    /** u16, network order: UDP port of GUE. */
    public static final int GUE_PORT_BE_OFFSET = 4;

    /** u16, network order: UDP port of Geneve. */
    public static final int GENEVE_PORT_BE_OFFSET = 6;

    private DecapDescriptor() {}
}
