/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* A frame of Ethernet, IPv4 without options and UDP, as the generator writes it and the sink expects it. */
#ifndef LAB_FRAME_H
#define LAB_FRAME_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct lab_frame {
	struct ethhdr *ethernet;
	struct iphdr *ip;
	struct udphdr *udp;
	void *end;
};

/* The frame of a program's context; answers 0 if it is too short for the three headers, whose content is not looked at. */
static __always_inline int lab_open_frame(const struct xdp_md *context, struct lab_frame *frame)
{
	frame->ethernet = (void *)(long)context->data;
	frame->end = (void *)(long)context->data_end;
	frame->ip = (void *)(frame->ethernet + 1);
	frame->udp = (void *)(frame->ip + 1);
	return (void *)(frame->udp + 1) <= frame->end;
}

#endif
