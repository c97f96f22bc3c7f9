/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Whether a segment of a known connection may be what it says, by its sequence numbers. Endpoints judge for themselves
 * (RFC 5961); this is for the connection's state here, which a forged reset, SYN or FIN must not end:
 *
 *   believed   tracked as any other, and its numbers are noted
 *   passed     sent on as it is, for the endpoints to judge; neither state nor time change
 *   outside    of its windows: dropped under `strict`, passed under `loose` (a plain ACK is believed there, so that a
 *              connection whose numbers were noted wrongly goes on, but its numbers are not noted)
 *
 * What is not known is not judged: windows without both SYNs, all of a side that was not seen. The rules of windows are
 * those of G. van Rooij, "Real Stateful TCP Packet Filtering in IP Filter" (2001), which nf_conntrack has too. Java
 * twin: TcpCheck.
 */
#ifndef FP_TCP_CHECK_H
#define FP_TCP_CHECK_H

#include "fp_flow_event.h"
#include "fp_flow_handle.h"
#include "fp_flow_track.h"
#include "fp_tcp_window.h"

enum fp_tcp_judgement {
	FP_TCP_BELIEVED = 0,
	FP_TCP_PASSED = 1,
	FP_TCP_OUTSIDE = 2,
};

/* Whether a connection's numbers are noted: by what is at hand. */
static __always_inline int fp_flow_is_checked(__u64 handle)
{
	return !!(fp_flow_control_of(handle) & FP_FLOW_KIND_CHECKED << FP_FLOW_KIND_SHIFT);
}

/* ACK and FIN, with data or without. */
static __always_inline int fp_tcp_judge_data(struct fp_tcp_side *sender, const struct fp_tcp_side *receiver,
					     const struct fp_packet *packet)
{
	if (fp_tcp_has_windows(sender, receiver) && !fp_tcp_fits(sender, receiver, packet))
		return FP_TCP_OUTSIDE;
	fp_tcp_side_note(sender, receiver, packet);
	return FP_TCP_BELIEVED;
}

/*
 * RST (RFC 5961, 3.2): believed at the very number that its receiver expects, which is the last that it acknowledged, or
 * the last that its sender sent. Elsewhere in the window an endpoint answers by a challenge ACK, and a true one comes again.
 * In SYN-SENT it must acknowledge the SYN (RFC 9293, 3.10.7.3).
 */
static __always_inline int fp_tcp_judge_reset(const struct fp_tcp_side *sender, const struct fp_tcp_side *receiver,
					      const struct fp_packet *packet, __u32 state, int is_reverse)
{
	int is_expected = receiver->flags & FP_TCP_SIDE_ACKED && packet->segment_begin == receiver->ack;
	int is_last = sender->flags & FP_TCP_SIDE_SENT && packet->segment_begin == sender->end;

	if (state == FP_FLOW_TCP_SYN_SENT && is_reverse)
		return fp_tcp_acks_syn(receiver, packet) ? FP_TCP_BELIEVED : FP_TCP_OUTSIDE;
	if (is_expected || is_last || !(receiver->flags & FP_TCP_SIDE_ACKED || sender->flags & FP_TCP_SIDE_SENT))
		return FP_TCP_BELIEVED;
	if (!fp_tcp_has_windows(sender, receiver) || !(receiver->flags & FP_TCP_SIDE_ACKED))
		return FP_TCP_PASSED;
	return packet->segment_begin - receiver->ack < receiver->grant - receiver->ack ? FP_TCP_PASSED : FP_TCP_OUTSIDE;
}

/*
 * A client's SYN. It begins a connection where there is none; in place of one that is closing, if it comes later than all
 * of that (RFC 1122, 4.2.2.13), or bears a timestamp by which the backend can tell (RFC 6191); and after a reset. In the
 * middle of one it changes nothing (RFC 5961, 4).
 */
static __always_inline int fp_tcp_judge_syn(struct fp_flow_tcp *record, const struct fp_packet *packet, __u32 state)
{
	struct fp_tcp_side *client = &record->client;

	switch (state) {
	case FP_FLOW_TCP_SYN_SENT:
	case FP_FLOW_TCP_SYN_SENT2:
		fp_tcp_side_begin(client, packet);
		return FP_TCP_BELIEVED;
	case FP_FLOW_TCP_LAST_ACK:
	case FP_FLOW_TCP_TIME_WAIT:
		if (client->flags & FP_TCP_SIDE_SENT && fp_tcp_after(client->end, packet->segment_begin) &&
		    !(packet->segment_found & FP_SEGMENT_STAMPED))
			return FP_TCP_PASSED;
		break;
	case FP_FLOW_TCP_CLOSE:
		break;
	default:
		return FP_TCP_PASSED;
	}
	fp_tcp_side_begin(client, packet);
	record->backend = (struct fp_tcp_side){};
	return FP_TCP_BELIEVED;
}

/* SYN+ACK, and the SYN of a backend that opens at the same time. Later ones change nothing in the state machine either. */
static __always_inline int fp_tcp_judge_answer(struct fp_tcp_side *sender, const struct fp_tcp_side *receiver,
					       const struct fp_packet *packet, __u32 state)
{
	if (state != FP_FLOW_TCP_SYN_SENT && state != FP_FLOW_TCP_SYN_SENT2 && state != FP_FLOW_TCP_SYN_RECV)
		return FP_TCP_BELIEVED;
	if (packet->tcp_flags & FP_TCP_ACK && !fp_tcp_acks_syn(receiver, packet))
		return FP_TCP_PASSED;
	fp_tcp_side_begin(sender, packet);
	return FP_TCP_BELIEVED;
}

static __always_inline int fp_tcp_judge_by_class(struct fp_flow_tcp *record, const struct fp_packet *packet,
						 __u32 state, int is_reverse)
{
	struct fp_tcp_side *sender = is_reverse ? &record->backend : &record->client;
	struct fp_tcp_side *receiver = is_reverse ? &record->client : &record->backend;

	if (packet->tcp_flags & FP_TCP_RST)
		return fp_tcp_judge_reset(sender, receiver, packet, state, is_reverse);
	if (!(packet->tcp_flags & FP_TCP_SYN))
		return fp_tcp_judge_data(sender, receiver, packet);
	if (!is_reverse && fp_tcp_opens(packet->tcp_flags))
		return fp_tcp_judge_syn(record, packet, state);
	return fp_tcp_judge_answer(sender, receiver, packet, state);
}

/* The record of a connection, or NULL where there is none: then nothing is judged. */
static __always_inline struct fp_flow_tcp *fp_flow_tcp_of(__u64 handle)
{
	__u32 index = fp_flow_index_of(handle);
	const struct fp_flow *flow = fp_flow_slot(index);

	if (!flow)
		return NULL;
	if (fp_flow_is_reverse(fp_flow_control_of(handle)))
		index = flow->peer_index;
	return bpf_map_lookup_elem(&fp_flow_tcp, &index);
}

/* Judges a segment of a connection that is checked: FP_TCP_BELIEVED, FP_TCP_PASSED, or FP_DROP_TCP_WINDOW. */
__noinline int fp_tcp_judge(struct xdp_md *ctx, struct fp_packet *packet, __u64 handle)
{
	__u32 control = fp_flow_control_of(handle);
	struct fp_flow_tcp *record = fp_flow_tcp_of(handle);
	int judgement;

	if (!packet || !record || !fp_tcp_classes[packet->tcp_flags & FP_TCP_RELEVANT] || fp_read_segment(ctx, packet))
		return FP_TCP_BELIEVED;
	if (packet->fragment) { /* the rest of it is not seen: from here on windows are not known */
		record->client.flags = 0;
		record->backend.flags = 0;
		return FP_TCP_BELIEVED;
	}
	judgement = fp_tcp_judge_by_class(record, packet, fp_flow_state_of(control), fp_flow_is_reverse(control));
	if (judgement == FP_TCP_BELIEVED)
		return judgement;
	if (judgement == FP_TCP_OUTSIDE && control & FP_FLOW_KIND_STRICT << FP_FLOW_KIND_SHIFT)
		return FP_DROP_TCP_WINDOW;
	if (judgement == FP_TCP_OUTSIDE && fp_tcp_is_plain_ack(packet->tcp_flags))
		return FP_TCP_BELIEVED;
	fp_flow_event(FP_FLOW_DISBELIEVED);
	return FP_TCP_PASSED;
}

/* Notes the numbers of the segment that entered a connection. */
__noinline int fp_tcp_begin(struct xdp_md *ctx, struct fp_packet *packet, __u64 handle)
{
	struct fp_flow_tcp *record = fp_flow_tcp_of(handle);

	if (!packet || !record || fp_read_segment(ctx, packet))
		return 0;
	record->client = (struct fp_tcp_side){};
	record->backend = (struct fp_tcp_side){};
	if (packet->fragment)
		return 0;
	if (packet->tcp_flags & FP_TCP_SYN)
		fp_tcp_side_begin(&record->client, packet);
	else
		fp_tcp_side_note(&record->client, &record->backend, packet);
	return 0;
}

/* Tells a connection of one of its packets, as fp_flow_track, after judging it where that is asked for. */
static __always_inline int fp_track(struct xdp_md *ctx, struct fp_packet *packet, __u64 handle)
{
	if (fp_flow_is_checked(handle)) {
		int judgement = fp_tcp_judge(ctx, packet, handle);

		if (judgement != FP_TCP_BELIEVED)
			return judgement == FP_TCP_PASSED ? FP_FLOW_ACCEPTED : judgement;
	}
	return fp_flow_track(handle, packet->tcp_flags, packet->now_ticks);
}

#endif
