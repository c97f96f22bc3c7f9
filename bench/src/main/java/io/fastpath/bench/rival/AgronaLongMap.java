package io.fastpath.bench.rival;

import io.fastpath.bench.stage.Connections;
import io.fastpath.bench.stage.MemoryBalancer;
import org.agrona.collections.Long2LongHashMap;

/**
 * Agrona's map of primitives, at its own load factor: what could be had if there were IPv4 alone, one VIP, 65,536 backends
 * and no state. A tuple is then a long: the client's address and port, and 16 bits for the direction and backend. One
 * thread at a time; its hash has no secret.
 */
final class AgronaLongMap implements ConnectionMap {
    private static final long MISSING = -1;
    private static final int PORT_MASK = 0xffff;

    private final Long2LongHashMap map = new Long2LongHashMap(MISSING);

    @Override
    public void open(final int number) {
        final int backend = TupleKey.backend(number);
        map.put(requestKey(number), backend);
        map.put(replyKey(number), backend);
    }

    @Override
    public int backend(final int number) {
        return (int) map.get(requestKey(number));
    }

    @Override
    public void close(final int number) {
        map.remove(requestKey(number));
        map.remove(replyKey(number));
    }

    @Override
    public long offHeapLength() {
        return 0;
    }

    private static long requestKey(final int number) {
        final long port = Connections.ports(number, MemoryBalancer.VIP_PORT_BE) & PORT_MASK;
        return (long) Connections.clientMemory(number) << 32 | port << 16;
    }

    private static long replyKey(final int number) {
        return requestKey(number) | TupleKey.backend(number) + 1;
    }
}
