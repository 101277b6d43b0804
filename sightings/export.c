/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export: every indicator's measures into one sorted array, so that what
 * several sources say becomes one entry with all their owners; then the
 * target's writer walks it.
 */
#include "sightings/export.h"

#include <stdlib.h>

#include "engine/handling.h"
#include "engine/pattern.h"
#include "sightings/export_part.h"

const struct nrs_export_target nrs_export_targets[NRS_EXPORT_TARGETS] = {
	{"rpz", "DNS response policy zone", NRS_USE_BLOCK},
	{"nftables", "a table of address sets that drops", NRS_USE_BLOCK},
	{"suricata", "rules that alert", NRS_USE_DETECT},
	{"zeek", "intelligence file", NRS_USE_DETECT},
	{"squid", "ACLs for a proxy", NRS_USE_BLOCK},
	{"list", "one value a line", NRS_USE_KEEP},
	{"stix", "STIX 2.1 bundle", NRS_USE_KEEP},
};

static void (*const writers[NRS_EXPORT_TARGETS])(struct nrs_export *e) = {
	nrs_export_rpz,	 nrs_export_nftables, nrs_export_suricata,
	nrs_export_zeek, nrs_export_squid,    nrs_export_list,
	nrs_export_stix,
};

const struct nrs_export_target *nrs_export_target(struct nrs_span name)
{
	for (unsigned int i = 0; i < NRS_EXPORT_TARGETS; i++) {
		if (nrs_span_is(name, nrs_export_targets[i].name))
			return &nrs_export_targets[i];
	}
	return NULL;
}

static void count_reason(struct nrs_export_left *left, const char *reason)
{
	for (unsigned int i = 0; i < NRS_EXPORT_REASONS; i++) {
		if (left[i].reason == NULL)
			left[i].reason = reason;
		if (strcmp(left[i].reason, reason) == 0) {
			left[i].count++;
			return;
		}
	}
}

static void tell(struct nrs_export *e, uint32_t indicator, const char *reason)
{
	struct nrs_text *why = e->options->why;

	if (why == NULL)
		return;
	nrs_shown_id(e->set, indicator, why);
	nrs_text_printf(why, "\t%s\n", reason);
}

size_t nrs_export_same(const struct nrs_export *e, size_t first)
{
	const struct nrs_measure *a = &e->rows[first].measure;
	size_t end = first + 1;

	for (; end < e->count; end++) {
		const struct nrs_measure *b = &e->rows[end].measure;

		if (a->kind != b->kind || a->side != b->side ||
		    a->port != b->port || a->prefix.bits != b->prefix.bits ||
		    nrs_addr_compare(&a->prefix.addr, &b->prefix.addr) != 0 ||
		    !nrs_span_equal(a->value, b->value))
			break;
	}
	return end - first;
}

void nrs_export_written(struct nrs_export *e, size_t first, size_t count)
{
	for (size_t i = first; i < first + count; i++) {
		e->result->used += !e->used[e->rows[i].indicator];
		e->used[e->rows[i].indicator] = true;
	}
	e->result->entries++;
}

void nrs_export_unsaid(struct nrs_export *e, size_t first, size_t count,
		       const char *reason)
{
	for (size_t i = first; i < first + count; i++) {
		count_reason(e->result->unsaid, reason);
		tell(e, e->rows[i].indicator, reason);
	}
}

const char NRS_EXPORT_ELSEWHERE[] = "";

const char *nrs_export_not_said(enum nrs_measure_kind kind)
{
	static const char *const reasons[NRS_MEASURE_KINDS] = {
		"an address",
		"a name",
		"names below one",
		"a name with all below it",
		"a URL",
		"a digest of a file",
		"a digest of a file",
		"a digest of a file",
		"a digest of a file",
		"a digest of a certificate",
		"a TLS fingerprint",
		"a TLS fingerprint",
		"a mail address"};

	return reasons[kind];
}

void nrs_export_each(struct nrs_export *e, nrs_export_put_fn *put)
{
	for (size_t i = 0; i < e->count;) {
		const size_t count = nrs_export_same(e, i);
		const char *reason = put(e, &e->rows[i].measure, i, count);

		if (reason == NULL)
			nrs_export_written(e, i, count);
		else if (reason != NRS_EXPORT_ELSEWHERE)
			nrs_export_unsaid(e, i, count, reason);
		i += count;
	}
}

/* For nrs_measure_sink: one more row, of the indicator at hand. */
static int keep(void *ctx, const struct nrs_measure *measure)
{
	struct nrs_export *e = ctx;

	if (e->count == e->cap) {
		const size_t cap = e->cap == 0 ? 1024 : e->cap * 2;
		struct nrs_export_row *rows =
			reallocarray(e->rows, cap, sizeof(*rows));

		if (rows == NULL)
			return NRS_E_NOMEM;
		e->rows = rows;
		e->cap = cap;
	}
	struct nrs_export_row *row = &e->rows[e->count++];
	row->indicator = e->at;
	row->measure = *measure;
	row->measure.value = nrs_arena_copy(e->arena, measure->value);
	return row->measure.value.len == measure->value.len ? NRS_OK
							    : NRS_E_NOMEM;
}

/* What cannot be evaluated here may be another language: what it is was not
 * kept. */
static bool is_stix(const struct nrs_indicator *item, struct nrs_arena *scratch)
{
	struct nrs_pattern pattern;

	nrs_arena_reset(scratch);
	return item->shape != NRS_SHAPE_PATTERN ||
	       nrs_pattern_parse(&pattern, item->pattern,
				 (enum nrs_stix_version)item->version, scratch,
				 NULL) == NRS_OK;
}

static int gather(struct nrs_export *e)
{
	const struct nrs_measure_sink sink = {
		.ctx = e, .take = keep, .own = e->options->own};
	const bool wants_measures =
		e->options->target->use != NRS_USE_KEEP ||
		strcmp(e->options->target->name, "stix") != 0;
	struct nrs_arena *scratch = nrs_arena_new(0);
	int err = scratch == NULL ? NRS_E_NOMEM : NRS_OK;

	for (e->at = 0; e->at < nrs_set_count(e->set) && err == NRS_OK;
	     e->at++) {
		const struct nrs_indicator *item = nrs_set_at(e->set, e->at);
		const char *reason = nrs_permit(item, &e->options->rules);

		if (reason != NULL) {
			count_reason(e->result->refused, reason);
			tell(e, e->at, reason);
			continue;
		}
		const size_t before = e->count;
		if (wants_measures)
			err = nrs_measures(item, scratch, &sink, &reason);
		else if (is_stix(item, scratch))
			err = keep(e, &(struct nrs_measure){0});
		else
			reason = "a pattern of another language";
		if (err == NRS_OK && reason != NULL) {
			count_reason(e->result->unsaid, reason);
			tell(e, e->at, reason);
		}
		if (e->count > before && item->tlp > e->result->strictest)
			e->result->strictest = (enum nrs_tlp)item->tlp;
		if (e->count > before && item->tlp == NRS_TLP_NONE &&
		    e->result->strictest < NRS_TLP_AMBER_STRICT)
			e->result->strictest = NRS_TLP_AMBER_STRICT;
	}
	nrs_arena_free(scratch);
	return err;
}

/* Families apart; a wider prefix before what it contains. */
static int by_prefix(const struct nrs_prefix *a, const struct nrs_prefix *b)
{
	const bool a4 = nrs_addr_is_v4(&a->addr), b4 = nrs_addr_is_v4(&b->addr);
	int by;

	if (a4 != b4)
		return a4 ? -1 : 1;
	by = nrs_addr_compare(&a->addr, &b->addr);
	if (by == 0 && a->bits != b->bits)
		by = a->bits < b->bits ? -1 : 1;
	return by;
}

static int by_measure(const void *x, const void *y)
{
	const struct nrs_export_row *r = x, *s = y;
	const struct nrs_measure *a = &r->measure, *b = &s->measure;
	int by;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->side != b->side)
		return a->side < b->side ? -1 : 1;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	by = by_prefix(&a->prefix, &b->prefix);
	if (by == 0)
		by = nrs_span_compare(a->value, b->value);
	if (by == 0 && r->indicator != s->indicator)
		by = r->indicator < s->indicator ? -1 : 1;
	return by;
}

/* An indicator that says the same twice says it once. */
static void drop_repeated(struct nrs_export *e)
{
	size_t kept = 0;

	for (size_t i = 0; i < e->count; i++) {
		if (kept > 0 &&
		    by_measure(&e->rows[kept - 1], &e->rows[i]) == 0)
			continue;
		e->rows[kept++] = e->rows[i];
	}
	e->count = kept;
}

int nrs_export(struct nrs_text *out, const struct nrs_set *set,
	       const struct nrs_export_options *options,
	       struct nrs_export_result *result)
{
	struct nrs_export e = {.set = set,
			       .options = options,
			       .result = result,
			       .out = out,
			       .sid = options->first_sid};
	int err = NRS_E_NOMEM;

	*result = (struct nrs_export_result){.indicators = nrs_set_count(set)};
	e.arena = nrs_arena_new(0);
	e.used = calloc((size_t)nrs_set_count(set) + 1, sizeof(*e.used));
	if (e.arena != NULL && e.used != NULL)
		err = gather(&e);
	if (err == NRS_OK) {
		if (e.count > 1)
			qsort(e.rows, e.count, sizeof(*e.rows), by_measure);
		drop_repeated(&e);
		writers[options->target - nrs_export_targets](&e);
		err = out->failed ? NRS_E_NOMEM : NRS_OK;
	}
	free(e.rows);
	free(e.used);
	nrs_arena_free(e.arena);
	return err;
}
