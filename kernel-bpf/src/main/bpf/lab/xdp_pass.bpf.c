/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Lets everything through. A veth accepts frames that XDP sends to it (XDP_TX, XDP_REDIRECT, AF_XDP) only where the
 * receiving end has an XDP program of its own, or GRO: this is that program.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("xdp")
int xdp_pass(struct xdp_md *ctx __attribute__((unused)))
{
	return XDP_PASS;
}
