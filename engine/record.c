/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record: the order of records, and their words.
 */
#include "engine/record.h"

static int order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int nrs_record_compare(const struct nrs_record *a, const struct nrs_record *b)
{
	int by = order(a->session, b->session);

	if (by == 0)
		by = order(a->ordinal, b->ordinal);
	if (by == 0)
		by = order(a->phase, b->phase);
	if (by == 0)
		by = order(a->shard, b->shard);
	return by != 0 ? by : order(a->sequence, b->sequence);
}

const char *nrs_outcome_name(enum nrs_outcome outcome)
{
	static const char *const names[] = {"unknown", "attempted", "blocked",
					    "answered", "established"};

	return names[outcome];
}
