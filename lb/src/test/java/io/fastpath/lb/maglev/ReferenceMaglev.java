package io.fastpath.lb.maglev;

import io.fastpath.lb.BackendSpec;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The paper's pseudocode written down once more, with whole permutations and big numbers, and no care for speed. */
final class ReferenceMaglev {
    private static final BigInteger WORD = BigInteger.ONE.shiftLeft(64);
    private static final BigInteger STEP = new BigInteger("9e3779b97f4a7c15", 16);

    private ReferenceMaglev() {}

    /** Position of each slot's backend among those with a weight, in the order of their endpoints. */
    static List<Integer> build(final List<BackendSpec> backends, final int size) {
        final List<BackendSpec> sorted = backends.stream()
                .filter(backend -> backend.weight() > 0)
                .sorted(Comparator.comparing(BackendSpec::endpoint))
                .toList();
        final List<int[]> permutations = new ArrayList<>();
        sorted.forEach(backend -> permutations.add(permutation(backend, size)));
        final int highest = sorted.stream().mapToInt(BackendSpec::weight).max().orElseThrow();
        final Integer[] table = new Integer[size];
        final int[] next = new int[sorted.size()];
        int filled = 0;
        for (long round = 1; ; round++) {
            for (int i = 0; i < sorted.size(); i++) {
                final long weight = sorted.get(i).weight();
                if (round * weight / highest == (round - 1) * weight / highest) {
                    continue; // no turn fell due in this round
                }
                while (table[permutations.get(i)[next[i]]] != null) {
                    next[i]++;
                }
                table[permutations.get(i)[next[i]]] = i;
                if (++filled == size) {
                    return List.of(table);
                }
            }
        }
    }

    private static int[] permutation(final BackendSpec backend, final int size) {
        BigInteger seed = new BigInteger("cbf29ce484222325", 16);
        for (final byte octet : backend.address().bytes()) {
            seed = fnv(seed, octet & 0xff);
        }
        seed = fnv(fnv(seed, backend.port() / 256), backend.port() % 256);
        final BigInteger slots = BigInteger.valueOf(size);
        final BigInteger offset = mix(seed.add(STEP)).mod(slots);
        final BigInteger skip = mix(seed.add(STEP).add(STEP))
                .mod(slots.subtract(BigInteger.ONE))
                .add(BigInteger.ONE);
        final int[] permutation = new int[size];
        for (int i = 0; i < size; i++) {
            permutation[i] =
                    offset.add(skip.multiply(BigInteger.valueOf(i))).mod(slots).intValueExact();
        }
        return permutation;
    }

    private static BigInteger fnv(final BigInteger hash, final int octet) {
        return hash.xor(BigInteger.valueOf(octet))
                .multiply(new BigInteger("100000001b3", 16))
                .mod(WORD);
    }

    private static BigInteger mix(final BigInteger sum) {
        BigInteger value = sum.mod(WORD);
        value = value.xor(value.shiftRight(30))
                .multiply(new BigInteger("bf58476d1ce4e5b9", 16))
                .mod(WORD);
        value = value.xor(value.shiftRight(27))
                .multiply(new BigInteger("94d049bb133111eb", 16))
                .mod(WORD);
        return value.xor(value.shiftRight(31));
    }
}
