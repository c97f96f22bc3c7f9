package io.fastpath.lb.service;

/** A change that doesn't fit in the shared tables. Nothing of it was written. */
public final class CapacityException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Resource resource;

    /** What there is too little of. */
    public enum Resource {
        /** Slots of the service table within the probe limit of a service's home. */
        SERVICE_SLOTS,

        /** Records of the backend table. */
        BACKENDS,

        /** Entries of the Maglev array in one piece. */
        MAGLEV_ENTRIES
    }

    CapacityException(final Resource resource, final String message) {
        super(message);
        this.resource = resource;
    }

    /**
     * What there is too little of.
     *
     * @return the table concerned
     */
    public Resource resource() {
        return resource;
    }
}
