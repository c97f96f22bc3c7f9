package io.fastpath.kernelbpf;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The compiled eBPF objects: ELF files with BTF, as libbpf's {@code bpf_object__open_mem} takes them. Each call reads
 * the resource afresh. Any thread; a build without the objects is told by {@link UncheckedIOException}.
 */
public final class KernelObjects {
    /** XDP program of {@link #xdpSteer()}. */
    public static final String XDP_STEER_PROGRAM = "xdp_steer";

    /**
     * XDP program of {@link #xdpSteer()} for test runs alone, not loaded unless it is selected: what the kernel engine makes
     * of a packet. Its metadata is told by {@code ShadowDescriptor}, its answer is the verdict's code.
     */
    public static final String XDP_SHADOW_PROGRAM = "xdp_shadow";

    /** XDP program of {@link #xdpDecap()}. */
    public static final String XDP_DECAP_PROGRAM = "xdp_decap";

    /**
     * XDP program of {@link #xdpSteer()} for test runs alone, not loaded unless it is selected: all that the first one does,
     * at a time that the metadata gives. Its metadata is told by {@code ReplayDescriptor}.
     */
    public static final String XDP_REPLAY_PROGRAM = "xdp_replay";

    /** XDP program of {@link #xdpPass()}. */
    public static final String XDP_PASS_PROGRAM = "xdp_pass";

    /** XDP program of {@link #answers()}. */
    public static final String LAB_ANSWER_PROGRAM = "lab_answer";

    /** TC program of {@link #vlanPush()}. */
    public static final String VLAN_PUSH_PROGRAM = "vlan_push";

    /** TC program of {@link #vlanPop()}. */
    public static final String VLAN_POP_PROGRAM = "vlan_pop";

    /** XDP programs of {@link #packetFunctions()}: reading, planning and rewriting of the kernel engine, alone. */
    public static final String LAB_READ_PROGRAM = "lab_read";

    /** See {@link #LAB_READ_PROGRAM}. */
    public static final String LAB_PLAN_PROGRAM = "lab_plan";

    /** See {@link #LAB_READ_PROGRAM}. */
    public static final String LAB_REWRITE_PROGRAM = "lab_rewrite";

    /** XDP program of {@link #flowOperations()}. */
    public static final String FLOW_OPERATIONS_PROGRAM = "flow_operations";

    /** VLAN id that {@link #vlanPush()} and {@link #vlanPop()} put on and take off. C twin: {@code lab_vlan.h}. */
    public static final int LAB_VLAN_ID = 100;

    private KernelObjects() {}

    /**
     * Steers what is ours to the AF_XDP socket of its queue. Its maps are named in {@code MapNames}; those with one
     * entry are to be sized before the load.
     *
     * @return the object file
     */
    public static byte[] xdpSteer() {
        return resource("xdp_steer.bpf.o");
    }

    /**
     * Takes the outer headers off tunnels' packets, on backends. Its maps are named in {@code DecapDescriptor}.
     *
     * @return the object file
     */
    public static byte[] xdpDecap() {
        return resource("xdp_decap.bpf.o");
    }

    /**
     * Passes everything: for the ends of a veth that receive from XDP. For labs and tests.
     *
     * @return the object file
     */
    public static byte[] xdpPass() {
        return resource("lab/xdp_pass.bpf.o");
    }

    /**
     * The kernel engine's answers to ARP, echo requests and neighbour solicitations, alone. In its map {@code lab_answers}
     * u32 0 takes the slot of the ingress interface, and u32 1 is the verdict. For tests.
     *
     * @return the object file
     */
    public static byte[] answers() {
        return resource("lab/answers.bpf.o");
    }

    /**
     * For TC egress: writes the 802.1Q tag {@link #LAB_VLAN_ID} into every frame. For labs and tests.
     *
     * @return the object file
     */
    public static byte[] vlanPush() {
        return resource("lab/vlan_push.bpf.o");
    }

    /**
     * For TC ingress: takes the tag {@link #LAB_VLAN_ID} off, and drops frames without it. For labs and tests.
     *
     * @return the object file
     */
    public static byte[] vlanPop() {
        return resource("lab/vlan_pop.bpf.o");
    }

    /**
     * Makes each frame of a live test run a SYN of a made-up client, by the template and to the interface that stand in the
     * map {@code flood_plan}. For tests.
     *
     * @return the object file
     */
    public static byte[] synFlood() {
        return resource("lab/syn_flood.bpf.o");
    }

    /**
     * The kernel engine's packet functions, a program each, to be run on frames by tests. The map {@code lab_calls} holds
     * the record that they work on.
     *
     * @return the object file
     */
    public static byte[] packetFunctions() {
        return resource("lab/packet_functions.bpf.o");
    }

    /**
     * Does single operations of the kernel engine's flow table, which it takes from the frame. Its maps are those of
     * {@link #xdpSteer()}. For tests.
     *
     * @return the object file
     */
    public static byte[] flowOperations() {
        return resource("lab/flow_operations.bpf.o");
    }

    private static byte[] resource(final String name) {
        try (InputStream in = KernelObjects.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new FileNotFoundException("resource " + name + " of " + KernelObjects.class.getName());
            }
            return in.readAllBytes();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
