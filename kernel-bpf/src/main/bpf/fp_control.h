/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What the control thread may change while packets flow: which engine does the work, when the kernel engine steps in
 * for a worker, the flow table's timeouts, which the kernel engine needs to make room without a worker, and whether there is a prefilter.
 * One record.
 * Java twin: ControlDescriptor.
 *
 *   0         4         8                   16
 *  +---------+---------+-------------------+
 *  | engine  | spill   | stallLimitNs      |
 *  +---------+---------+-------------------+
 *  | timeout in ticks, one u32 per state   |   16 to 80
 *  +---------------------------------------+
 *  | takeover| errors  | prefilter         |   its flags and its generation, see fp_prefix.h
 *  | count   | a second| flags   | generat.|   80 to 96
 *  +---------+---------+---------+---------+
 *  | zero              | hosts4  | hosts6  |   96 to 112: lengths of prefix VIPs
 *  +---------+---------+---------+---------+
 *  | wide    | zero    |s|       | zero    |   112 to 128: enum fp_wide, which wide services there are; syn_tries u8
 *  +---------+---------------------------------------------------------+
 *  | errorFullNs       | zero                                          |   128 to 192
 *  +-------------------+-----------------------------------------------+
 *
 * Writer: the control thread, plain stores of single words; each is good at any moment. But for `error_full_ns`: all
 * CPUs and workers move it on by compare-and-swap (fp_own_error.h), and so it has a cache line to itself.
 */
#ifndef FP_CONTROL_H
#define FP_CONTROL_H

#include "fp_types.h"

/* Who works on packets. */
enum fp_engine {
	FP_ENGINE_USERSPACE = 0, /* a worker, while it is fresh and has room */
	FP_ENGINE_HYBRID = 1,    /* the kernel for packets of known flows, a worker for the rest */
	FP_ENGINE_KERNEL = 2,    /* the kernel */
};

/* Which services there are that a look-up of the very address and port doesn't find. */
enum fp_wide {
	FP_WIDE_RANGES = 1,   /* some for a range of ports */
	FP_WIDE_PREFIXES = 2, /* some for a prefix */
};

enum fp_control_constant {
	FP_CONTROL_STATES = 16, /* timeouts by enum fp_flow_state; 0 where a state has none */
	FP_CONTROL_PREFIX_LENGTHS = 4, /* of prefix VIPs and family: each costs a missed look-up two probes */
};

struct fp_control {
	__u32 engine;
	__u32 spill_limit;    /* frames in flight at a queue's worker from which on the kernel engine takes the next */
	__u64 stall_limit_ns; /* age of a heartbeat from which on its worker is not fresh */
	__u32 timeout_ticks[FP_CONTROL_STATES];
	__u32 takeover_count; /* processes that went on with the tables of an earlier one; no engine reads it */
	__u32 error_rate;     /* ICMP errors of our own in a second; 0: none */
	__u32 prefilter_flags;      /* enum fp_prefilter_flag */
	__u32 prefilter_generation; /* of the list in force, 16 bits; no engine reads it */
	__u64 reserved1;
	__u32 host_bits_ipv4; /* of prefix VIPs, a byte each, lowest first from the low byte on; 0 ends it */
	__u32 host_bits_ipv6;
	__u32 wide;           /* enum fp_wide */
	__u32 reserved2;
	__u8 syn_tries;       /* a SYN that came again so often unanswered goes to another backend; 0: never for that */
	__u8 reserved3[3];
	__u32 reserved4;
	__u64 error_full_ns;  /* when the bucket of those errors is full again */
	__u64 reserved5[7];
};

_Static_assert(sizeof(struct fp_control) == 192, "the control record");

#endif
