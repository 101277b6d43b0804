/* SPDX-License-Identifier: Apache-2.0 */
/*
 * counter: names and sums of what is counted.
 */
#include "engine/base/counter.h"

static const struct {
	const char *name, *text;
} rows[NRS_COUNTER_COUNT] = {
#define X(id, row_name, row_text)                                              \
	[NRS_C_##id] = {.name = (row_name), .text = (row_text)},
	NRS_COUNTERS(X)
#undef X
};

void nrs_counters_sum(struct nrs_counters *to, const struct nrs_counters *from)
{
	for (unsigned int i = 0; i < NRS_COUNTER_COUNT; i++)
		to->value[i] += from->value[i];
}

const char *nrs_counter_name(enum nrs_counter which)
{
	return rows[which].name;
}

const char *nrs_counter_text(enum nrs_counter which)
{
	return rows[which].text;
}
