/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* What xdp_decap and its loader share. Java twin: DecapDescriptor. */
#ifndef FP_DECAP_H
#define FP_DECAP_H

#include "fp_types.h"

enum fp_decap_constant {
	FP_DECAP_ADDRESS_LIMIT = 4096, /* addresses of the host: more than anyone gives a server, VIPs included */
	FP_DECAP_FIRST_DROP = 2,
	FP_DECAP_COUNTS = 8,           /* a power of two */

	/* Bits of the modes. */
	FP_DECAP_MODE_IPIP = 1,        /* IP protocols 4 and 41 */
	FP_DECAP_MODE_GUE = 2,
	FP_DECAP_MODE_GENEVE = 4,
};

/* One for each frame. */
enum fp_decap_count {
	FP_DECAP_PASSED = 0,       /* not a tunnel's packet for this host: left as it was */
	FP_DECAP_STRIPPED = 1,
	FP_DECAP_DROP_OUTER = 2,   /* outer header not whole, with options, of wrong checksum, or a fragment's */
	FP_DECAP_DROP_INNER = 3,   /* no whole IP packet within, or of another family than the outer header says */
	FP_DECAP_DROP_NESTED = 4,  /* another tunnel within */
	FP_DECAP_DROP_FOREIGN = 5, /* the packet within is for another host */
	FP_DECAP_DROP_CONGESTED = 6, /* a congestion mark that the packet within can't have (RFC 6040, 4.2) */
};

struct fp_decap_settings {
	__u32 modes;
	__be16 gue_port_be;
	__be16 geneve_port_be;
};

struct fp_decap_row {
	__u64 values[FP_DECAP_COUNTS];
};

_Static_assert(sizeof(struct fp_decap_row) == 64, "a cache line for each CPU");

/* The list of what an agreement test is to find in the BTF; it exists in no memory. */
struct fp_decap_layout {
	enum fp_decap_count count;
	enum fp_decap_constant constant;
};

#endif
