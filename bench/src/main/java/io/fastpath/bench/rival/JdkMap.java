package io.fastpath.bench.rival;

import java.util.Map;

/** A map of the JDK. {@code HashMap} is for one thread at a time, {@code ConcurrentHashMap} for any number. */
final class JdkMap implements ConnectionMap {
    private final Map<TupleKey, Connection> map;
    private final TupleKey probe = new TupleKey();

    JdkMap(final Map<TupleKey, Connection> map) {
        this.map = map;
    }

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
