/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * xdp_steer: sends what is for the balancer to the AF_XDP socket of the queue it came in by, and leaves all else to
 * the kernel.
 *
 *   frame -> parse -> is its destination a service, or a VIP? -> is it of a flow? -> socket of its queue
 *              |                                                    |                    | none
 *              +--------------------------- no --------------------+--------------------+--> kernel stack
 *
 * Every frame of the node comes through here, so the order of the look-ups is the price list. The service table is
 * small and warm; the flow table is large, and a look-up in it is a cache miss. Asking for the service first takes
 * requests past the flow table altogether. The flow table is left with replies, with requests of services that were
 * deleted while their flows live on, and with the traffic that is not ours, which a miss costs one line.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "fp_count.h"
#include "fp_lookup.h"
#include "fp_parse.h"

char LICENSE[] SEC("license") = "GPL";

/* Slot of the interface in the interface table, or -1; its record through `found`. */
static __always_inline int fp_find_interface(__u32 ifindex, const struct fp_interface **found)
{
	for (__u32 i = 0; i < FP_INTERFACE_PROBE_LIMIT; i++) {
		__u32 slot = (ifindex + i) % FP_INTERFACE_SLOTS;

		*found = bpf_map_lookup_elem(&fp_interfaces, &slot);
		if (*found && (*found)->ifindex == ifindex)
			return slot;
	}
	return -1;
}

/* Whose the frame is: FP_XDP_STEERED_* for ours, FP_XDP_PASS_* for the kernel's. */
static __always_inline enum fp_counter fp_classify(const struct xdp_md *ctx, const struct fp_config *config)
{
	struct fp_cursor cursor = {.position = (void *)(long)ctx->data, .end = (void *)(long)ctx->data_end};
	struct fp_tuple tuple = {};
	enum fp_counter reason = fp_parse(&cursor, &tuple);
	const struct fp_flow *flow;

	if (reason >= FP_XDP_PASS_TRUNCATED || fp_find_service(config, &tuple))
		return reason;
	if (!tuple.protocol)
		return FP_XDP_PASS_NOT_OURS;
	flow = fp_find_flow(config, &tuple);
	if (!flow)
		return FP_XDP_PASS_NOT_OURS;
	return flow->control >> FP_FLOW_KIND_SHIFT & FP_FLOW_KIND_REVERSE ? FP_XDP_STEERED_REPLY : FP_XDP_STEERED_SERVICE;
}

/* Redirects to the socket of the queue: XDP_REDIRECT, or XDP_PASS where there is none. */
static __always_inline int fp_redirect(const struct xdp_md *ctx, const struct fp_interface *interface, int slot)
{
	__u32 queue_index = ctx->rx_queue_index;
	__u32 queue_slot = slot * FP_QUEUES_PER_INTERFACE + queue_index;
	struct fp_queue *queue;

	if (queue_index >= FP_QUEUES_PER_INTERFACE || queue_index >= interface->queue_count)
		return XDP_PASS;
	queue = bpf_map_lookup_elem(&fp_queues, &queue_slot);
	if (!queue || bpf_redirect_map(&fp_sockets, queue_slot, XDP_PASS) != XDP_REDIRECT)
		return XDP_PASS;
	queue->steered_count++;
	return XDP_REDIRECT;
}

SEC("xdp")
int xdp_steer(struct xdp_md *ctx)
{
	__u32 first = 0;
	const struct fp_config *config = bpf_map_lookup_elem(&fp_config, &first);
	const struct fp_interface *interface;
	enum fp_counter reason = FP_XDP_PASS_UNKNOWN_INTERFACE;
	struct fp_tally tally;
	int action = XDP_PASS;
	int slot;

	if (!config)
		return XDP_PASS;
	tally = fp_tally_of(config);
	if (!tally.row)
		return XDP_PASS;
	fp_count(&tally, FP_XDP_PACKETS);

	slot = fp_find_interface(ctx->ingress_ifindex, &interface);
	if (slot >= 0) {
		reason = fp_classify(ctx, config);
		if (reason < FP_XDP_PASS_TRUNCATED) {
			action = fp_redirect(ctx, interface, slot);
			if (action != XDP_REDIRECT)
				reason = FP_XDP_PASS_NO_SOCKET;
		}
	}
	fp_count(&tally, reason);
	return action;
}

/* Never called, and so never loaded: its parameter brings all that is shared into the BTF. */
int fp_layout_anchor(const struct fp_layout *layout)
{
	return !layout;
}
