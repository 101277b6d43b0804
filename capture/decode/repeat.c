/* SPDX-License-Identifier: Apache-2.0 */
/*
 * repeat: a short ring. What is sent again usually is what was sent last.
 */
#include "capture/decode/repeat.h"

void nrs_repeat_note(struct nrs_repeat *r, const struct nrs_hash_key *key,
		     uint32_t seq, struct nrs_span bytes)
{
	const unsigned int at = r->next++ % NRS_REPEAT_ROWS;

	r->row[at].seq = seq;
	r->row[at].len = (uint32_t)bytes.len;
	r->row[at].hash = (uint32_t)nrs_hash(key, bytes);
}

enum nrs_repeated nrs_repeat_ask(const struct nrs_repeat *r,
				 const struct nrs_hash_key *key, uint32_t seq,
				 struct nrs_span bytes)
{
	for (unsigned int i = 0; i < NRS_REPEAT_ROWS; i++) {
		if (r->row[i].len == bytes.len && r->row[i].seq == seq)
			return r->row[i].hash == (uint32_t)nrs_hash(key, bytes)
				       ? NRS_REPEATED_SAME
				       : NRS_REPEATED_OTHER;
	}
	return NRS_REPEATED_UNKNOWN;
}
