package io.fastpath.fastpath.config;

/**
 * Who does the work, and when the kernel engine steps in. Immutable.
 *
 * @param mode placement.
 * @param stallLimitNs age of a worker's heartbeat from which on the kernel engine takes its packets.
 * @param spillLimit frames in flight at a queue's worker from which on the kernel engine takes the next.
 * @param onExit what a SIGTERM does.
 * @param shadowInterval one of so many packets that a worker forwards is compared with the kernel engine; 0 for none.
 */
public record EngineConfig(EngineMode mode, long stallLimitNs, int spillLimit, ExitMode onExit, int shadowInterval) {
    /** {@return whether any packet is compared with the kernel engine} */
    public boolean isShadowed() {
        return shadowInterval > 0;
    }
}
