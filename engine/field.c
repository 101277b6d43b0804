/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field: the table of fields, spelled out from the header's list.
 */
#include "engine/field.h"

#include <assert.h>

static_assert(NRS_FIELD_COUNT < 128, "a set of fields is two words");

const struct nrs_field_info nrs_field_table[NRS_FIELD_COUNT] = {
#define X(id, text, value, feeds, where)                                       \
	[NRS_F_##id] = {.name = (text),                                        \
			.kind = NRS_VALUE_##value,                             \
			.scope = NRS_SCOPE_##where,                            \
			.lanes = (feeds)},
	NRS_FIELDS(X)
#undef X
};

enum nrs_field nrs_field_model(enum nrs_field field)
{
	switch (field) {
	case NRS_F_HTTP2_METHOD:
		return NRS_F_HTTP_METHOD;
	case NRS_F_HTTP2_URI:
		return NRS_F_HTTP_URI;
	case NRS_F_HTTP2_HEADER:
		return NRS_F_HTTP_HEADER;
	case NRS_F_HTTP2_BODY_LENGTH:
		return NRS_F_HTTP_BODY_LENGTH;
	default:
		return field;
	}
}

enum nrs_field nrs_field_by_name(struct nrs_span name)
{
	for (unsigned int f = 0; f < NRS_FIELD_COUNT; f++) {
		if (nrs_span_is(name, nrs_field_table[f].name))
			return (enum nrs_field)f;
	}
	return NRS_FIELD_COUNT;
}

nrs_field_set nrs_field_demand(nrs_lane_set lanes)
{
	nrs_field_set fields = 0;

	for (unsigned int f = 0; f < NRS_FIELD_COUNT; f++) {
		if ((nrs_field_table[f].lanes & lanes) != 0)
			fields |= NRS_FIELD_BIT(f);
	}
	return fields;
}
