/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What makes a packet a fragment (RFC 791, 3.2; RFC 8200, 4.5), and IPv6's extension headers up to the transport header.
 * They are walked, never changed. Java twins: FragmentParser, ExtensionParser.
 *
 * Refused are headers that cover the addresses or hide what follows (AH, ESP), those that this engine doesn't know, a
 * routing header with a way still to go or of type 0 (RFC 5095), and ICMPv6 behind any header: nobody asks for
 * neighbours like that (RFC 6980), and echoes would have to be turned with all of it.
 */
#ifndef FP_READ_EXTENSION_H
#define FP_READ_EXTENSION_H

#include "fp_header.h"
#include "fp_parse_ipv6.h"
#include "fp_read_transport.h"

enum fp_extension_limit {
	FP_EXTENSION_COUNT_LIMIT = 4,    /* one each of those that are walked (RFC 8200, 4.1) */
	FP_EXTENSION_LENGTH_LIMIT = 128, /* bytes of all: FP_HEADER_OFFSET_MASK reaches what follows */
};

struct fp_extension {
	__u8 next_header;
	__u8 length; /* in units of 8 bytes, without the first */
	__u8 routing_type;
	__u8 segments_left;
	__be32 rest;
};

struct fp_fragment_header {
	__u8 next_header;
	__u8 reserved;
	__be16 offset; /* 13 bits, two of zero, and whether more come */
	__be32 identification;
};

/*
 * Notes a fragment of `length` bytes at an offset in its datagram, behind `before` bytes that count to the datagram's
 * length. 0 for a first one, whose transport header is to be read; `kind` for a later one; or FP_DROP_FRAGMENT: empty,
 * beyond 65,535 bytes, a length that no next one can follow, or TCP's ports and flags in a later one (RFC 3128).
 */
static __always_inline int fp_read_fragment(struct fp_packet *packet, __u32 offset, int is_more, __u32 length,
					    __u32 before, int kind)
{
	if (!length || (is_more && length % 8) || before + offset + length > FP_FRAGMENT_LENGTH_LIMIT)
		return FP_DROP_FRAGMENT;
	if (offset && offset < sizeof(struct tcphdr) && packet->tuple.protocol == IPPROTO_TCP)
		return FP_DROP_FRAGMENT;
	packet->fragment = 1;
	packet->fragment_more = is_more;
	packet->fragment_start = offset / 8;
	packet->fragment_end = (offset + length + 7) / 8;
	packet->tcp_flags = 0;
	return offset ? kind : 0;
}

/* A fragment header: 0 to go on, FP_PACKET_FRAGMENT_IPV6, or FP_DROP_FRAGMENT. */
static __always_inline int fp_read_fragment_header(struct fp_packet *packet, const struct fp_fragment_header *header,
						   __u32 offset, __u32 length)
{
	__u32 word = fp_length(header->offset);
	__u32 before = offset - packet->network_offset - sizeof(struct ipv6hdr);

	if (packet->fragment)
		return FP_DROP_EXTENSION_HEADER;
	packet->tuple.protocol = header->next_header;
	packet->transport_offset = offset + sizeof(*header);
	if (!(word & 0xfff9))
		return 0; /* alone: a whole packet (RFC 6946) */
	packet->fragment_id = header->identification;
	packet->fragment_protocol = IPPROTO_FRAGMENT;
	return fp_read_fragment(packet, word & 0xfff8, word & 1, length - sizeof(*header), before,
				FP_PACKET_FRAGMENT_IPV6);
}

/* Any other header: 0 to go on, or a drop code. */
static __always_inline int fp_read_extension(struct fp_packet *packet, const struct fp_extension *header, __u32 offset,
					     __u32 length, int is_first)
{
	__u32 header_length = header->length * 8 + 8;

	switch (packet->tuple.protocol) {
	case IPPROTO_HOPOPTS:
		if (!is_first)
			return FP_DROP_EXTENSION_HEADER;
		break;
	case IPPROTO_ROUTING:
		if (!header->routing_type || header->segments_left)
			return FP_DROP_EXTENSION_HEADER;
		break;
	case IPPROTO_DSTOPTS:
		break;
	case IPPROTO_AH:
	case IPPROTO_ESP:
	case IPPROTO_MH:
	case FP_IPPROTO_HIP:
	case FP_IPPROTO_SHIM6:
	case IPPROTO_ICMPV6:
		return FP_DROP_EXTENSION_HEADER;
	default:
		return FP_DROP_PROTOCOL;
	}
	if (header_length > length)
		return FP_DROP_IP_LENGTH;
	packet->tuple.protocol = header->next_header;
	packet->transport_offset = offset + header_length;
	return 0;
}

/* Reads from the transport offset of the record, where the first extension header is: a kind or a drop code. */
__noinline int fp_read_extensions(struct xdp_md *ctx, struct fp_packet *packet)
{
	if (!packet)
		return FP_DROP_INTERNAL;
	for (int i = 0; i <= FP_EXTENSION_COUNT_LIMIT; i++) {
		__u32 offset = packet->transport_offset;
		__u32 length = fp_transport_length(packet);
		struct fp_cursor cursor = fp_cursor_at(ctx, offset);
		const void *header;
		int answer;

		if (offset - packet->network_offset > sizeof(struct ipv6hdr) + FP_EXTENSION_LENGTH_LIMIT)
			return FP_DROP_EXTENSION_HEADER;
		if (packet->tuple.protocol == IPPROTO_TCP)
			return fp_read_tcp(packet, &cursor, length, FP_PACKET_TRANSPORT_IPV6);
		if (packet->tuple.protocol == IPPROTO_UDP)
			return fp_read_udp(packet, &cursor, length, FP_PACKET_TRANSPORT_IPV6);
		if (i == FP_EXTENSION_COUNT_LIMIT)
			break;
		header = fp_take(&cursor, sizeof(struct fp_extension));
		if (length < sizeof(struct fp_extension) || !header)
			return FP_DROP_IP_LENGTH;
		if (packet->tuple.protocol == IPPROTO_FRAGMENT)
			answer = fp_read_fragment_header(packet, header, offset, length);
		else
			answer = fp_read_extension(packet, header, offset, length, !i);
		if (answer)
			return answer;
	}
	return FP_DROP_EXTENSION_HEADER;
}

#endif
