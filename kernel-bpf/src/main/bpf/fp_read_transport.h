/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * TCP, UDP and ICMP, read from the cursor on, the length being what IP says is there. Each answers the kind that it was
 * given, or a drop code. That a header is within the length means that it is within the frame; only the verifier has to
 * be told so. Java twin: TransportParser.
 */
#ifndef FP_READ_TRANSPORT_H
#define FP_READ_TRANSPORT_H

#include <linux/icmp.h>
#include <linux/in.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include "fp_cursor.h"
#include "fp_packet.h"

#define FP_TCP_FLAGS_OFFSET 13

/* Header length and ports (RFC 9293, 3.1). Flags are judged with the connection's state. */
static __always_inline int fp_read_tcp(struct fp_packet *packet, struct fp_cursor *cursor, __u32 length, int kind)
{
	const struct tcphdr *tcp = fp_take(cursor, sizeof(*tcp));
	__u32 header_length;

	if (length < sizeof(*tcp) || !tcp)
		return FP_DROP_IP_LENGTH;
	header_length = tcp->doff * 4;
	if (header_length < sizeof(*tcp) || header_length > length)
		return FP_DROP_TCP_HEADER;
	packet->tuple.ports = *(const __u32 *)tcp;
	packet->tcp_flags = ((const __u8 *)tcp)[FP_TCP_FLAGS_OFFSET];
	return kind;
}

/*
 * Length and ports (RFC 768). Bytes after the datagram but within the IP packet are carried along; a first fragment says
 * how long the whole datagram is.
 */
static __always_inline int fp_read_udp(struct fp_packet *packet, struct fp_cursor *cursor, __u32 length, int kind)
{
	const struct udphdr *udp = fp_take(cursor, sizeof(*udp));
	__u32 udp_length;

	if (length < sizeof(*udp) || !udp)
		return FP_DROP_IP_LENGTH;
	udp_length = fp_length(udp->len);
	if (udp_length < sizeof(*udp) || (udp_length > length && !packet->fragment))
		return FP_DROP_UDP_LENGTH;
	packet->tuple.ports = *(const __u32 *)udp;
	packet->tcp_flags = 0;
	return kind;
}

/* There must be a whole header; what it says is the answering functions' business. */
static __always_inline int fp_read_icmp(__u32 length, int kind)
{
	return length < sizeof(struct icmphdr) ? FP_DROP_IP_LENGTH : kind;
}

#endif
