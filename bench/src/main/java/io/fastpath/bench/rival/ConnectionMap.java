package io.fastpath.bench.rival;

import java.util.HashMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A map that knows TCP connections by the tuples of both their directions, as a balancer without source translation needs
 * it: client to VIP, and backend to client. Connections go by their number in {@code Connections}. One thread.
 */
public interface ConnectionMap {
    /**
     * Enters a connection, both directions.
     *
     * @param number which is not there yet
     */
    void open(int number);

    /**
     * Looks a connection up by the tuple of its requests.
     *
     * @param number of the connection
     * @return its backend, from 0; negative if it is not there
     */
    int backend(int number);

    /**
     * Looks a connection up and removes it, both directions.
     *
     * @param number of the connection
     */
    void close(int number);

    /**
     * What the map takes outside of the heap.
     *
     * @return bytes
     */
    long offHeapLength();

    /**
     * Makes an empty map.
     *
     * @param name one of those in {@code ConnectionMapBench}
     * @param connectionCapacity that it should be sized for, where it can be told
     * @return the map
     */
    static ConnectionMap of(final String name, final int connectionCapacity) {
        return switch (name) {
            case "fastpath" -> new FlowTableMap(connectionCapacity);
            case "agrona-object" -> new AgronaObjectMap();
            case "agrona-long" -> new AgronaLongMap();
            case "jdk-hash" -> new JdkMap(new HashMap<>());
            case "jdk-concurrent" -> new JdkMap(new ConcurrentHashMap<>());
            default -> throw new IllegalArgumentException("no map is called " + name);
        };
    }
}
