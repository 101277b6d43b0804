/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outer: where they stand in a record.
 */
#include "engine/outer.h"

unsigned int nrs_hit_outers(const struct nrs_record_hit *hit,
			    struct nrs_outer out[NRS_OUTERS_MAX])
{
	const unsigned int count = hit->outer_count < NRS_OUTERS_MAX
					   ? hit->outer_count
					   : NRS_OUTERS_MAX;
	const uint8_t *at = (const uint8_t *)(hit + 1);

	for (unsigned int i = 0; i < hit->value_count; i++) {
		struct nrs_record_value head;

		memcpy(&head, at, sizeof(head));
		at += sizeof(head) + ((size_t)head.len + 7) / 8 * 8;
	}
	if (count > 0)
		memcpy(out, at, count * sizeof(*out));
	return count;
}
