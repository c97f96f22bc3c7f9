/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The TCP state machine of a box in the middle: state x flags x sender gives the next state, or a refusal. A pure
 * function over two tables, which are those of Java's TcpFlags and TcpStates; the reasons stand there.
 */
#ifndef FP_TCP_H
#define FP_TCP_H

#include "fp_flow.h"

enum fp_tcp_flag {
	FP_TCP_FIN = 0x01,
	FP_TCP_SYN = 0x02,
	FP_TCP_RST = 0x04,
	FP_TCP_ACK = 0x10,
	FP_TCP_RELEVANT = 0x17,
};

enum fp_tcp_class {
	FP_TCP_CLASS_INVALID = 0,
	FP_TCP_CLASS_SYN = 1,
	FP_TCP_CLASS_SYN_ACK = 2,
	FP_TCP_CLASS_FIN = 3, /* with ACK */
	FP_TCP_CLASS_ACK = 4, /* with or without data */
	FP_TCP_CLASS_RST = 5, /* with or without ACK */
	FP_TCP_CLASSES = 5,
};

enum fp_tcp_answer {
	FP_TCP_BAD_FLAGS = -1,  /* they contradict each other */
	FP_TCP_BAD_STATE = -2,  /* the segment is impossible in this state */
	FP_TCP_REOPENS = 0x100, /* with the next state: a new connection on an ended one's tuples */
};

enum fp_tcp_table {
	FP_TCP_STATES = FP_FLOW_TCP_SYN_SENT2 + 1 - FP_FLOW_TCP_SYN_SENT,
	FP_TCP_SENDERS = 6, /* bit 0: the backend; bit 1: who closed first; bit 2: the backend answers the client itself */
	FP_TCP_DIRECT = 4,
	FP_TCP_REFUSED = 0,
	FP_TCP_SENT_AGAIN = 0xff, /* reopens: SYN_SENT */
};

/* PSH, URG, ECE and CWR say nothing about a connection's state. */
static const __u8 fp_tcp_classes[FP_TCP_RELEVANT + 1] = {
	[FP_TCP_SYN] = FP_TCP_CLASS_SYN,
	[FP_TCP_SYN | FP_TCP_ACK] = FP_TCP_CLASS_SYN_ACK,
	[FP_TCP_FIN | FP_TCP_ACK] = FP_TCP_CLASS_FIN,
	[FP_TCP_ACK] = FP_TCP_CLASS_ACK,
	[FP_TCP_RST] = FP_TCP_CLASS_RST,
	[FP_TCP_RST | FP_TCP_ACK] = FP_TCP_CLASS_RST,
};

#define SS FP_FLOW_TCP_SYN_SENT
#define SR FP_FLOW_TCP_SYN_RECV
#define ES FP_FLOW_TCP_ESTABLISHED
#define FW FP_FLOW_TCP_FIN_WAIT
#define CW FP_FLOW_TCP_CLOSE_WAIT
#define LA FP_FLOW_TCP_LAST_ACK
#define TW FP_FLOW_TCP_TIME_WAIT
#define CL FP_FLOW_TCP_CLOSE
#define S2 FP_FLOW_TCP_SYN_SENT2
#define NO FP_TCP_REFUSED
#define RE FP_TCP_SENT_AGAIN

/*
 * Columns are the states that hold. FW and CW differ by who closed first: a closer's FIN is sent again, the other side's
 * is its own; a closer's ACK is for data, the other side's is for the FIN.
 *
 * state:                                    SS  SR  ES  FW   CW   LA  TW  CL  S2
 */
#define FP_TCP_CLIENT_SYN                  { SS, SR, ES, FW,  CW,  RE, RE, RE, S2 }
#define FP_TCP_BACKEND_SYN                 { S2, NO, NO, NO,  NO,  NO, NO, NO, S2 }
#define FP_TCP_CLIENT_SYN_ACK              { NO, SR, NO, NO,  NO,  NO, NO, NO, SR }
#define FP_TCP_BACKEND_SYN_ACK             { SR, SR, ES, FW,  CW,  LA, TW, CL, SR }
#define FP_TCP_BOTH_FIN(fin, acked)        { NO, FW, FW, fin, acked, LA, TW, CL, NO }
#define FP_TCP_CLIENT_ACK(ack)             { NO, ES, ES, ack, CW,  TW, TW, CL, NO }
#define FP_TCP_BACKEND_ACK(ack)            { SS, SR, ES, ack, CW,  TW, TW, CL, S2 }
#define FP_TCP_BOTH_RST                    { CL, CL, CL, CL,  CL,  CL, CL, CL, CL }

#define FP_TCP_CLIENT(fin, acked, ack)                                                                                 \
	{ FP_TCP_CLIENT_SYN, FP_TCP_CLIENT_SYN_ACK, FP_TCP_BOTH_FIN(fin, acked), FP_TCP_CLIENT_ACK(ack),               \
	  FP_TCP_BOTH_RST }
#define FP_TCP_BACKEND(fin, acked, ack)                                                                                \
	{ FP_TCP_BACKEND_SYN, FP_TCP_BACKEND_SYN_ACK, FP_TCP_BOTH_FIN(fin, acked), FP_TCP_BACKEND_ACK(ack),            \
	  FP_TCP_BOTH_RST }

/*
 * Where the backend answers the client itself, the state is the client's word alone: its ACK says that there was a
 * SYN+ACK, its FIN closes, its SYN after that is a new connection. Of the backend's segments, if they should be routed
 * through the node after all, only RST counts.
 *
 * state:                                    SS  SR  ES  FW  CW  LA  TW  CL  S2
 */
#define FP_TCP_DIRECT_CLIENT                                                                                           \
	{ { SS, SS, ES, RE, RE, RE, RE, RE, SS }, { NO, NO, NO, NO, NO, NO, NO, NO, NO },                              \
	  { FW, FW, FW, FW, FW, FW, FW, CL, FW }, { ES, ES, ES, FW, FW, FW, FW, CL, ES }, FP_TCP_BOTH_RST }
#define FP_TCP_UNCHANGED                   { SS, SR, ES, FW, CW, LA, TW, CL, S2 }
#define FP_TCP_DIRECT_BACKEND                                                                                          \
	{ { NO, NO, NO, NO, NO, NO, NO, NO, NO }, FP_TCP_UNCHANGED, FP_TCP_UNCHANGED, FP_TCP_UNCHANGED,                \
	  FP_TCP_BOTH_RST }

static const __u8 fp_tcp_next_states[FP_TCP_SENDERS][FP_TCP_CLASSES][FP_TCP_STATES] = {
	FP_TCP_CLIENT(LA, LA, CW),
	FP_TCP_BACKEND(LA, LA, CW),
	FP_TCP_CLIENT(FW, CW, FW),
	FP_TCP_BACKEND(FW, CW, FW),
	FP_TCP_DIRECT_CLIENT,
	FP_TCP_DIRECT_BACKEND,
};

#undef SS
#undef SR
#undef ES
#undef FW
#undef CW
#undef LA
#undef TW
#undef CL
#undef S2
#undef NO
#undef RE

/* Whether a segment may open a connection: SYN alone. */
static __always_inline int fp_tcp_opens(__u32 flags)
{
	return (flags & FP_TCP_RELEVANT) == FP_TCP_SYN;
}

/* Whether a segment is the plain middle of a connection: ACK without SYN, FIN, RST. */
static __always_inline int fp_tcp_is_plain_ack(__u32 flags)
{
	return (flags & FP_TCP_RELEVANT) == FP_TCP_ACK;
}

/* What a segment does to a connection: the next state, with FP_TCP_REOPENS or not; or a refusal. */
__noinline int fp_tcp_next(__u32 state, __u32 flags, int is_reverse, int is_closer, int is_direct)
{
	__u32 sender = (is_reverse ? 1 : 0) | (is_direct ? FP_TCP_DIRECT : is_closer ? 2 : 0);
	__u32 row = fp_tcp_classes[flags & FP_TCP_RELEVANT] - FP_TCP_CLASS_SYN; /* no class's is beyond the table */
	__u32 column = state - FP_FLOW_TCP_SYN_SENT;
	__u32 next;

	asm volatile("" : "+r"(row)); /* the compiler knows the table and asks otherwise than the verifier wants it */
	if (row >= FP_TCP_CLASSES)
		return FP_TCP_BAD_FLAGS;
	if (column >= FP_TCP_STATES)
		return FP_TCP_BAD_STATE;
	next = fp_tcp_next_states[sender][row][column];
	if (next == FP_TCP_REFUSED)
		return FP_TCP_BAD_STATE;
	return next == FP_TCP_SENT_AGAIN ? FP_FLOW_TCP_SYN_SENT | FP_TCP_REOPENS : next;
}

#endif
