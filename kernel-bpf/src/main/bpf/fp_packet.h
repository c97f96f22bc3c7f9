/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The kernel engine's record of the packet under work: what its headers say, what the tables say, and where it is to
 * go. One per CPU, in a map, because it is larger than what a program's stack can spare; a CPU runs one XDP program
 * at a time. It is private to the engine. The fields are those of Java's PacketBatch.
 */
#ifndef FP_PACKET_H
#define FP_PACKET_H

#include "fp_maps.h"
#include "fp_tuple.h"

/* What the parser found; drop codes share the field. Java: PacketKind. */
enum fp_packet_kind {
	FP_PACKET_TRANSPORT_IPV4 = 1, /* TCP or UDP: all of the first block is set */
	FP_PACKET_TRANSPORT_IPV6 = 2,
	FP_PACKET_ARP = 3,            /* network_offset is set */
	FP_PACKET_ICMP = 4,           /* offsets, addresses, ip_length are set */
	FP_PACKET_ICMPV6 = 5,
	FP_PACKET_FRAGMENT_IPV4 = 6,  /* not the first of its datagram: no ports, no TCP flags */
	FP_PACKET_FRAGMENT_IPV6 = 7,
};

struct fp_packet {
	/* From the headers. */
	struct fp_tuple tuple;     /* as it came in */
	__u32 kind;
	__u32 network_offset;      /* from the start of the frame: 14, 18 or 22 */
	__u32 transport_offset;    /* from the start of the frame */
	__u32 ip_length;           /* bytes that the IP header claims, itself included */
	__u32 time_to_live;
	__u32 tcp_flags;           /* the flags byte; 0 for UDP */

	/* Of the moment. */
	__u32 ingress_slot;        /* in the interface table */
	__u32 ingress_ifindex;
	__u32 ingress_flags;       /* enum fp_interface_flag */
	__u32 now_ticks;           /* FP_FLOW_TICK_SHIFT */
	__u64 now_ns;

	/* From the tables. */
	__u64 handle;              /* of its flow, see fp_flow_handle.h; high half 0: none */
	__u32 service_index;
	__u32 backend_index;
	__u32 forwarding;          /* enum fp_forwarding */
	__u32 hop_index;           /* where it goes next */
	struct fp_tuple to;        /* as it leaves; `protocol` unused */
	__u32 egress_ifindex;
	__u32 verdict;             /* enum fp_counter: FP_FORWARDED_*, FP_ANSWERED_*, FP_CONSUMED_*, FP_DROP_* */

	/* Of an ICMP error: the packet that it quotes (fp_error_quote.h). */
	struct fp_tuple quoted;    /* turned round */
	__u64 quote_replaced;      /* what the quote's new words add to a sum */
	__u32 quote_header_length; /* of its IP header */
	__u32 quote_length;        /* what is there of what follows */

	/* Of a fragment; nothing but the first word is set in a whole packet. Offsets are in units of 8 bytes. */
	__u32 fragment;            /* 1: it is one */
	__u32 fragment_more;       /* not the last one */
	__u32 fragment_start;
	__u32 fragment_end;        /* exclusive, rounded up */
	__u32 fragment_id;         /* with `fragment_protocol`, as in struct fp_fragment */
	__u32 fragment_protocol;
	__u64 fragment_found;      /* its datagram's slot and control, as in a flow's handle; 0: none */

	/* Of a SYN whose segment size is clamped (fp_mss.h). */
	__u32 option_offset;       /* of the TCP option under work, from the TCP header on */

	/* Of an ACK that may bring back a SYN cookie (fp_guard.h). */
	__u32 is_proxied;          /* it does, and so opens a connection */
	__u32 cookie;
	__u32 client_sequence;     /* of its SYN */
	/* Of the way out. */
	__u32 outer_length;        /* what the packet grows by on its way: a tunnel's headers, or `surplus`; 0: nothing */

	/* How a connection is entered by the packet (fp_flow_open.h). */
	__u32 flow_options;        /* enum fp_flow_option; 0: by a SYN or a datagram */

	/* Of a TCP segment that is judged by its numbers (fp_tcp_segment.h). */
	__u32 segment_begin;
	__u32 segment_end;         /* exclusive; SYN and FIN count */
	__u32 segment_ack;
	__u32 segment_window;      /* not scaled */
	__u32 segment_scale;
	__u32 segment_found;       /* enum fp_segment_option */
	__u32 segment_options;     /* bytes */
	__u32 reserved1;

	/* Of a SYN that leaves its backend (fp_syn_again.h). */
	__u32 syn_count;           /* how often it came again; 0 for all other packets */
	__u32 avoided_index;       /* the backend that it leaves */
	__u32 reserved0;

	/* Of a packet that leaves in the other family (fp_across.h). */
	__u32 surplus;             /* what it grows by, modulo 2^32; 0: it stays in its family */

	/* Tags that go on with it where its hop has none (fp_vlan.h), as they stand in memory; 0: none. */
	__u32 kept_tags[2];
};

static __always_inline int fp_is_ipv4_packet(const struct fp_packet *packet)
{
	return packet->kind == FP_PACKET_TRANSPORT_IPV4 || packet->kind == FP_PACKET_FRAGMENT_IPV4 ||
	       packet->kind == FP_PACKET_ICMP;
}

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct fp_packet);
} fp_scratch SEC(".maps");

#endif
