/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Where the headers of a packet may begin, and how to get to them from what the record says: afresh in each function,
 * since the verifier checks each function on its own, and since adjusting a frame moves it.
 */
#ifndef FP_HEADER_H
#define FP_HEADER_H

#include "fp_cursor.h"
#include "fp_packet.h"

/*
 * Two tags and the longest IPv4 header end at 82, two tags and IPv6 with all the extension headers that are walked at 190.
 * The mask holds for the verifier, and changes nothing else.
 */
#define FP_HEADER_OFFSET_MASK 255

/* From the network or the transport offset of the record on. */
static __always_inline struct fp_cursor fp_cursor_at(const struct xdp_md *ctx, __u32 header_offset)
{
	struct fp_cursor cursor = {
		.position = (void *)(long)ctx->data + (header_offset & FP_HEADER_OFFSET_MASK),
		.end = (void *)(long)ctx->data_end,
	};

	return cursor;
}

/* Bytes of the IP packet after its header. */
static __always_inline __u32 fp_transport_length(const struct fp_packet *packet)
{
	return packet->network_offset + packet->ip_length - packet->transport_offset;
}

#endif
