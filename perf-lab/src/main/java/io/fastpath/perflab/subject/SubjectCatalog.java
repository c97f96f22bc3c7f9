package io.fastpath.perflab.subject;

import io.fastpath.fastpath.lab.LabException;
import io.fastpath.perflab.sources.SourceTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The subjects there are, by name. Immutable.
 *
 * @param sources of the lab; must outlive the subjects.
 * @param launcher of the balancer.
 * @param forwarding mode of the balancer.
 * @param cpu that subjects with a thread of their own are pinned to.
 * @param flowCapacity connections that the balancer's table must hold.
 */
public record SubjectCatalog(SourceTree sources, Path launcher, String forwarding, int cpu, int flowCapacity) {
    /** Name of {@link KernelForwarding}. */
    public static final String KERNEL = "kernel";

    /** Name of {@link NftablesDnat}. */
    public static final String NFTABLES = "nftables";

    /** Name of {@link BareRedirect}. */
    public static final String XDP_REDIRECT = "xdp-redirect";

    /** Name of {@link CForwarder}. */
    public static final String C_AFXDP = "c-afxdp";

    /** Name of {@link Balancer} with its worker first. */
    public static final String FASTPATH = "fastpath";

    /** Name of {@link Balancer} with both engines at work. */
    public static final String FASTPATH_HYBRID = "fastpath-hybrid";

    /** Name of {@link Balancer} with the kernel engine alone. */
    public static final String FASTPATH_KERNEL = "fastpath-kernel";

    /** Name of {@link Balancer} that places the work itself. */
    public static final String FASTPATH_AUTO = "fastpath-auto";

    /** All names, the floor of work first. */
    public static final List<String> NAMES =
            List.of(KERNEL, XDP_REDIRECT, NFTABLES, C_AFXDP, FASTPATH, FASTPATH_HYBRID, FASTPATH_KERNEL, FASTPATH_AUTO);

    /**
     * {@return a subject, ready to be started}
     *
     * @param name one of {@link #NAMES}.
     * @throws LabException if there is none of that name, or it can't be had.
     */
    public Subject subject(final String name) {
        return switch (name) {
            case KERNEL -> new KernelForwarding();
            case XDP_REDIRECT -> new BareRedirect(sources);
            case NFTABLES -> new NftablesDnat(sources.folder(), flowCapacity);
            case C_AFXDP -> new CForwarder(sources, cpu);
            case FASTPATH -> balancer(name, "userspace");
            case FASTPATH_HYBRID -> balancer(name, "hybrid");
            case FASTPATH_KERNEL -> balancer(name, "kernel");
            case FASTPATH_AUTO -> balancer(name, "auto");
            default -> throw new LabException("no subject is called " + name + "; there are " + NAMES);
        };
    }

    private Balancer balancer(final String name, final String engine) {
        if (!Files.isExecutable(launcher)) {
            throw new LabException(launcher.toAbsolutePath() + " is not there to start " + name
                    + "; give its place with --launcher, or leave " + name + " out of --subjects");
        }
        return new Balancer(name, launcher.toAbsolutePath(), sources.folder(), cpu, forwarding, engine, flowCapacity);
    }
}
