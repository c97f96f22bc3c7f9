/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * One slot of the service table: an open-addressing hash table, keyed by VIP, port and protocol, probed
 * linearly from the tuple hash of (vip, 0, port | 0, protocol); a slot's index is the service's index while
 * it lives. A VIP itself is an entry too, with port 0 and protocol 0: ARP, echo and fragments ask for it.
 *
 * Wide services are looked for only where no service has the very address and port (fp_lookup_wide.h). Their entries
 * carry bits in the protocol byte, so that nothing else is taken for one:
 *   FP_SERVICE_RANGED: a range of ports. `port` is the range's number among those of VIP and protocol, 0 to 15, and
 *     `port_first` to `port_last` are the ports. Number 15 is for all ports. The VIP's own entry has in `ranges_tcp` and
 *     `ranges_udp` which numbers are taken.
 *   FP_SERVICE_PREFIXED: the VIP is a prefix, whose last `host_bits` bits are zero. They stand in the hash as the source
 *     port. Which counts of host bits there are stands in the control record.
 * Java twin: ServiceDescriptor.
 *
 *   0         4         8         12        16
 *  +---------+---------+---------+---------+
 *  | state   | maglevA | maglevB | size    |
 *  +---------+---------+---------+---------+
 *  | VIP address                           |
 *  +----+-+-+---------+---------+---------+
 *  |port|p|f| active  | flags   |bknd|affs|   port u16 network order, protocol u8, forwarding u8
 *  +----+-+-+---------+---------+---------+
 *  |mss |zero|frst|last| round   |h|a|list|   mss_limit u16; port_first u16, port_last u16 (a VIP: ranges), host_bits u8,
 *  +---------------------------------------+   algorithm u8, source_list u16
 *
 * flags: bits 0 and 1 are what is hashed; bits 2 to 7 what a client's prefix is; bit 20 is FP_SERVICE_PICKUP; bits 21 and 22 are how TCP is checked; bit 28: segments
 * of unknown TCP connections are answered with a reset; the others are zero.
 *
 * Writer: the control thread. `state` is stored last (release) when a service appears and first when it goes.
 * The Maglev table has two copies in the Maglev array, at maglevA and maglevB (first entry's index), `size`
 * entries each; `active` (0 or 1) says which is in force and is stored (release) after the copy is complete.
 */
#ifndef FP_SERVICE_H
#define FP_SERVICE_H

#include "fp_types.h"

enum fp_service_state {
	FP_SERVICE_FREE = 0,
	FP_SERVICE_LIVE = 1,
	FP_SERVICE_DELETED = 2, /* a tombstone: probing goes on past it */
};

/* How a service's packets reach its backends. */
enum fp_forwarding {
	FP_FORWARD_FULL_NAT = 0, /* source becomes an address of the node, destination the backend */
	FP_FORWARD_NAT = 1,      /* destination only; replies come back through the node */
	FP_FORWARD_DSR_L2 = 2,   /* MAC addresses only; the backend has the VIP and answers the client itself */
	FP_FORWARD_DSR_IPIP = 3, /* the packet within an IP packet to the backend, which does the same */
	FP_FORWARD_DSR_GUE = 4,  /* the packet within a UDP datagram to the backend, which does the same */
	FP_FORWARD_DSR_GENEVE = 5, /* the same, and the datagram says VIP and port */
};

/*
 * How a service picks backends for new flows. The table is made by the control thread; engines ask only how to look into it:
 * at the hash; for round robin at the next slot in turn; for random-of-two at the hash and at another one made of it.
 */
enum fp_algorithm {
	FP_ALGORITHM_MAGLEV = 0,
	FP_ALGORITHM_RENDEZVOUS = 1,
	FP_ALGORITHM_WEIGHTED_ROUND_ROBIN = 2,
	FP_ALGORITHM_WEIGHTED_LEAST_CONNECTIONS = 3,
	FP_ALGORITHM_RANDOM_OF_TWO = 4,
};

/* What of a new flow's tuple picks its backend: the low bits of a service's flags. */
enum fp_hash_input {
	FP_HASH_TUPLE = 0,           /* addresses, ports and protocol */
	FP_HASH_SOURCE = 1,          /* the client's address alone */
	FP_HASH_SOURCE_AND_PORT = 2, /* the client's address and the destination port */
};

enum fp_service_constant {
	/* How many slots a look-up probes at most. The control plane refuses a service that would not fit. */
	FP_SERVICE_PROBE_LIMIT = 16,
	/* The bits of the flags that say what is hashed: enum fp_hash_input. */
	FP_SERVICE_HASH_MASK = 3,
	/* Bits of the flags with half the length of the prefix that a client is told by, less 1. */
	FP_SERVICE_AFFINITY_SHIFT = 2,
	FP_SERVICE_AFFINITY_MASK = 63, /* once shifted down */
	/* The bit of the flags that has segments of unknown TCP connections answered: fp_reset.h. */
	FP_SERVICE_RESETS = 1 << 28,
	/* In the flags: a TCP segment of no known connection enters one. */
	FP_SERVICE_PICKUP = 0x100000,
	/* In the flags: which kinds of flow a TCP connection gets, FP_FLOW_KIND_CHECKED and FP_FLOW_KIND_STRICT. */
	FP_SERVICE_CHECK_SHIFT = 21,
	FP_SERVICE_CHECK_MASK = 3, /* once shifted down */
	/* In the protocol byte of an entry: see above. */
	FP_SERVICE_RANGED = 0x80,
	FP_SERVICE_PREFIXED = 0x40,
	/* Ranges of ports of one VIP and protocol: a u16 says which there are. The last number is for all ports. */
	FP_SERVICE_RANGE_LIMIT = 16,
	/* Limits of segment sizes that are no number: any passes; what the links leave, see fp_mss.h. */
	FP_SERVICE_MSS_ANY = 0,
	FP_SERVICE_MSS_OF_LINKS = 0xffff,
};

struct fp_service {
	__u32 state;
	__u32 maglev_a_index;
	__u32 maglev_b_index;
	__u32 maglev_size;
	struct fp_address vip;
	__be16 port_be;
	__u8 protocol;
	__u8 forwarding;
	__u32 maglev_active;
	__u32 flags;
	__u16 backend_count;
	__u16 affinity_seconds; /* for which a client keeps its backend, 0 for not: fp_affinity.h */
	__u16 mss_limit;  /* host order; the largest that a SYN or SYN+ACK may tell, or FP_SERVICE_MSS_* */
	__u16 reserved0;
	__u16 port_first; /* host order; in a VIP's own entry the range numbers in use of TCP */
	__u16 port_last;  /* host order; in a VIP's own entry those of UDP */
	__u32 round; /* new flows so far, where backends are taken in turn; both engines, by atomic addition */
	__u8 host_bits;
	__u8 algorithm; /* enum fp_algorithm */
	__u16 source_list; /* index of its head, 0 for none: fp_source.h */
};

_Static_assert(sizeof(struct fp_service) == 64, "a service is one cache line");

/*
 * An entry of the Maglev array is a backend index. The kernel rounds an array map's values up to 8 bytes, so the
 * entries come a cache line at a time: entry i is in line i / FP_MAGLEV_LINE_ENTRIES. In memory they are one flat
 * array of u16. Each copy starts on a line.
 */
enum fp_maglev_constant {
	FP_MAGLEV_NO_BACKEND = 0xffff, /* where the service has no backend */
	FP_MAGLEV_LINE_ENTRIES = 32,
};

struct fp_maglev_line {
	__u16 backend_index[FP_MAGLEV_LINE_ENTRIES];
};

_Static_assert(sizeof(struct fp_maglev_line) == 64, "a line of Maglev entries is one cache line");

#endif
