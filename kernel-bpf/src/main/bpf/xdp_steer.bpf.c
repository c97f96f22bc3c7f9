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
 *
 * Every frame of the node comes through here, so the order of the look-ups is the price list. The service table is
 * small and warm; the flow table is large, and a look-up in it is a cache miss. Asking for the service first takes
 * requests past the flow table altogether. The flow table is left with replies, with requests of services that were
 * deleted while their flows live on, and with the traffic that is not ours, which a miss costs one line.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "fp_engine.h"
#include "fp_gate.h"
#include "fp_pair.h"
#include "fp_parse.h"
#include "fp_prefilter.h"
#include "fp_replay_order.h"
#include "fp_served.h"
#include "fp_shadow.h"

char LICENSE[] SEC("license") = "GPL";

/* Whether a service, or a VIP, is asked for. */
static __always_inline int fp_is_served(const struct fp_config *config, const struct fp_tuple *tuple)
{
	__u32 index;

	if (!tuple->protocol && tuple->ports == FP_ASKS_NEIGHBOR)
		return fp_find_exact_at(config, tuple, &index) != NULL;
	return fp_find_service(config, tuple) != NULL;
}

/* Which side of a known connection sent a packet. */
enum fp_owner {
	FP_OWNER_NONE = 0,
	FP_OWNER_CLIENT = 1,
	FP_OWNER_BACKEND = 2,
};

/*
 * Whose a frame is that has no ports at the usual place and is for no VIP: a fragment, or a packet behind extension
 * headers. A function of its own, because it is rare. Java twin: RarePackets.
 */
__noinline int fp_owner_of_rare(struct xdp_md *ctx, int is_replay)
{
	__u32 first = 0;
	struct fp_packet *packet = bpf_map_lookup_elem(&fp_scratch, &first);

	if (!packet)
		return FP_OWNER_NONE;
	if (!is_replay)
		packet->now_ns = bpf_ktime_get_ns();
	packet->now_ticks = packet->now_ns >> FP_FLOW_TICK_SHIFT;
	fp_inspect(ctx, packet);
	if (!fp_flow_is_flow(packet->handle))
		return fp_is_early(packet) && fp_pair_is_known(packet) ? FP_OWNER_BACKEND : FP_OWNER_NONE;
	if (!fp_flow_is_reverse(fp_flow_control_of(packet->handle)))
		return FP_OWNER_CLIENT;
	if (packet->fragment)
		fp_pair_note(packet);
	return FP_OWNER_BACKEND;
}

/* Whose the frame is: FP_XDP_STEERED_* for ours, FP_XDP_PASS_* for the kernel's, FP_XDP_DROP_DENIED for nobody's. */
static __always_inline enum fp_counter fp_classify(struct xdp_md *ctx, const struct fp_config *config, int is_replay)
{
	struct fp_cursor cursor = {.position = (void *)(long)ctx->data, .end = (void *)(long)ctx->data_end};
	struct fp_tuple tuple = {};
	enum fp_counter reason = fp_parse(&cursor, &tuple);
	const struct fp_flow *flow;

	if (reason >= FP_XDP_PASS_TRUNCATED)
		return reason;
	if (fp_is_served(config, &tuple))
		return fp_filter(reason, &tuple.source);
	if (!tuple.protocol) {
		/* an error may be about a connection, whomever it is for */
		if (reason != FP_XDP_STEERED_SERVICE)
			return reason == FP_XDP_STEERED_ICMP && fp_is_known_error(ctx) ? reason : FP_XDP_PASS_NOT_OURS;
		switch (fp_owner_of_rare(ctx, is_replay)) {
		case FP_OWNER_CLIENT:
			return fp_filter(FP_XDP_STEERED_SERVICE, &tuple.source);
		case FP_OWNER_BACKEND:
			return FP_XDP_STEERED_REPLY;
		default:
			return FP_XDP_PASS_NOT_OURS;
		}
	}
	flow = fp_find_flow(config, &tuple);
	if (!flow)
		return FP_XDP_PASS_NOT_OURS;
	if (flow->control >> FP_FLOW_KIND_SHIFT & FP_FLOW_KIND_REVERSE)
		return FP_XDP_STEERED_REPLY;
	return fp_filter(FP_XDP_STEERED_SERVICE, &tuple.source);
}

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
				    int is_replay)
{
	__u32 first = 0;
	const struct fp_control *control = bpf_map_lookup_elem(&fp_control, &first);
	struct fp_packet *packet = bpf_map_lookup_elem(&fp_scratch, &first);
	enum fp_counter cause = FP_XDP_KERNEL_PLACED;
	int is_inspected = 0, is_for_worker = 1;

	if (!control || !packet)
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
			fp_count(tally, reason);
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
	const struct fp_interface *interface;
	enum fp_counter reason = FP_XDP_PASS_UNKNOWN_INTERFACE;
	struct fp_tally tally;
	int slot;

	if (!config)
		return XDP_PASS;
	tally = fp_tally_of(config);
	if (!tally.row)
		return XDP_PASS;
	fp_count(&tally, FP_XDP_PACKETS);

	slot = fp_find_interface(ctx->ingress_ifindex, &interface);
	if (slot >= 0) {
		reason = fp_classify(ctx, config, is_replay);
		if (reason < FP_XDP_PASS_TRUNCATED)
			return fp_place(ctx, config, &tally, interface, slot, reason, is_replay);
	}
	fp_count(&tally, reason);
	return reason == FP_XDP_DROP_DENIED ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int xdp_steer(struct xdp_md *ctx)
{
	return fp_receive(ctx, 0);
}

/* The order in front of a replayed frame, wherever that begins now; NULL if there is none. */
static __always_inline struct fp_replay_order *fp_replay_order_of(const struct xdp_md *ctx)
{
	struct fp_replay_order *order = (void *)(long)ctx->data_meta;

	return (void *)(order + 1) <= (void *)(long)ctx->data ? order : NULL;
}

/*
 * Both ends of a replay are functions of their own: what they need of the stack must not add to what the engine needs.
 * This one takes the order's time into the record.
 */
__noinline int fp_replay_begin(struct xdp_md *ctx)
{
	const struct fp_replay_order *order = fp_replay_order_of(ctx);
	__u32 first = 0;
	struct fp_packet *packet = bpf_map_lookup_elem(&fp_scratch, &first);

	if (!packet || !order)
		return -1;
	packet->now_ns = (__u64)order->now_ns_high << 32 | order->now_ns_low;
	packet->verdict = 0;
	packet->egress_ifindex = 0;
	packet->backend_index = 0;
	return 0;
}

/* Writes the record's answers into the order; gives the action back, so that nothing is kept across the call. */
__noinline int fp_replay_end(struct xdp_md *ctx, int action)
{
	struct fp_replay_order *order = fp_replay_order_of(ctx);
	__u32 first = 0;
	const struct fp_packet *packet = bpf_map_lookup_elem(&fp_scratch, &first);

	if (!packet || !order)
		return XDP_ABORTED;
	order->verdict = packet->verdict;
	order->egress_ifindex = packet->egress_ifindex;
	order->backend_index = packet->backend_index;
	return action;
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
