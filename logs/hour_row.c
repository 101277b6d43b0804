/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hour_row: counters by group; a group in which all are 0 is left out, too.
 */
#include "logs/hour_row.h"

#include "engine/base/json.h"
#include "engine/base/stamp.h"
#include "logs/seen_row.h"

static const struct {
	const char *group, *name;
} counters[NRS_HOUR_COUNTERS_END] = {
#define X(id, group, name) {group, name},
	NRS_HOUR_COUNTERS(X)
#undef X
};

#define TRANSIT "transit"

static void put_time(struct nrs_jsonw *w, const char *key, int64_t ns,
		     unsigned int digits)
{
	char text[NRS_STAMP_LEN];

	nrs_jsonw_member(w, key,
			 nrs_span(text, nrs_stamp_format(ns, digits, text)));
}

static void put_counters(struct nrs_jsonw *w, const uint64_t *count)
{
	const char *open = NULL;

	for (unsigned int i = 0; i < NRS_HOUR_COUNTERS_END; i++) {
		if (count[i] == 0)
			continue;
		if (open == NULL || strcmp(open, counters[i].group) != 0) {
			if (open != NULL)
				nrs_jsonw_close(w, '}');
			open = counters[i].group;
			nrs_jsonw_key(w, open);
			nrs_jsonw_open(w, '{');
		}
		nrs_jsonw_member_u64(w, counters[i].name, count[i]);
	}
	if (open != NULL)
		nrs_jsonw_close(w, '}');
}

void nrs_hour_line(struct nrs_text *out, const struct nrs_hour_row *row,
		   const char *sensor, const char *location)
{
	struct nrs_jsonw w = {.out = out};

	nrs_jsonw_open(&w, '{');
	put_time(&w, "hour", row->hour * NRS_SEEN_HOUR_NS, 0);
	nrs_jsonw_member(
		&w, row->owner == NRS_HOUR_TENANT ? "tenant" : "network",
		nrs_span_of(row->owner == NRS_HOUR_TRANSIT ? TRANSIT
							   : row->name));
	nrs_jsonw_member_u64(&w, "part", row->part);
	put_time(&w, "first", row->first_ns, 6);
	put_time(&w, "last", row->last_ns, 6);
	put_counters(&w, row->count);
	if (sensor != NULL)
		nrs_jsonw_member(&w, "sensor", nrs_span_of(sensor));
	if (location != NULL)
		nrs_jsonw_member(&w, "location", nrs_span_of(location));
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(out, '\n');
}

static uint64_t count_at(const struct nrs_json *line, unsigned int i)
{
	const struct nrs_json *value = nrs_json_get(
		nrs_json_get(line, counters[i].group), counters[i].name);
	int64_t out = 0;

	if (value == NULL || nrs_json_i64(value, &out) != NRS_OK || out < 0)
		return 0;
	return (uint64_t)out;
}

static bool read_owner(struct nrs_hour_row *out, const struct nrs_json *line)
{
	const struct nrs_span tenant = nrs_json_text(line, "tenant");
	const struct nrs_span network = nrs_json_text(line, "network");
	const struct nrs_span name = tenant.len > 0 ? tenant : network;

	out->owner = tenant.len > 0		     ? NRS_HOUR_TENANT
		     : nrs_span_is(network, TRANSIT) ? NRS_HOUR_TRANSIT
						     : NRS_HOUR_NETWORK;
	if (name.len == 0 || name.len >= sizeof(out->name))
		return false;
	memcpy(out->name, name.ptr, name.len);
	return true;
}

int nrs_hour_read(struct nrs_hour_row *out, struct nrs_span line,
		  struct nrs_arena *arena)
{
	struct nrs_json *json = NULL;
	struct nrs_diag diag = {0};
	int64_t hour_ns = 0;
	const int err = nrs_json_parse(line, arena, &json, &diag);

	*out = (struct nrs_hour_row){0};
	if (err == NRS_E_NOMEM)
		return err;
	if (err != NRS_OK || !nrs_json_is(json, NRS_JSON_OBJECT) ||
	    nrs_stamp_parse(nrs_json_text(json, "hour"), &hour_ns) != NRS_OK ||
	    nrs_stamp_parse(nrs_json_text(json, "first"), &out->first_ns) !=
		    NRS_OK ||
	    nrs_stamp_parse(nrs_json_text(json, "last"), &out->last_ns) !=
		    NRS_OK ||
	    !read_owner(out, json))
		return NRS_E_FORMAT;
	out->hour = nrs_seen_hour(hour_ns);
	out->part = 1;
	for (unsigned int i = 0; i < NRS_HOUR_COUNTERS_END; i++)
		out->count[i] = count_at(json, i);
	return NRS_OK;
}

int nrs_hour_compare(const struct nrs_hour_row *a, const struct nrs_hour_row *b)
{
	if (a->hour != b->hour)
		return a->hour < b->hour ? -1 : 1;
	if (a->owner != b->owner)
		return (int)a->owner - (int)b->owner;
	return strcmp(a->name, b->name);
}

void nrs_hour_sum(struct nrs_hour_row *sum, const struct nrs_hour_row *more)
{
	for (unsigned int i = 0; i < NRS_HOUR_COUNTERS_END; i++) {
		if (__builtin_add_overflow(sum->count[i], more->count[i],
					   &sum->count[i]))
			sum->count[i] = UINT64_MAX;
	}
	if (more->first_ns < sum->first_ns)
		sum->first_ns = more->first_ns;
	if (more->last_ns > sum->last_ns)
		sum->last_ns = more->last_ns;
}
