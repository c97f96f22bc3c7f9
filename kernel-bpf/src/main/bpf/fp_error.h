/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * ICMP errors about packets that were translated: found by the packet that they quote, and sent on to the one who sent
 * it. They change nothing of the connection, neither state nor time (RFC 5508, 4.3). Java twin: ErrorForwarder.
 *
 *   to a VIP, about a packet to a client:   to the backend    the quote, turned round, is of the forward direction
 *   to a SNAT address or a client, about
 *   a packet to a backend:                  to the client     the quote, turned round, is of the reverse direction
 *
 * Where the backend has the VIP itself (dsr-*), the error is handed to it as it came, or through its tunnel, as requests are.
 */
#ifndef FP_ERROR_H
#define FP_ERROR_H

#include "fp_address.h"
#include "fp_error_rewrite.h"
#include "fp_forward.h"
#include "fp_read.h"

#define FP_TCP_SEQUENCE_OFFSET 4

/* Whether the checksum is right (RFC 5508, REQ-3); not asked where senders leave checksums to offload. */
static __always_inline int fp_is_error_sum_right(struct xdp_md *ctx, const struct fp_packet *packet)
{
	__u32 length = fp_transport_length(packet);
	__u64 sum;

	if (fp_is_recomputed(packet))
		return 1;
	sum = fp_sum(ctx, packet->transport_offset, length);
	if (packet->kind == FP_PACKET_ICMPV6)
		sum += fp_sum_of_icmpv6(&packet->tuple.source, &packet->tuple.destination, length);
	return fp_fold(sum) == FP_SUM_CORRECT;
}

/* What an error itself speaks against it: a drop code, or 0. */
static __always_inline int fp_error_refusal(struct xdp_md *ctx, struct fp_packet *packet)
{
	__u32 first = 0;
	const struct fp_config *config = bpf_map_lookup_elem(&fp_config, &first);
	int refusal;

	if (!config)
		return FP_DROP_INTERNAL;
	refusal = fp_source_refusal(config, &packet->tuple.source);
	if (refusal)
		return refusal;
	refusal = fp_read_quote(ctx, packet);
	if (refusal)
		return refusal;
	return fp_is_error_sum_right(ctx, packet) ? 0 : FP_DROP_ICMP_CHECKSUM;
}

/* Plans the way to a backend that has the VIP itself: 0, FP_FLOW_GONE, or a drop code. */
static __always_inline int fp_direct_error_way(struct xdp_md *ctx, struct fp_packet *packet, __u64 handle)
{
	__u32 forwarding = fp_flow_forwarding(fp_flow_control_of(handle));
	const struct fp_backend *backend;

	if (fp_is_at_its_end(packet, forwarding))
		return FP_DROP_TTL_EXPIRED;
	backend = fp_direct_backend(packet, handle);
	if (!backend)
		return FP_FLOW_GONE;
	return fp_way_out(ctx, packet, 0) ?: fp_direct_refusal(packet, backend, forwarding);
}

/* One hop less to live, of an error that goes through a tunnel. */
static __always_inline int fp_age_error(const struct xdp_md *ctx, const struct fp_packet *packet)
{
	if (packet->kind == FP_PACKET_ICMP) {
		struct iphdr *ip = fp_header_at(ctx, packet->network_offset, sizeof(*ip));

		if (!ip)
			return FP_DROP_INTERNAL;
		ip->ttl--;
		ip->check = fp_update(ip->check, FP_ONE_LESS);
	} else {
		struct ipv6hdr *ip = fp_header_at(ctx, packet->network_offset, sizeof(*ip));

		if (!ip)
			return FP_DROP_INTERNAL;
		ip->hop_limit--;
	}
	return 0;
}

/* Hands an error to a backend that has the VIP itself. Outer headers are those of its connection's packets. */
__noinline int fp_write_direct_error(struct xdp_md *ctx, struct fp_packet *packet, __u32 forwarding)
{
	int failure;

	if (!packet)
		return FP_DROP_INTERNAL;
	failure = fp_rewrite_error(ctx, packet, 1);
	if (failure || forwarding == FP_FORWARD_DSR_L2)
		return failure;
	packet->tuple = packet->quoted;
	return fp_age_error(ctx, packet) ?: fp_encapsulate(ctx, packet, forwarding);
}

/* Plans the way of an error whose packets are translated, and sets `to`: answers likewise. */
static __always_inline int fp_error_way(struct xdp_md *ctx, struct fp_packet *packet, __u64 handle, int is_reverse)
{
	int refusal;

	if (packet->time_to_live < FP_TIME_TO_LIVE_MIN)
		return FP_DROP_TTL_EXPIRED;
	refusal = fp_translate(packet, handle);
	if (refusal)
		return refusal;
	if (fp_is_ipv4(&packet->to.destination) != (packet->kind == FP_PACKET_ICMP))
		return FP_DROP_FAMILY_ICMP;
	return fp_way_out(ctx, packet, is_reverse);
}

/* The quoted segment gets the number that its sender, the backend, gave it; all sums are carried on. */
__noinline int fp_renumber_quote(struct xdp_md *ctx, struct fp_packet *packet, __u64 handle)
{
	const struct fp_flow_tcp *record = fp_proxy_record(handle);
	struct icmphdr *icmp;
	__u32 offset;
	__be32 *number, old;
	__u16 *checksum, before;
	__u64 replaced;

	if (!packet || !record || record->proxy_state != FP_PROXY_TRANSLATES || !record->proxy_offset)
		return 0;
	offset = packet->transport_offset + sizeof(*icmp) + packet->quote_header_length;
	icmp = fp_header_at(ctx, packet->transport_offset, sizeof(*icmp));
	number = fp_quote_at(ctx, offset + FP_TCP_SEQUENCE_OFFSET, sizeof(*number));
	if (!icmp || !number)
		return 0;
	old = *number;
	*number = bpf_htonl(bpf_ntohl(old) - record->proxy_offset);
	replaced = fp_replace_int(old, *number);
	if (packet->quote_length >= FP_TCP_CHECKSUM_OFFSET + sizeof(*checksum)) {
		checksum = fp_quote_at(ctx, offset + FP_TCP_CHECKSUM_OFFSET, sizeof(*checksum));
		if (checksum) {
			before = *checksum;
			*checksum = fp_update(before, replaced);
			replaced += fp_replace_int(before, *checksum);
		}
	}
	icmp->checksum = fp_update(icmp->checksum, replaced);
	return 0;
}

/* Ends a packet that is an error: FP_FORWARDED_ERROR, or a drop code. */
__noinline int fp_forward_error(struct xdp_md *ctx, struct fp_packet *packet)
{
	int refusal, is_reverse, is_direct;
	__u64 handle;

	if (!packet)
		return FP_DROP_INTERNAL;
	refusal = fp_error_refusal(ctx, packet);
	if (refusal)
		return refusal;
	handle = fp_flow_find(&packet->quoted);
	if (!fp_flow_is_flow(handle))
		return FP_DROP_ICMP_UNKNOWN;
	is_reverse = fp_flow_is_reverse(fp_flow_control_of(handle));
	is_direct = fp_flow_is_direct(fp_flow_control_of(handle)) && !is_reverse;
	refusal = is_direct ? fp_direct_error_way(ctx, packet, handle) : fp_error_way(ctx, packet, handle, is_reverse);
	if (refusal == FP_DROP_TTL_EXPIRED)
		return refusal;
	if (refusal == FP_FLOW_GONE || !fp_flow_still_valid(handle))
		return FP_DROP_ICMP_UNKNOWN;
	if (refusal)
		return refusal;
	if (fp_flow_is_proxied(fp_flow_control_of(handle)) && !is_reverse)
		fp_renumber_quote(ctx, packet, handle);
	refusal = is_direct ? fp_write_direct_error(ctx, packet, fp_flow_forwarding(fp_flow_control_of(handle)))
			    : fp_rewrite_error(ctx, packet, 0);
	return refusal ?: FP_FORWARDED_ERROR;
}

/* For steering: whether a frame to no VIP is an error about a packet that was translated. */
__noinline int fp_is_known_error(struct xdp_md *ctx)
{
	__u32 first = 0;
	struct fp_packet *packet = bpf_map_lookup_elem(&fp_scratch, &first);

	if (!packet)
		return 0;
	packet->kind = fp_read(ctx, packet);
	if (packet->kind >= FP_FIRST_DROP_CODE || !fp_is_error(ctx, packet) || fp_read_quote(ctx, packet))
		return 0;
	return fp_flow_is_flow(fp_flow_find(&packet->quoted));
}

#endif
