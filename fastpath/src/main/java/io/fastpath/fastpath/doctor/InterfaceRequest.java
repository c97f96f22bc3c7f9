package io.fastpath.fastpath.doctor;

import io.fastpath.fastpath.config.ChecksumMode;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.config.InterfaceConfig;
import io.fastpath.fastpath.config.InterfaceMode;
import io.fastpath.fastpath.config.QueueSelection;

/**
 * An interface to look at, and what a configuration wants of it. Immutable.
 *
 * @param name of it.
 * @param queues wanted.
 * @param mode wanted.
 * @param checksum wanted; null where no configuration says.
 * @param frameSize of the UMEM; 0 where no configuration says.
 * @param fillSize of the fill ring; 0 where no configuration says.
 * @param rxSize of the receive ring; 0 where no configuration says.
 * @param workerCount workers; 0 where no configuration says.
 * @param refuseDowngrade whether an instance would rather not start than serve the interface in a lesser way.
 */
record InterfaceRequest(
        String name,
        QueueSelection queues,
        InterfaceMode mode,
        ChecksumMode checksum,
        int frameSize,
        int fillSize,
        int rxSize,
        int workerCount,
        boolean refuseDowngrade) {
    /**
     * {@return a request without a configuration}
     *
     * @param name of the interface.
     */
    static InterfaceRequest of(final String name) {
        return new InterfaceRequest(name, QueueSelection.ALL, InterfaceMode.AUTO, null, 0, 0, 0, 0, false);
    }

    /**
     * {@return what a configuration wants of one of its interfaces}
     *
     * @param served the interface.
     * @param config it stands in.
     */
    static InterfaceRequest of(final InterfaceConfig served, final InstanceConfig config) {
        return new InterfaceRequest(
                served.name(),
                served.queues(),
                served.mode(),
                served.checksum(),
                config.umem().frameSize(),
                config.rings().fill(),
                config.rings().rx(),
                config.workers().cpus().size(),
                config.refuseDowngrade());
    }
}
