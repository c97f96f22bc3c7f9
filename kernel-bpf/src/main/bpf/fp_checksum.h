/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The Internet checksum (RFC 1071) and its incremental update (RFC 1624, equation 3). Sums are taken over native words
 * and kept in 64 bits unfolded: 2^32 is 1 modulo 2^16 - 1, so words of 32 bits may be added as they are. Java twin:
 * Checksum.
 */
#ifndef FP_CHECKSUM_H
#define FP_CHECKSUM_H

#include <bpf/bpf_endian.h>
#include "fp_header.h"

enum fp_sum_constant {
	FP_SUM_CORRECT = 0xffff, /* of a correct header, its checksum included */
	FP_SUM_BLOCK = 512,      /* the most that bpf_csum_diff takes before Linux 6.13 */
	FP_SUM_END_LIMIT = 65536 - 2 * FP_SUM_BLOCK, /* the verifier follows no offset beyond 65535 (MAX_PACKET_OFF) */
};

/* 16 bits, carries added at the low end: a word plus itself turned has the sum of its halves in the upper half. */
static __always_inline __u32 fp_fold(__u64 sum)
{
	__u32 half = (sum + (sum << 32 | sum >> 32)) >> 32;

	return (half + (half << 16 | half >> 16)) >> 16;
}

/* The checksum of a sum, as it stands in memory. */
static __always_inline __u16 fp_finish(__u64 sum)
{
	return ~fp_fold(sum);
}

/* The checksum after words were replaced. */
static __always_inline __u16 fp_update(__u16 checksum, __u64 replaced)
{
	return fp_finish((__u16)~checksum + replaced);
}

static __always_inline __u64 fp_sum_of_long(__u64 word)
{
	return (__u64)(__u32)word + (word >> 32);
}

/* What replacing four bytes adds to a sum. */
static __always_inline __u64 fp_replace_int(__u32 old, __u32 update)
{
	return (__u64)(__u32)~old + update;
}

/* What replacing eight bytes adds to a sum. */
static __always_inline __u64 fp_replace_long(__u64 old, __u64 update)
{
	return fp_sum_of_long(~old) + fp_sum_of_long(update);
}

/* What the length and protocol of a pseudo-header add; the same in both families for packets below 64 KiB. */
static __always_inline __u64 fp_sum_of_pseudo_header(__u32 protocol, __u32 length)
{
	return (__u64)(protocol << 8) + bpf_htons(length);
}

/* Sum of less than a block of the frame; bytes beyond the frame's end count as absent. */
__noinline __u64 fp_sum_rest(struct xdp_md *ctx, __u32 offset, __u32 length)
{
	struct fp_cursor cursor = {.position = (void *)(long)ctx->data, .end = (void *)(long)ctx->data_end};
	const __u64 *eight;
	const __u32 *four;
	const __u16 *two;
	const __u8 *one;
	__u64 sum = 0;

	if (offset > FP_SUM_END_LIMIT)
		return 0;
	cursor.position += offset;
	for (__u32 i = 0; i < FP_SUM_BLOCK / sizeof(*eight) && length >= sizeof(*eight); i++) {
		eight = fp_take(&cursor, sizeof(*eight));
		if (!eight)
			return sum;
		sum += fp_sum_of_long(*eight);
		length -= sizeof(*eight);
	}
	if (length & sizeof(*four) && (four = fp_take(&cursor, sizeof(*four))))
		sum += *four;
	if (length & sizeof(*two) && (two = fp_take(&cursor, sizeof(*two))))
		sum += *two;
	if (length & sizeof(*one) && (one = fp_take(&cursor, sizeof(*one))))
		sum += *one;
	return sum;
}

/*
 * Sum of a range that begins at a header and lies within the frame, unfolded; the length may be odd. It must end at
 * FP_SUM_END_LIMIT at the latest.
 */
__noinline __u64 fp_sum(struct xdp_md *ctx, __u32 offset, __u32 length)
{
	struct fp_cursor cursor = fp_cursor_at(ctx, offset);
	__u64 sum = 0;

	for (__u32 i = 0; i < FP_SUM_END_LIMIT / FP_SUM_BLOCK && length >= FP_SUM_BLOCK; i++) {
		__be32 *block = fp_take(&cursor, FP_SUM_BLOCK);

		if (!block)
			return sum;
		sum += (__u32)bpf_csum_diff(NULL, 0, block, FP_SUM_BLOCK, 0);
		offset += FP_SUM_BLOCK;
		length -= FP_SUM_BLOCK;
	}
	return sum + fp_sum_rest(ctx, offset, length);
}

#endif
