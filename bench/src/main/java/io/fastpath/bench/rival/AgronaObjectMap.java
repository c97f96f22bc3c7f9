package io.fastpath.bench.rival;

import org.agrona.collections.Object2ObjectHashMap;

/** Agrona's open-addressing map of objects, at its own load factor. One thread at a time. */
final class AgronaObjectMap implements ConnectionMap {
    private final Object2ObjectHashMap<TupleKey, Connection> map = new Object2ObjectHashMap<>();
    private final TupleKey probe = new TupleKey();

    @Override
    public void open(final int number) {
        final Connection connection = new Connection(TupleKey.backend(number));
        map.put(new TupleKey().setRequest(number), connection);
        map.put(new TupleKey().setReply(number), connection);
    }

    @Override
    public int backend(final int number) {
        final Connection connection = map.get(probe.setRequest(number));
        return connection == null ? -1 : connection.backendIndex;
    }

    @Override
    public void close(final int number) {
        map.remove(probe.setRequest(number));
        map.remove(probe.setReply(number));
    }

    @Override
    public long offHeapLength() {
        return 0;
    }
}
