package io.fastpath.bench.rival;

import io.fastpath.bench.stage.Connections;
import io.fastpath.bench.stage.MemoryBalancer;
import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.Protocol;
import java.util.SplittableRandom;

/**
 * A tuple as a key on the heap: the flow table's five parts for IPv4 and IPv6, hashed by the flow table's keyed hash, once.
 * Mutable, so that one object serves all look-ups and none has to be made; a key in a map must not be changed.
 */
final class TupleKey {
    private static final long HASH_KEY_SEED = 1;
    private static final TupleHash HASH = new TupleHash(new SplittableRandom(HASH_KEY_SEED)
            .longs(ConfigDescriptor.HASH_KEY_WORDS)
            .toArray());
    private static final int BACKEND_PORT_BE = Endpoint.portBe(8080);
    private static final int FIRST_BACKEND =
            AddressDescriptor.ipv4Memory(Address.parse("10.8.0.0").word1());

    private long source0;
    private long source1;
    private long destination0;
    private long destination1;
    private int ports;
    private int protocol;
    private int hash;

    /** The key of a connection's requests. */
    TupleKey setRequest(final int number) {
        return set(
                Connections.clientWord1(number),
                MemoryBalancer.vipWord1(),
                Connections.ports(number, MemoryBalancer.VIP_PORT_BE));
    }

    /** The key of a connection's replies. */
    TupleKey setReply(final int number) {
        return set(
                AddressDescriptor.ipv4Word1(FIRST_BACKEND + (backend(number) + 1 << 24)),
                Connections.clientWord1(number),
                Integer.rotateLeft(Connections.ports(number, BACKEND_PORT_BE), Short.SIZE));
    }

    /** The backend of a connection: all maps give the same. */
    static int backend(final int number) {
        return number % MemoryBalancer.BACKEND_COUNT;
    }

    private TupleKey set(final long newSource1, final long newDestination1, final int newPorts) {
        source0 = 0;
        source1 = newSource1;
        destination0 = 0;
        destination1 = newDestination1;
        ports = newPorts;
        protocol = Protocol.TCP.number();
        hash = HASH.hash(source0, source1, destination0, destination1, ports, protocol);
        return this;
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof TupleKey key
                && source1 == key.source1
                && destination1 == key.destination1
                && ports == key.ports
                && protocol == key.protocol
                && source0 == key.source0
                && destination0 == key.destination0;
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
