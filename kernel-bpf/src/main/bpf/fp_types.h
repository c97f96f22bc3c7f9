/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* What every shared struct stands on: fixed-width types, addresses, and the layout version. */
#ifndef FP_TYPES_H
#define FP_TYPES_H

#include <linux/types.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the shared memory is laid out for little-endian machines"
#endif

/*
 * Shared constants are enumerators rather than macros, because enumerators reach the object's BTF, where the
 * agreement test reads them.
 */
enum fp_layout_constant {
	/* Bumped with any change of a shared struct; a process refuses tables of another version. */
	FP_LAYOUT_VERSION = 4,
};

/*
 * An IPv6 address in network byte order, or an IPv4 address mapped into it (RFC 4291, 2.5.5.2):
 *
 *   0                               10      12              16
 *  +-------------------------------+-------+---------------+
 *  | 0 ... 0                       | ff ff | IPv4 address  |
 *  +-------------------------------+-------+---------------+
 *
 * It is compared and hashed as two native 64-bit words.
 */
struct fp_address {
	union {
		__u8 bytes[16];
		__be32 be32[4];
		__u64 words[2];
	};
};

_Static_assert(sizeof(struct fp_address) == 16, "an address is 16 bytes");

#endif
