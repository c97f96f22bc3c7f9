package io.fastpath.lb.maglev;

import io.fastpath.lb.Endpoint;

/**
 * Where a backend's preference list over the slots starts and how it steps. The two hashes of the paper are taken from
 * FNV-1a (64 bits, over the address's bytes and the port, both in network order), finished with the mixer of
 * SplitMix64: fixed, so the same on every machine.
 *
 * <p>The paper's {@code (offset + i * skip) mod size} overflows 32 bits from 65,537 slots on; adding the skip and
 * subtracting the size when reached needs no product at all.
 */
final class BackendPermutation {
    private static final long FNV_OFFSET = 0xcbf2_9ce4_8422_2325L;
    private static final long FNV_PRIME = 0x100_0000_01b3L;
    private static final long STEP = 0x9e37_79b9_7f4a_7c15L;

    private BackendPermutation() {}

    static long seed(final Endpoint endpoint) {
        long hash = FNV_OFFSET;
        for (final byte octet : endpoint.address().bytes()) {
            hash = (hash ^ octet & 0xff) * FNV_PRIME;
        }
        hash = (hash ^ endpoint.port() >>> Byte.SIZE) * FNV_PRIME;
        return (hash ^ endpoint.port() & 0xff) * FNV_PRIME;
    }

    static int offset(final long seed, final int size) {
        return (int) Long.remainderUnsigned(mix(seed + STEP), size);
    }

    static int skip(final long seed, final int size) {
        return (int) Long.remainderUnsigned(mix(seed + 2 * STEP), size - 1) + 1;
    }

    static long mix(final long value) {
        final long first = (value ^ value >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        final long second = (first ^ first >>> 27) * 0x94d0_49bb_1331_11ebL;
        return second ^ second >>> 31;
    }
}
