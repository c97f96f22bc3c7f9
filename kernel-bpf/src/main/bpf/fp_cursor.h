/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* A position in a frame that moves forward by whole headers, and never past the frame's end. */
#ifndef FP_CURSOR_H
#define FP_CURSOR_H

#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct fp_cursor {
	void *position;
	void *end;
};

/* A length as a header has it. The compiler knows that a turned word is one, the verifiers of 6.1 and 6.12 don't. */
static __always_inline __u32 fp_length(__be16 length)
{
	__u32 turned = bpf_ntohs(length);

	asm volatile("" : "+r"(turned));
	return turned & 0xffff;
}

/* The next `length` bytes, and the cursor behind them; NULL where the frame ends before. */
static __always_inline void *fp_take(struct fp_cursor *cursor, __u32 length)
{
	void *header = cursor->position;

	if (header + length > cursor->end)
		return NULL;
	cursor->position = header + length;
	return header;
}

#endif
