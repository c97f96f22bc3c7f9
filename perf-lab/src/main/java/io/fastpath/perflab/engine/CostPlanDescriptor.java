package io.fastpath.perflab.engine;

/**
 * Layout of what the measured frames are made of. C twin, with the rules of writing: {@code lab_cost.h}.
 *
 * <pre>
 *   0        4        8        12       16       20       24       28       32                112
 *  +--------+--------+--------+--------+--------+--------+--------+--------+-----------------+
 *  | first  | count  | next   | rsv    | word   | address| ports  | check  | template        |
 *  +--------+--------+--------+--------+--------+--------+--------+--------+-----------------+
 *   of the variants, and the next run's          offsets in the frame
 *
 *  A variant:
 *   0        4        8        12    14    16
 *  +--------+--------+--------+-----+-----+
 *  | word   | address| ports  |check| rsv |
 *  +--------+--------+--------+-----+-----+
 * </pre>
 */
final class CostPlanDescriptor {
    static final String MAP = "cost_plan";
    static final String VARIANTS_MAP = "cost_variants";
    static final String SUBJECT_MAP = "cost_subject";

    static final int FRAME_LENGTH = 80;

    static final int FIRST_OFFSET = 0;
    static final int COUNT_OFFSET = FIRST_OFFSET + Integer.BYTES;
    static final int NEXT_OFFSET = COUNT_OFFSET + Integer.BYTES;
    static final int WORD_OFFSET_OFFSET = NEXT_OFFSET + 2 * Integer.BYTES;
    static final int ADDRESS_OFFSET_OFFSET = WORD_OFFSET_OFFSET + Integer.BYTES;
    static final int PORTS_OFFSET_OFFSET = ADDRESS_OFFSET_OFFSET + Integer.BYTES;
    static final int CHECK_OFFSET_OFFSET = PORTS_OFFSET_OFFSET + Integer.BYTES;
    static final int FRAME_OFFSET = CHECK_OFFSET_OFFSET + Integer.BYTES;
    static final int LENGTH = FRAME_OFFSET + FRAME_LENGTH;

    static final int VARIANT_WORD_OFFSET = 0;
    static final int VARIANT_ADDRESS_OFFSET = VARIANT_WORD_OFFSET + Integer.BYTES;
    static final int VARIANT_PORTS_OFFSET = VARIANT_ADDRESS_OFFSET + Integer.BYTES;
    static final int VARIANT_CHECK_OFFSET = VARIANT_PORTS_OFFSET + Integer.BYTES;
    static final int VARIANT_LENGTH = VARIANT_CHECK_OFFSET + 2 * Short.BYTES;

    private CostPlanDescriptor() {}
}
