/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The MSS clamp: the maximum segment size that a SYN or SYN+ACK tells (RFC 9293, 3.7.1) becomes what the service allows at
 * most; it is never raised, and where the option is absent none is added. The limit is a number, or what the links leave:
 * the smaller of what fits on the clients' and on the backend's side, there less a tunnel's headers, without the IP and TCP
 * headers, whose options the sender takes off itself (RFC 6691).
 *
 * Of a connection whose service is gone the slot's service is asked all the same. Java twin: MssClamp.
 */
#ifndef FP_MSS_H
#define FP_MSS_H

#include <linux/tcp.h>
#include "fp_encap.h"
#include "fp_flow_handle.h"

enum fp_mss_constant {
	FP_TCP_OPTION_END = 0,
	FP_TCP_OPTION_NOTHING = 1,
	FP_TCP_OPTION_MSS = 2,
	FP_TCP_OPTION_MSS_LENGTH = 4,
	FP_TCP_OPTION_BYTES = 40,
	FP_TCP_OFFSET_MASK = 63,  /* options end at 60 at the latest; for the verifier */
	FP_MSS_LOWEST = 88,       /* Linux takes no smaller one for its word (TCP_MIN_MSS) */
};

/*
 * Where the value of the MSS option stands, from the TCP header on; 0 if there is none before anything malformed. The
 * position is kept in the record: from there it comes back as any number, and so all rounds look the same to the verifier.
 */
__noinline int fp_mss_offset(struct xdp_md *ctx, struct fp_packet *packet)
{
	struct fp_cursor cursor;
	const struct tcphdr *tcp;
	__u32 header_length;

	if (!packet)
		return 0;
	cursor = fp_cursor_at(ctx, packet->transport_offset);
	tcp = fp_take(&cursor, sizeof(*tcp));
	if (!tcp)
		return 0;
	header_length = tcp->doff * 4;
	*(volatile __u32 *)&packet->option_offset = sizeof(*tcp);
	for (int i = 0; i < FP_TCP_OPTION_BYTES; i++) {
		__u32 offset = *(volatile __u32 *)&packet->option_offset;
		const __u8 *option = (const __u8 *)tcp + (offset & FP_TCP_OFFSET_MASK);
		__u32 length = 1;

		if (offset + FP_TCP_OPTION_MSS_LENGTH > header_length ||
		    (const void *)(option + FP_TCP_OPTION_MSS_LENGTH) > cursor.end || option[0] == FP_TCP_OPTION_END)
			return 0;
		if (option[0] == FP_TCP_OPTION_MSS)
			return option[1] == FP_TCP_OPTION_MSS_LENGTH ? offset + 2 : 0;
		if (option[0] != FP_TCP_OPTION_NOTHING) {
			length = option[1];
			if (length < 2)
				return 0;
		}
		*(volatile __u32 *)&packet->option_offset = offset + length;
	}
	return 0;
}

/* What the links of both sides leave, for a packet whose hop is planned. */
static __always_inline __u32 fp_mss_of_links(const struct fp_packet *packet, const struct fp_flow *flow, __u32 control)
{
	__u32 slot = packet->ingress_slot, hop_index = packet->hop_index, backend_index = flow->backend_index;
	const struct fp_interface *interface = bpf_map_lookup_elem(&fp_interfaces, &slot);
	const struct fp_next_hop *hop = bpf_map_lookup_elem(&fp_next_hops, &hop_index);
	const struct fp_backend *backend = bpf_map_lookup_elem(&fp_backends, &backend_index);
	int is_reverse = fp_flow_is_reverse(control), vip_header, client_room, backend_room, room;

	if (!interface || !hop || !backend)
		return FP_SERVICE_MSS_OF_LINKS;
	vip_header = fp_is_ipv4(&flow->vip) ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	client_room = (is_reverse ? hop->mtu : interface->mtu) - vip_header;
	backend_room = is_reverse ? interface->mtu : hop->mtu;
	if (fp_flow_forwarding(control) >= FP_FORWARD_DSR_IPIP)
		backend_room -= vip_header + fp_outer_length(packet, fp_flow_forwarding(control), &backend->address);
	else
		backend_room -= fp_is_ipv4(&backend->address) ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	room = (client_room < backend_room ? client_room : backend_room) - (int)sizeof(struct tcphdr);
	return room < FP_MSS_LOWEST ? FP_MSS_LOWEST : room;
}

/* Writes a lower value, and carries the checksum on. At an odd offset it is of two words of the sum, and counts turned. */
static __always_inline int fp_lower_mss(struct xdp_md *ctx, const struct fp_packet *packet, __u32 offset, __u32 limit)
{
	struct fp_cursor cursor = fp_cursor_at(ctx, packet->transport_offset);
	struct tcphdr *tcp = fp_take(&cursor, sizeof(*tcp));
	__u8 *value;
	__u32 mss;

	if (!tcp)
		return 0;
	value = (__u8 *)tcp + (offset & FP_TCP_OFFSET_MASK);
	if ((void *)(value + sizeof(__u16)) > cursor.end)
		return 0;
	mss = value[0] << 8 | value[1];
	if (mss <= limit)
		return 0;
	value[0] = limit >> 8;
	value[1] = limit;
	tcp->check = fp_update(tcp->check, offset & 1 ? fp_replace_int(mss, limit)
						      : fp_replace_int(bpf_htons(mss), bpf_htons(limit)));
	return 1;
}

/* Clamps a SYN or SYN+ACK of a connection that is to be sent by the hop of `hop_index`; whether it was lowered. */
__noinline int fp_clamp_mss(struct xdp_md *ctx, struct fp_packet *packet, __u64 handle)
{
	__u32 flow_index = fp_flow_index_of(handle), service_index, limit;
	const struct fp_flow *flow = bpf_map_lookup_elem(&fp_flows, &flow_index);
	const struct fp_service *service;
	int offset;

	if (!packet || !flow)
		return 0;
	service_index = flow->service_index;
	service = bpf_map_lookup_elem(&fp_services, &service_index);
	if (!service)
		return 0;
	limit = *(const volatile __u16 *)&service->mss_limit;
	if (limit == FP_SERVICE_MSS_ANY)
		return 0;
	if (limit == FP_SERVICE_MSS_OF_LINKS)
		limit = fp_mss_of_links(packet, flow, fp_flow_control_of(handle));
	offset = fp_mss_offset(ctx, packet);
	return offset ? fp_lower_mss(ctx, packet, offset, limit) : 0;
}

#endif
