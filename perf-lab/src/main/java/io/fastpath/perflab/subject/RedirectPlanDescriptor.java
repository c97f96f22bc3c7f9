package io.fastpath.perflab.subject;

/**
 * Layout of where the bare redirect sends to. C twin: {@code lab_redirect.h}.
 *
 * <pre>
 *   0                 6                 12          16
 *  +-----------------+-----------------+-----------+
 *  | destination MAC | source MAC      | interface |
 *  +-----------------+-----------------+-----------+
 * </pre>
 */
public final class RedirectPlanDescriptor {
    /** Name of the map. */
    public static final String MAP = "redirect_plan";

    /** MAC address that frames are sent to. */
    public static final int DESTINATION_MAC_OFFSET = 0;

    /** MAC address that they are sent from. */
    public static final int SOURCE_MAC_OFFSET = DESTINATION_MAC_OFFSET + 6;

    /** Index of the interface that they are sent by. */
    public static final int INTERFACE_INDEX_OFFSET = SOURCE_MAC_OFFSET + 6;

    /** Of the record. */
    public static final int LENGTH = INTERFACE_INDEX_OFFSET + Integer.BYTES;

    private RedirectPlanDescriptor() {}
}
