package io.fastpath.fastpath.prefilter;

import io.fastpath.afxdpnative.bpf.BpfMap;
import io.fastpath.afxdpnative.bpf.BpfMapBatch;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.Prefix4Descriptor;
import io.fastpath.kernelbpf.layout.Prefix6Descriptor;
import org.agrona.concurrent.UnsafeBuffer;

/** The kernel's trie of a family, and a batch of its elements. One thread. */
final class PrefixTrie implements AutoCloseable {
    /** Elements of a call: some milliseconds, in which nobody waits but the asker. */
    static final int BATCH = 4096;

    private static final int BITS_MASK = 0xff;

    private final boolean isIpv4;
    private final int keyLength;
    private final BpfMap map;
    private final BpfMapBatch batch;
    private int count;

    PrefixTrie(final boolean isIpv4, final BpfMap map) {
        this.isIpv4 = isIpv4;
        this.map = map;
        keyLength = isIpv4 ? Prefix4Descriptor.LENGTH : Prefix6Descriptor.LENGTH;
        batch = new BpfMapBatch(map, BATCH);
    }

    boolean isIpv4() {
        return isIpv4;
    }

    /** Puts an element into the batch. */
    void put(final int bits, final long word0, final long word1, final int value) {
        final UnsafeBuffer keys = batch.keys();
        final int key = count * keyLength;
        keys.putInt(key + Prefix4Descriptor.BITS_OFFSET, bits);
        if (isIpv4) {
            keys.putInt(key + Prefix4Descriptor.ADDRESS_OFFSET, (int) (word1 >>> Integer.SIZE));
        } else {
            keys.putLong(key + Prefix6Descriptor.ADDRESS_OFFSET, word0);
            keys.putLong(key + Prefix6Descriptor.ADDRESS_OFFSET + Long.BYTES, word1);
        }
        batch.values().putInt(count * Integer.BYTES, value);
        count++;
    }

    boolean isFull() {
        return count == BATCH;
    }

    void update() {
        if (count > 0) {
            batch.update(count);
            count = 0;
        }
    }

    void delete() {
        if (count > 0) {
            batch.delete(count);
            count = 0;
        }
    }

    /** Whether exactly this prefix is there: a look-up answers the longest one of at most as many bits. */
    boolean contains(final Prefix prefix) {
        alone(prefix);
        return map.lookup(batch.keys(), batch.values())
                && (value(0) >>> Prefix4Descriptor.BITS_SHIFT & BITS_MASK) == prefix.bits();
    }

    private void alone(final Prefix prefix) {
        count = 0;
        put(prefix.bits(), prefix.address().word0(), prefix.address().word1(), 0);
        count = 0;
    }

    void rewind() {
        batch.rewind();
    }

    /** Reads the next elements of the trie. */
    int next() {
        return batch.next();
    }

    int bits(final int i) {
        return batch.keys().getInt(i * keyLength + Prefix4Descriptor.BITS_OFFSET);
    }

    long word0(final int i) {
        return isIpv4 ? 0 : batch.keys().getLong(i * keyLength + Prefix6Descriptor.ADDRESS_OFFSET);
    }

    long word1(final int i) {
        final int address = i * keyLength + Prefix4Descriptor.ADDRESS_OFFSET;
        return isIpv4
                ? AddressDescriptor.ipv4Word1(batch.keys().getInt(address))
                : batch.keys().getLong(address + Long.BYTES);
    }

    int value(final int i) {
        return batch.values().getInt(i * Integer.BYTES);
    }

    /** Takes out exactly this prefix; answers whether it was there. */
    boolean remove(final Prefix prefix) {
        alone(prefix);
        return map.delete(batch.keys());
    }

    @Override
    public void close() {
        batch.close();
    }
}
