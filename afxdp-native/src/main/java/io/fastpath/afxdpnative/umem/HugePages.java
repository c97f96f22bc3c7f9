package io.fastpath.afxdpnative.umem;

/** Whether packet memory is taken from the pool of huge pages ({@code vm.nr_hugepages}), which saves TLB misses. */
public enum HugePages {
    /** Ordinary pages. */
    NONE,
    /** Huge pages if there are enough, else ordinary ones; {@link Umem#downgrade()} tells. */
    PREFERRED,
    /** Huge pages or failure. */
    REQUIRED
}
