/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field: THE table of what a sensor extracts, and of where each value goes.
 *
 * A field is what a parser pushes and what a hit names ("dns.query"). A lane
 * is what a STIX path asks for ("any domain name seen", "the destination's
 * address"): one path maps to one lane, one field feeds some lanes. Tables
 * are keyed by lane, so an indicator meets every field that can satisfy it.
 */
#pragma once

#include "engine/field_content.h"
#include "engine/field_service.h"
#include "engine/field_traffic.h"

/* id, name, kind, lanes, scope: FLOW or EXCHANGE. In the order of output. */
#define NRS_FIELDS(X)                                                          \
	NRS_FIELDS_OF_TRAFFIC(X)                                               \
	NRS_FIELDS_OF_SERVICES(X)                                              \
	NRS_FIELDS_OF_CONTENT(X)

enum nrs_field {
#define X(id, name, kind, lanes, scope) NRS_F_##id,
	NRS_FIELDS(X)
#undef X
		NRS_FIELD_COUNT
};

enum nrs_scope { NRS_SCOPE_FLOW, NRS_SCOPE_EXCHANGE };

struct nrs_field_info {
	const char *name;
	enum nrs_value_kind kind;
	enum nrs_scope scope;
	nrs_lane_set lanes;
};
extern const struct nrs_field_info nrs_field_table[NRS_FIELD_COUNT];

/* A set of fields: bit f for field f. */
__extension__ typedef unsigned __int128 nrs_field_set;
#define NRS_FIELD_BIT(field) ((nrs_field_set)1 << (field))
#define NRS_FIELDS_ALL (NRS_FIELD_BIT(NRS_FIELD_COUNT) - 1)

/* The field called @name, or NRS_FIELD_COUNT. */
enum nrs_field nrs_field_by_name(struct nrs_span name);
/* The field of HTTP/1 that says the same in HTTP/2; of others, @field. */
enum nrs_field nrs_field_model(enum nrs_field field);

/* All fields that feed one of @lanes. */
nrs_field_set nrs_field_demand(nrs_lane_set lanes);
