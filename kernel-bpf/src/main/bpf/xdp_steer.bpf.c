/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * xdp_steer: leaves to the kernel's stack what is not for the balancer, and for the rest decides per packet who does the
 * work: a worker, by the AF_XDP socket of the queue, or the kernel engine, here and now.
 *
 *   frame -> ours? -- no --> kernel stack
 *              | yes
 *           denied by the prefilter? -- yes --> dropped
 *              | no
 *           placement: userspace      hybrid                      kernel
 *              |                        |                            |
 *              |           known flow, no reset? -- yes ------------>|
 *              |                        | no                         |
 *              +------> gate <----------+<-- fragment before its ----|
 *                      |    |                first one: can't wait   |
 *                 worker    no socket, stale, full --------------> kernel engine
 *
 * Beside it: xdp_shadow, by which a process asks what the kernel engine would make of a packet (fp_shadow.h), and
 * xdp_replay, which is this program with a clock that its caller moves.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "fp_classify.h"
#include "fp_gate.h"
#include "fp_replay.h"
#include "fp_served.h"
#include "fp_shadow.h"

char LICENSE[] SEC("license") = "GPL";

/* Redirects to the socket of the frame's queue if the gate is open: FP_GATE_WORKER, or why the kernel engine takes it. */
static __always_inline enum fp_gate fp_steer(const struct xdp_md *ctx, const struct fp_control *control,
					     const struct fp_interface *interface, __u32 slot, __u64 now_ns)
{
	__u32 queue_slot;
	struct fp_queue *queue = fp_queue_of(interface, slot, ctx->rx_queue_index, &queue_slot);
	enum fp_gate gate;

	if (!queue)
		return FP_GATE_NO_SOCKET;
	gate = fp_gate(control, queue, now_ns);
	if (gate != FP_GATE_WORKER)
		return gate;
	if (bpf_redirect_map(&fp_sockets, queue_slot, XDP_ABORTED) != XDP_REDIRECT)
		return FP_GATE_NO_SOCKET;
	queue->steered_count++;
	return FP_GATE_WORKER;
}

/* A frame that is ours: its action, counted. */
static __always_inline int fp_place(struct xdp_md *ctx, const struct fp_config *config, const struct fp_tally *tally,
				    const struct fp_interface *interface, __u32 slot, enum fp_counter reason,
				    struct fp_packet *packet, int is_replay)
{
	__u32 first = 0;
	const struct fp_control *control = bpf_map_lookup_elem(&fp_control, &first);
	enum fp_counter cause = FP_XDP_KERNEL_PLACED;
	int is_inspected = 0, is_for_worker = 1;

	if (!control)
		return XDP_ABORTED;
	packet->ingress_slot = slot;
	packet->ingress_ifindex = ctx->ingress_ifindex;
	packet->ingress_flags = interface->flags;
	if (!is_replay)
		packet->now_ns = bpf_ktime_get_ns();
	packet->now_ticks = packet->now_ns >> FP_FLOW_TICK_SHIFT;
	if (control->engine != FP_ENGINE_USERSPACE) {
		fp_inspect(ctx, packet);
		is_inspected = 1;
		is_for_worker = control->engine == FP_ENGINE_HYBRID ? !fp_is_known(packet) : fp_is_early(packet);
	}
	if (is_for_worker) {
		enum fp_gate gate = fp_steer(ctx, control, interface, slot, packet->now_ns);

		if (gate == FP_GATE_WORKER) {
			fp_count(tally, fp_bounded(reason));
			return XDP_REDIRECT;
		}
		if (control->engine != FP_ENGINE_KERNEL)
			cause = (enum fp_counter)gate;
	}
	fp_count(tally, cause);
	if (!is_inspected)
		fp_inspect(ctx, packet);
	return fp_engine(ctx, config, tally, packet);
}

/* A frame that came in: its action, counted. Of a replayed one the record has the time already. */
static __always_inline int fp_receive(struct xdp_md *ctx, int is_replay)
{
	__u32 first = 0;
	const struct fp_config *config = bpf_map_lookup_elem(&fp_config, &first);
	struct fp_packet *packet = bpf_map_lookup_elem(&fp_scratch, &first);
	const struct fp_interface *interface;
	enum fp_counter reason = FP_XDP_PASS_UNKNOWN_INTERFACE;
	struct fp_tally tally;
	int slot;

	if (!config || !packet)
		return XDP_PASS;
	tally = fp_tally_of(config);
	if (!tally.row)
		return XDP_PASS;
	fp_count(&tally, FP_XDP_PACKETS);

	slot = fp_find_interface(ctx->ingress_ifindex, &interface);
	if (slot >= 0) {
		reason = fp_classify(ctx, config, packet, is_replay);
		if (reason < FP_XDP_PASS_TRUNCATED)
			return fp_place(ctx, config, &tally, interface, slot, reason, packet, is_replay);
	}
	fp_count(&tally, fp_bounded(reason));
	return reason == FP_XDP_DROP_DENIED ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int xdp_steer(struct xdp_md *ctx)
{
	return fp_receive(ctx, 0);
}

/*
 * For test runs only, and loaded only where it is asked for: all that xdp_steer does, at a time that is given. Its
 * metadata is struct fp_replay_order.
 */
SEC("?xdp")
int xdp_replay(struct xdp_md *ctx)
{
	if (fp_replay_begin(ctx))
		return XDP_ABORTED;
	return fp_replay_end(ctx, fp_receive(ctx, 1));
}

/*
 * For test runs only (BPF_PROG_TEST_RUN), and loaded only where it is asked for: what the kernel engine would make of a
 * frame that a worker has forwarded. Answers the verdict; its metadata is struct fp_shadow_order.
 */
SEC("?xdp")
int xdp_shadow(struct xdp_md *ctx)
{
	__u32 first = 0;
	struct fp_packet *packet = bpf_map_lookup_elem(&fp_shadowed, &first);
	struct fp_shadow_order *order = fp_shadow_order_of(ctx);
	const struct fp_interface *interface;
	int verdict;

	if (!packet || !order)
		return FP_DROP_INTERNAL;
	packet->ingress_slot = order->ingress_slot;
	interface = bpf_map_lookup_elem(&fp_interfaces, &packet->ingress_slot);
	packet->ingress_flags = interface ? interface->flags : 0;
	packet->egress_ifindex = 0;
	packet->hop_index = 0;
	fp_inspect(ctx, packet);
	verdict = fp_shadow(ctx, packet);
	order = fp_shadow_order_of(ctx);
	if (!order)
		return FP_DROP_INTERNAL;
	order->slot_index = fp_flow_index_of(packet->handle);
	order->control = fp_flow_control_of(packet->handle);
	order->hop_index = packet->hop_index;
	order->egress_ifindex = packet->egress_ifindex;
	return verdict;
}

/* Never called, and so never loaded: its parameter brings all that is shared into the BTF. */
int fp_layout_anchor(const struct fp_layout *layout)
{
	return !layout;
}
