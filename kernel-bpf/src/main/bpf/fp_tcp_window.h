/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* What is noted of the numbers of a connection's sides, and the windows that follow from it. Java twin: TcpCheck. */
#ifndef FP_TCP_WINDOW_H
#define FP_TCP_WINDOW_H

#include "fp_tcp_segment.h"

enum fp_tcp_check_limit {
	FP_TCP_OPEN_DATA = 65535,   /* bytes at most that a SYN carries (RFC 7413), of which the answer may acknowledge none */
	FP_TCP_ACK_WINDOW = 66000,  /* how old an acknowledgment may be at least, whatever the windows */
};

static __always_inline int fp_tcp_after(__u32 one, __u32 other)
{
	return (__s32)(one - other) > 0;
}

/* Notes a SYN's numbers: its window is never scaled (RFC 7323, 2.2). */
static __always_inline void fp_tcp_side_begin(struct fp_tcp_side *side, const struct fp_packet *packet)
{
	side->end = packet->segment_end;
	side->ack = packet->segment_ack;
	side->grant = packet->segment_ack + packet->segment_window;
	side->window = packet->segment_window;
	side->scale = packet->segment_scale;
	side->flags = FP_TCP_SIDE_SENT | FP_TCP_SIDE_SYN |
		      (packet->tcp_flags & FP_TCP_ACK ? FP_TCP_SIDE_ACKED : 0) |
		      (packet->segment_found & FP_SEGMENT_SCALES ? FP_TCP_SIDE_SCALES : 0);
}

static __always_inline __u32 fp_tcp_window(const struct fp_tcp_side *sender, const struct fp_tcp_side *receiver,
					   const struct fp_packet *packet)
{
	int scales = sender->flags & receiver->flags & FP_TCP_SIDE_SCALES;

	return packet->segment_window << (scales ? sender->scale & 15 : 0);
}

/* Notes the numbers of any other segment. */
static __always_inline void fp_tcp_side_note(struct fp_tcp_side *sender, const struct fp_tcp_side *receiver,
					     const struct fp_packet *packet)
{
	__u32 window = fp_tcp_window(sender, receiver, packet);
	__u32 grant = packet->segment_ack + window;
	__u8 flags = sender->flags;

	if (!(flags & FP_TCP_SIDE_SENT) || fp_tcp_after(packet->segment_end, sender->end))
		sender->end = packet->segment_end;
	if (window > sender->window)
		sender->window = window;
	if (packet->tcp_flags & FP_TCP_ACK) {
		if (!(flags & FP_TCP_SIDE_ACKED) || fp_tcp_after(packet->segment_ack, sender->ack))
			sender->ack = packet->segment_ack;
		if (!(flags & FP_TCP_SIDE_ACKED) || fp_tcp_after(grant, sender->grant))
			sender->grant = grant;
		flags |= FP_TCP_SIDE_ACKED;
	}
	flags |= FP_TCP_SIDE_SENT;
	if (flags != sender->flags)
		sender->flags = flags;
}

/* Whether both SYNs were seen. */
static __always_inline int fp_tcp_has_windows(const struct fp_tcp_side *sender, const struct fp_tcp_side *receiver)
{
	return !!(sender->flags & receiver->flags & FP_TCP_SIDE_SYN);
}

/* Whether an answer to a SYN acknowledges it, and not more. */
static __always_inline int fp_tcp_acks_syn(const struct fp_tcp_side *opener, const struct fp_packet *packet)
{
	return !(opener->flags & FP_TCP_SIDE_SENT) ||
	       (packet->tcp_flags & FP_TCP_ACK && opener->end - packet->segment_ack <= FP_TCP_OPEN_DATA);
}

/* All four edges of the windows. */
static __always_inline int fp_tcp_fits(const struct fp_tcp_side *sender, const struct fp_tcp_side *receiver,
				       const struct fp_packet *packet)
{
	__u32 old = sender->window > FP_TCP_ACK_WINDOW ? sender->window : FP_TCP_ACK_WINDOW;

	if (receiver->flags & FP_TCP_SIDE_ACKED && fp_tcp_after(packet->segment_begin, receiver->grant))
		return 0;
	return !fp_tcp_after(sender->end - receiver->window - 1, packet->segment_end) &&
	       !fp_tcp_after(packet->segment_ack, receiver->end) &&
	       !fp_tcp_after(receiver->end - old - 1, packet->segment_ack);
}

#endif
