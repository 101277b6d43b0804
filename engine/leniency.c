/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leniency: the table's names.
 */
#include "engine/leniency.h"

#include "engine/base/err.h"

static const struct {
	const char *name, *text;
} rows[NRS_LENIENCY_COUNT] = {
#define X(id, row_name, row_text)                                              \
	[NRS_LENIENT_##id] = {.name = (row_name), .text = (row_text)},
	NRS_LENIENCIES(X)
#undef X
};

const char *nrs_leniency_name(enum nrs_leniency leniency)
{
	return rows[leniency].name;
}

const char *nrs_leniency_text(enum nrs_leniency leniency)
{
	return rows[leniency].text;
}

int nrs_leniency_parse(struct nrs_span names, uint32_t *out)
{
	struct nrs_span one;

	*out = 0;
	while (nrs_span_split(&names, ',', &one)) {
		const uint32_t before = *out;

		one = nrs_span_trim(one);
		for (unsigned int i = 0; i < NRS_LENIENCY_COUNT; i++) {
			if (nrs_span_is(one, rows[i].name))
				*out |= NRS_LENIENCY_BIT(i);
		}
		if (*out == before)
			return NRS_E_SYNTAX;
	}
	return NRS_OK;
}
