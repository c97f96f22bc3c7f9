/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Sequence numbers, window and options of a TCP segment, read into the record where a connection is judged by them. Java twin: SegmentReader. */
#ifndef FP_TCP_SEGMENT_H
#define FP_TCP_SEGMENT_H

#include <linux/tcp.h>
#include <bpf/bpf_endian.h>
#include "fp_header.h"
#include "fp_mss.h"
#include "fp_tcp.h"

enum fp_segment_option {
	FP_SEGMENT_SCALES = 1, /* `segment_scale` was told */
	FP_SEGMENT_STAMPED = 2, /* a timestamp was told (RFC 7323, 3) */
};

#define FP_TCP_OPTIONS_WALKED 16 /* paddings of a byte included; a SYN of today has five */
#define FP_TCP_OPTION_SCALE 3
#define FP_TCP_OPTION_STAMP 8
#define FP_TCP_SCALE_LIMIT 14 /* a larger one counts as this (RFC 7323, 2.3) */

/*
 * Walks the options of a SYN. What is malformed ends it, and what was found before holds, as with an endpoint. An option
 * that begins in the last two bytes of the header is none of those. Position and findings are kept in the record: from
 * there they come back as any numbers, and so all rounds look the same to the verifier.
 */
__noinline int fp_read_options(struct xdp_md *ctx, struct fp_packet *packet)
{
	volatile __u32 *position;

	if (!packet)
		return 0;
	position = &packet->option_offset;
	*position = 0;
	for (int i = 0; i < FP_TCP_OPTIONS_WALKED; i++) {
		__u32 offset = *position;
		struct fp_cursor cursor = fp_cursor_at(ctx, packet->transport_offset + sizeof(struct tcphdr) + offset);
		const __u8 *option = fp_take(&cursor, 3);
		__u32 length = 1;

		if (offset + 2 >= packet->segment_options || !option)
			break;
		if (option[0] != FP_TCP_OPTION_NOTHING) {
			length = option[1];
			if (option[0] == FP_TCP_OPTION_END || length < 2 || offset + length > packet->segment_options)
				break;
			if (option[0] == FP_TCP_OPTION_STAMP)
				*(volatile __u32 *)&packet->segment_found |= FP_SEGMENT_STAMPED;
			if (option[0] == FP_TCP_OPTION_SCALE && length == 3) {
				*(volatile __u32 *)&packet->segment_found |= FP_SEGMENT_SCALES;
				*(volatile __u32 *)&packet->segment_scale =
					option[2] < FP_TCP_SCALE_LIMIT ? option[2] : FP_TCP_SCALE_LIMIT;
			}
		}
		*position = offset + length;
	}
	return 0;
}

/* Reads the segment; 0, or -1 where it is not there. */
static __always_inline int fp_read_segment(struct xdp_md *ctx, struct fp_packet *packet)
{
	struct fp_cursor cursor = fp_cursor_at(ctx, packet->transport_offset);
	const struct tcphdr *tcp = fp_take(&cursor, sizeof(*tcp));
	__u32 header_length;

	if (!tcp)
		return -1;
	header_length = tcp->doff * 4;
	packet->segment_begin = bpf_ntohl(tcp->seq);
	packet->segment_ack = bpf_ntohl(tcp->ack_seq);
	packet->segment_window = bpf_ntohs(tcp->window);
	packet->segment_end = packet->segment_begin + fp_transport_length(packet) - header_length +
			      !!(packet->tcp_flags & FP_TCP_SYN) + !!(packet->tcp_flags & FP_TCP_FIN);
	packet->segment_found = 0;
	packet->segment_scale = 0;
	packet->segment_options = header_length - sizeof(*tcp);
	if (packet->tcp_flags & FP_TCP_SYN)
		fp_read_options(ctx, packet);
	return 0;
}

#endif
