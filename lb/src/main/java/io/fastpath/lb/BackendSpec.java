package io.fastpath.lb;

import io.fastpath.kernelbpf.layout.BackendDescriptor;

/**
 * A backend as configured. Immutable; any thread.
 *
 * @param endpoint where it listens; forwardable; port 0 stands for the port that the client speaks to
 * @param weight its share of new flows relative to the service's other backends, 0 to {@link #WEIGHT_LIMIT}; 0 takes
 *     no new flows and keeps those it has
 * @param withheld thousandths of the weight that don't count for now: part of it while the backend begins slowly;
 *     {@link BackendDescriptor#WITHHELD_ALL} or {@link BackendDescriptor#WITHHELD_BY_COMMAND} where it is drained
 */
public record BackendSpec(Endpoint endpoint, int weight, int withheld) {
    /** Highest weight. A default table has 65,537 slots: with 65 backends, finer steps than 1:1000 don't show in it. */
    public static final int WEIGHT_LIMIT = 1000;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException that names the value and what is allowed
     */
    public BackendSpec {
        if (!endpoint.address().isForwardable()) {
            throw new IllegalArgumentException("backend " + endpoint
                    + " can't be forwarded to; allowed is a unicast address that is not loopback or IPv6 link-local");
        }
        if (weight < 0 || weight > WEIGHT_LIMIT) {
            throw new IllegalArgumentException(
                    "weight " + weight + " of backend " + endpoint + " is not in 0.." + WEIGHT_LIMIT);
        }
        if (withheld < 0 || withheld > BackendDescriptor.WITHHELD_BY_COMMAND) {
            throw new IllegalArgumentException("withheld " + withheld + " of backend " + endpoint + " is not in 0.."
                    + BackendDescriptor.WITHHELD_BY_COMMAND);
        }
    }

    /**
     * A backend whose whole weight counts.
     *
     * @param endpoint where it listens
     * @param weight 0 to {@link #WEIGHT_LIMIT}
     */
    public BackendSpec(final Endpoint endpoint, final int weight) {
        this(endpoint, weight, 0);
    }

    /**
     * A backend.
     *
     * @param address forwardable
     * @param port in host order; 0 for the port that the client speaks to
     * @param weight 0 to {@link #WEIGHT_LIMIT}
     */
    public BackendSpec(final Address address, final int port, final int weight) {
        this(new Endpoint(address, port), weight);
    }

    /**
     * The same backend with another part of its weight withheld.
     *
     * @param thousandths as {@link #withheld()}
     * @return the backend
     */
    public BackendSpec withholding(final int thousandths) {
        return thousandths == withheld ? this : new BackendSpec(endpoint, weight, thousandths);
    }

    /**
     * Its share of new flows for now, relative to the service's other backends.
     *
     * @return thousandths of a weight; 0 where it takes no new flows
     */
    public int share() {
        return weight * Math.max(0, BackendDescriptor.WITHHELD_ALL - withheld);
    }

    /**
     * The endpoint for clients that speak to a port.
     *
     * @param vipPort in host order
     * @return with that port, where the backend has none of its own
     */
    public Endpoint endpoint(final int vipPort) {
        return port() == 0 ? new Endpoint(address(), vipPort) : endpoint;
    }

    /**
     * The address.
     *
     * @return of {@link #endpoint()}
     */
    public Address address() {
        return endpoint.address();
    }

    /**
     * The port.
     *
     * @return of {@link #endpoint()}, in host order
     */
    public int port() {
        return endpoint.port();
    }
}
