package io.fastpath.kernelbpf.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class TupleHashTest {
    private static final int BUCKET_COUNT = 1024;
    private static final int TUPLE_COUNT = 65_536;
    private static final int TUPLES_PER_BUCKET = TUPLE_COUNT / BUCKET_COUNT;
    private static final int KEY_COUNT = 31;
    private static final int TCP = 6;
    private static final long VIP_WORD1 = AddressDescriptor.ipv4Word1(0x6400070a);
    private static final long CLIENT_WORD1 = AddressDescriptor.ipv4Word1(0x0700090a);
    private static final int PORTS = 0x5000_409c;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void shouldSpreadSequentialPorts() {
        shouldSpread(hash -> i -> hash.hash(0, CLIENT_WORD1, 0, VIP_WORD1, 0x5000_0000 | swapped((short) i), TCP));
    }

    @Test
    void shouldSpreadSequentialIpv4Addresses() {
        shouldSpread(hash -> i -> hash.hash(
                0, AddressDescriptor.ipv4Word1(Integer.reverseBytes(0x0a09_0000 + i)), 0, VIP_WORD1, PORTS, TCP));
    }

    @Test
    void shouldSpreadSequentialIpv6Addresses() {
        shouldSpread(hash -> i -> hash.hash(0xb80d_0120L, Long.reverseBytes(i), 0xb80d_0120L, 1, PORTS, TCP));
    }

    @Test
    void shouldSpreadAddressesTimesPorts() {
        shouldSpread(hash -> i -> hash.hash(
                0,
                AddressDescriptor.ipv4Word1(Integer.reverseBytes(0x0a09_0000 + (i >> 8))),
                0,
                VIP_WORD1,
                0x5000_0000 | swapped((short) (1024 + (i & 0xff))),
                TCP));
    }

    @Test
    void shouldDependOnEveryBit() {
        final TupleHash hash = randomHash();
        final long[] tuple = random.longs(5).toArray();
        final int protocolBits = 8;
        final int original = hashOf(hash, tuple);

        for (int bit = 0; bit < 4 * Long.SIZE + Integer.SIZE + protocolBits; bit++) {
            final long[] changed = tuple.clone();
            changed[bit / Long.SIZE] ^= 1L << bit % Long.SIZE;
            assertThat(hashOf(hash, changed)).as("bit %d, seed %d", bit, seed).isNotEqualTo(original);
        }
    }

    @Test
    void shouldMapOntoTheWholeTable() {
        assertThat(TupleHash.slot(0, 1000)).isZero();
        assertThat(TupleHash.slot(-1, 1000)).isEqualTo(999);
        assertThat(TupleHash.slot(Integer.MIN_VALUE, 1000)).isEqualTo(500);
        assertThat(TupleHash.slot(-1, Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE - 1);
        assertThat(TupleHash.slot(-1, 1)).isZero();
    }

    @Test
    void shouldTakeItsKeyFromTheConfiguration() {
        final SharedMemory config = SharedMemory.allocate(ConfigDescriptor.LENGTH);
        final long[] key = random.longs(2 * ConfigDescriptor.HASH_KEY_WORDS).toArray();
        for (int i = 0; i < key.length; i++) {
            config.putLong(ConfigDescriptor.HASH_KEY_OFFSET + (long) i * Long.BYTES, key[i]);
        }

        final long[] tuple = random.longs(5).toArray();
        final TupleHash flows = TupleHash.of(config, ConfigDescriptor.HASH_KEY_OFFSET);
        final TupleHash selection = TupleHash.of(config, ConfigDescriptor.SELECTION_KEY_OFFSET);

        final int words = ConfigDescriptor.HASH_KEY_WORDS;
        assertThat(hashOf(flows, tuple)).isEqualTo(hashOf(new TupleHash(Arrays.copyOf(key, words)), tuple));
        assertThat(hashOf(selection, tuple))
                .isEqualTo(hashOf(new TupleHash(Arrays.copyOfRange(key, words, key.length)), tuple));
    }

    @Test
    void shouldRefuseAKeyOfAnotherLength() {
        assertThatThrownBy(() -> new TupleHash(new long[10]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a hash key has 11 words, not 10");
    }

    /**
     * Chi-square over 1024 buckets has mean 1023 and standard deviation 45 for a perfect hash. A universal hash may meet
     * a weak key for one pattern, so the bound is on the median over keys, where 1200 is far outside of chance; and no
     * key may make a bucket of three times its share (of 16,000 keys tried, the fullest had 1.8).
     */
    private void shouldSpread(final Function<TupleHash, IntUnaryOperator> pattern) {
        final double[] chiSquares = new double[KEY_COUNT];
        for (int k = 0; k < KEY_COUNT; k++) {
            final IntUnaryOperator hashes = pattern.apply(randomHash());
            final int[] buckets = new int[BUCKET_COUNT];
            for (int i = 0; i < TUPLE_COUNT; i++) {
                buckets[TupleHash.slot(hashes.applyAsInt(i), BUCKET_COUNT)]++;
            }
            for (final int bucket : buckets) {
                assertThat(bucket).as("tuples in a bucket, seed %d", seed).isLessThan(3 * TUPLES_PER_BUCKET);
                chiSquares[k] +=
                        (double) (bucket - TUPLES_PER_BUCKET) * (bucket - TUPLES_PER_BUCKET) / TUPLES_PER_BUCKET;
            }
        }
        Arrays.sort(chiSquares);
        assertThat(chiSquares[KEY_COUNT / 2])
                .as("median chi-square, seed %d", seed)
                .isLessThan(1200);
    }

    private TupleHash randomHash() {
        return new TupleHash(random.longs(ConfigDescriptor.HASH_KEY_WORDS).toArray());
    }

    private static int hashOf(final TupleHash hash, final long[] tuple) {
        return hash.hash(
                tuple[0], tuple[1], tuple[2], tuple[3], (int) tuple[4], (int) (tuple[4] >>> Integer.SIZE) & 0xff);
    }

    private static int swapped(final short port) {
        return Short.toUnsignedInt(Short.reverseBytes(port));
    }
}
