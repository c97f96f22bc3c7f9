/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What is known of a TCP connection's sequence numbers, by the index of its forward slot in the flow table: beside the
 * slot and not in it, because few services ask for it. Where none does, the table has one record, which nobody looks at.
 * Java twin: FlowTcpDescriptor.
 *
 *   0                             48                  64
 *  +-----------------------------+-------------------+
 *  | zero (windows)              | zero (offsets)    |
 *  +-----------------------------+-------------------+
 */
#ifndef FP_FLOW_TCP_H
#define FP_FLOW_TCP_H

#include "fp_types.h"

struct fp_flow_tcp {
	__u64 reserved0[6];
	__u64 reserved1[2];
};

_Static_assert(sizeof(struct fp_flow_tcp) == 64, "one cache line beside a flow slot's");

#endif
