/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Connections that a cookie opened (fp_guard.h). The client has its SYN+ACK already, and with it a sequence number that
 * its backend knows nothing of. So the balancer opens the connection to the backend by itself, with the client's own
 * sequence number, and translates the backend's ever after:
 *
 *   client                       balancer                        backend
 *     | -- ACK, cookie ------------> |                              |
 *     |                              | -- SYN, the client's number ->
 *     |                              | <- SYN+ACK, its number ----- |     offset = cookie - its number
 *     | <- ACK, one byte of before - |                              |
 *     | -- ACK or data ------------> | -- acknowledgment - offset ->
 *     | <- sequence + offset ------- | <--------------------------- |
 *
 * A packet in makes one packet out, so the backend's SYN+ACK can't be answered and the client told at once. It becomes
 * what does both: a segment with the backend's window and a byte that the client has had, the SYN's place, which it must
 * answer (RFC 9293, 3.8.4 and 3.10.7.4). Its answer, data if it has some, completes the backend's handshake. Java twin:
 * HandshakeProxy.
 */
#ifndef FP_PROXY_H
#define FP_PROXY_H

#include "fp_answer_syn.h"
#include "fp_flow_track.h"

#define FP_PROBE_LENGTH 21 /* of a TCP header and a byte */

/* The record of a connection, by the handle of either direction, or NULL. */
static __always_inline struct fp_flow_tcp *fp_proxy_record(__u64 handle)
{
	__u32 index = fp_flow_index_of(handle);
	const struct fp_flow *flow;

	if (fp_flow_is_reverse(fp_flow_control_of(handle))) {
		flow = fp_flow_slot(index);
		if (!flow)
			return NULL;
		index = flow->peer_index;
	}
	return bpf_map_lookup_elem(&fp_flow_tcp, &index);
}

/* Release: who reads the state reads the numbers of it. */
static __always_inline void fp_proxy_state(struct fp_flow_tcp *record, __u32 state)
{
	FP_FLOW_FENCE();
	*(volatile __u32 *)&record->proxy_state = state;
}

/* Begins the record of a connection that the packet opened by a cookie. Who sees the flow before sees no cookie of its. */
__noinline int fp_proxy_begin(struct fp_packet *packet, __u64 handle)
{
	struct fp_flow_tcp *record = fp_proxy_record(handle);

	if (!record || !packet)
		return FP_DROP_INTERNAL;
	record->proxy_sequence = packet->client_sequence;
	record->proxy_cookie = packet->cookie;
	record->proxy_offset = 0;
	fp_proxy_state(record, FP_PROXY_WAITS);
	return 0;
}

/* Gives the IP packet another length: header, checksum, record and, where it lacks room, the frame. */
static __always_inline int fp_resize(struct xdp_md *ctx, struct fp_packet *packet, __u32 transport_length)
{
	__u32 ip_length = packet->transport_offset - packet->network_offset + transport_length;

	if (ctx->data_end - ctx->data < packet->transport_offset + transport_length &&
	    fp_set_length(ctx, packet->transport_offset + transport_length))
		return FP_DROP_MTU;
	packet->ip_length = ip_length;
	if (packet->kind == FP_PACKET_TRANSPORT_IPV4) {
		struct iphdr *ip = fp_header_at(ctx, packet->network_offset, sizeof(*ip));
		__be16 length = bpf_htons(ip_length);

		if (!ip)
			return FP_DROP_INTERNAL;
		ip->check = fp_update(ip->check, fp_replace_int(ip->tot_len, length));
		ip->tot_len = length;
	} else {
		struct ipv6hdr *ip = fp_header_at(ctx, packet->network_offset, sizeof(*ip));

		if (!ip)
			return FP_DROP_INTERNAL;
		ip->payload_len = bpf_htons(ip_length - sizeof(*ip));
	}
	return 0;
}

/* The client's ACK becomes the SYN that it stands for. */
static __always_inline int fp_make_syn(struct xdp_md *ctx, struct fp_packet *packet, const struct fp_flow_tcp *record)
{
	struct fp_segment *segment;
	int failure = fp_resize(ctx, packet, FP_SYN_LENGTH);

	if (failure)
		return failure;
	segment = fp_header_at(ctx, packet->transport_offset, sizeof(*segment));
	if (!segment)
		return FP_DROP_INTERNAL;
	segment->sequence = bpf_htonl(record->proxy_sequence);
	segment->acknowledgment = 0;
	segment->header_length = FP_SYN_LENGTH / 4 << 4;
	segment->flags = FP_TCP_SYN;
	segment->urgent = 0;
	segment->option = FP_TCP_OPTION_MSS;
	segment->option_length = FP_TCP_OPTION_MSS_LENGTH;
	segment->mss = bpf_htons(fp_cookie_mss_of(record->proxy_cookie));
	fp_seal_segment(segment, packet, FP_SYN_LENGTH);
	packet->tcp_flags = FP_TCP_SYN;
	return 0;
}

/* The backend's SYN+ACK becomes a byte that the client has had. */
static __always_inline int fp_make_probe(struct xdp_md *ctx, struct fp_packet *packet, const struct fp_flow_tcp *record)
{
	struct fp_segment *segment;
	int failure = fp_resize(ctx, packet, FP_PROBE_LENGTH);

	if (failure)
		return failure;
	segment = fp_header_at(ctx, packet->transport_offset, FP_PROBE_LENGTH);
	if (!segment)
		return FP_DROP_INTERNAL;
	segment->sequence = bpf_htonl(record->proxy_cookie);
	segment->header_length = sizeof(struct tcphdr) / 4 << 4;
	segment->flags = FP_TCP_ACK;
	segment->urgent = 0;
	segment->option = 0;
	fp_seal_segment(segment, packet, FP_PROBE_LENGTH);
	packet->tcp_flags = FP_TCP_ACK;
	return 0;
}

/* Replaces a sequence number, and carries the checksum on. */
static __always_inline void fp_renumber(struct fp_segment *segment, __be32 *word, __u32 number)
{
	__be32 update = bpf_htonl(number);

	segment->checksum = fp_update(segment->checksum, fp_replace_int(*word, update));
	*word = update;
}

static __always_inline int fp_is_embryonic(__u64 handle)
{
	__u32 state = fp_flow_state_of(fp_flow_control_of(handle));

	return state == FP_FLOW_TCP_SYN_SENT || state == FP_FLOW_TCP_SYN_RECV || state == FP_FLOW_TCP_SYN_SENT2;
}

/* What the client says: its acknowledgments are of the cookie's numbers. */
static __always_inline int fp_proxy_request(struct xdp_md *ctx, struct fp_packet *packet, __u64 handle,
					    struct fp_flow_tcp *record, int is_tracked)
{
	struct fp_segment *segment = fp_header_at(ctx, packet->transport_offset, sizeof(struct tcphdr));
	__u32 state = *(volatile __u32 *)&record->proxy_state, flags = packet->tcp_flags;
	const struct fp_flow *flow = fp_flow_slot(fp_flow_index_of(handle));
	int is_opening, verdict;

	if (!segment || !flow)
		return FP_DROP_INTERNAL;
	if (fp_tcp_opens(flags) && state != FP_PROXY_NONE && fp_is_embryonic(handle))
		return FP_DROP_TCP_STATE; /* it would offer the backend what the client was not offered */
	is_opening = state == FP_PROXY_WAITS && fp_tcp_is_plain_ack(flags) && !packet->fragment &&
		     bpf_ntohl(segment->acknowledgment) == record->proxy_cookie + 1;
	if (!is_tracked) {
		verdict = fp_flow_track(handle, is_opening ? FP_TCP_SYN : flags, packet->now_ticks);
		if (verdict)
			return verdict;
	}
	if (is_opening)
		return fp_make_syn(ctx, packet, record);
	if (fp_tcp_opens(flags) && fp_flow_state_of(fp_flow_control(flow)) == FP_FLOW_TCP_SYN_SENT)
		fp_proxy_state(record, FP_PROXY_NONE); /* a new connection on an ended one's tuples: its backend answers */
	else if (state == FP_PROXY_TRANSLATES && flags & FP_TCP_ACK)
		fp_renumber(segment, &segment->acknowledgment,
			    bpf_ntohl(segment->acknowledgment) - record->proxy_offset);
	return 0;
}

/* What the backend says: all its numbers are its own. */
static __always_inline int fp_proxy_reply(struct xdp_md *ctx, struct fp_packet *packet, __u64 handle,
					  struct fp_flow_tcp *record)
{
	struct fp_segment *segment = fp_header_at(ctx, packet->transport_offset, sizeof(struct tcphdr));
	__u32 state = *(volatile __u32 *)&record->proxy_state, flags = packet->tcp_flags, offset;
	int is_answer = (flags & FP_TCP_RELEVANT) == (FP_TCP_SYN | FP_TCP_ACK), verdict;

	if (is_answer && packet->fragment)
		return FP_DROP_FRAGMENT;

	if (!segment)
		return FP_DROP_INTERNAL;
	offset = record->proxy_cookie - bpf_ntohl(segment->sequence);
	if (state == FP_PROXY_WAITS && !is_answer && !(flags & FP_TCP_RST))
		return FP_DROP_TCP_STATE;
	if (state == FP_PROXY_TRANSLATES && is_answer && offset != record->proxy_offset && !fp_is_embryonic(handle))
		return FP_DROP_TCP_STATE;
	verdict = fp_flow_track(handle, flags, packet->now_ticks);
	if (verdict || state == FP_PROXY_NONE)
		return verdict;
	if (is_answer) {
		record->proxy_offset = offset;
		fp_proxy_state(record, FP_PROXY_TRANSLATES);
		return fp_make_probe(ctx, packet, record);
	}
	if (state == FP_PROXY_WAITS) /* a reset that refuses the connection: the client expects this number */
		fp_renumber(segment, &segment->sequence, record->proxy_cookie + 1);
	else
		fp_renumber(segment, &segment->sequence, bpf_ntohl(segment->sequence) + record->proxy_offset);
	return 0;
}

/*
 * Tracks a packet of such a connection, in place of fp_flow_track, and renumbers it: 0, FP_FLOW_GONE, or a drop code.
 * `is_tracked`: the connection was opened by it.
 */
__noinline int fp_proxy(struct xdp_md *ctx, struct fp_packet *packet, __u64 handle, int is_tracked)
{
	struct fp_flow_tcp *record = fp_proxy_record(handle);

	if (!packet || !record)
		return FP_DROP_INTERNAL;
	if (fp_flow_is_reverse(fp_flow_control_of(handle)))
		return fp_proxy_reply(ctx, packet, handle, record);
	return fp_proxy_request(ctx, packet, handle, record, is_tracked);
}

#endif
