/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The kernel engine's answers: ARP and neighbour solicitations for a VIP, and echo requests to one, are turned round in
 * their own frames. Java twins: Pipeline.other, and the responders.
 */
#ifndef FP_ANSWER_H
#define FP_ANSWER_H

#include "fp_answer_arp.h"
#include "fp_answer_echo.h"
#include "fp_answer_neighbor.h"
#include "fp_parse_ipv6.h"

/*
 * Ends a packet of the kinds ARP, ICMP, ICMPV6: FP_ANSWERED_* where the frame is to go back by XDP_TX, FP_CONSUMED_ARP,
 * or a drop code, and then the frame is as it was. Pointers into the frame are to be derived anew.
 */
__noinline int fp_answer(struct xdp_md *ctx, struct fp_packet *packet)
{
	const __u8 *type;

	if (!packet)
		return FP_DROP_INTERNAL;
	if (packet->kind == FP_PACKET_ARP)
		return fp_answer_arp(ctx, packet);
	type = fp_header_at(ctx, packet->transport_offset, sizeof(*type));
	if (packet->kind == FP_PACKET_ICMPV6 && type && *type == FP_NEIGHBOR_SOLICITATION)
		return fp_answer_neighbor(ctx, packet);
	return fp_answer_echo(ctx, packet);
}

#endif
