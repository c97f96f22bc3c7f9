package io.fastpath.lb.service;

import io.fastpath.kernelbpf.layout.Algorithm;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.HashInput;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A service as it stands in shared memory. A snapshot; any thread.
 *
 * @param index its slot
 * @param key VIP, port and protocol
 * @param forwarding how packets reach the backends
 * @param hash what of a new flow's tuple picks its backend
 * @param algorithm how
 * @param affinity how long a client keeps its backend
 * @param mss largest segment size that passes
 * @param resets whether segments of unknown TCP connections are answered with a reset
 * @param tracking how connections are tracked
 * @param maglevSize slots of the Maglev table
 * @param maglevCopyA first entry of copy 0 in the Maglev array
 * @param maglevCopyB first entry of copy 1
 * @param maglevActive which copy is in force, 0 or 1
 * @param weightedCount the word of backends with a share above 0
 * @param backends that are configured, by index
 */
public record ServiceEntry(
        int index,
        ServiceKey key,
        Forwarding forwarding,
        HashInput hash,
        Algorithm algorithm,
        AffinitySpec affinity,
        MssLimit mss,
        boolean resets,
        TrackingSpec tracking,
        int maglevSize,
        int maglevCopyA,
        int maglevCopyB,
        int maglevActive,
        int weightedCount,
        List<BackendEntry> backends) {

    boolean matches(final ServiceSpec spec) {
        final Map<Endpoint, BackendEntry> present =
                backends.stream().collect(Collectors.toMap(BackendEntry::endpoint, backend -> backend));
        return forwarding == spec.forwarding()
                && hash == spec.selection().hash()
                && algorithm == spec.selection().algorithm()
                && affinity.equals(spec.selection().affinity())
                && mss.equals(spec.mss())
                && resets == spec.resets()
                && tracking.equals(spec.tracking())
                && maglevSize == spec.maglevSize()
                && weightedCount == spec.weightedCount()
                && backends.size() == spec.backends().size()
                && spec.backends().stream().allMatch(backend -> isAs(backend, present.get(backend.endpoint())));
    }

    static boolean isAs(final BackendSpec spec, final BackendEntry present) {
        return present != null && present.weight() == spec.weight() && present.withheld() == spec.withheld();
    }

    Map<Endpoint, Integer> backendIndices() {
        return backends.stream().collect(Collectors.toMap(BackendEntry::endpoint, BackendEntry::index));
    }
}
