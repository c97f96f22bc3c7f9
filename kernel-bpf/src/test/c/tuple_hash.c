/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Hashes the questions on standard input with fp_hash.h and writes the answers to standard output. */
#include <stdio.h>
#include "fp_hash.h"

struct question {
	__u64 key[FP_HASH_KEY_WORDS];
	struct fp_address source;
	struct fp_address destination;
	__u32 ports;
	__u32 protocol;
	__u32 slot_count;
	__u32 reserved;
};

struct answer {
	__u32 hash;
	__u32 slot;
};

int main(void)
{
	struct question question;

	while (fread(&question, sizeof(question), 1, stdin) == 1) {
		struct answer answer;

		answer.hash = fp_tuple_hash(question.key, &question.source, &question.destination, question.ports,
					    question.protocol);
		answer.slot = fp_hash_slot(answer.hash, question.slot_count);
		if (fwrite(&answer, sizeof(answer), 1, stdout) != 1)
			return 1;
	}
	return !feof(stdin);
}
