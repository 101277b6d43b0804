/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suppress: lines in buckets by their indicator's id, the newest first.
 */
#include "sightings/suppress.h"

#include <stdlib.h>

#include "engine/base/checksum.h"
#include "engine/base/json.h"

#define BUCKETS 4096u
#define LINE_MAX_BYTES ((size_t)64 << 10)

struct line {
	struct line *next; /* in its bucket, older */
	struct nrs_suppression what;
};

struct nrs_suppressions {
	struct nrs_arena *arena;
	struct line *buckets[BUCKETS];
	struct nrs_hash_key key;
	unsigned int count;
};

int nrs_suppressions_new(struct nrs_suppressions **out)
{
	struct nrs_suppressions *s =
		aligned_alloc(64, (sizeof(*s) + 63) / 64 * 64);

	if (s == NULL)
		return NRS_E_NOMEM;
	memset(s, 0, sizeof(*s));
	s->arena = nrs_arena_new((size_t)256 << 20);
	if (s->arena == NULL) {
		free(s);
		return NRS_E_NOMEM;
	}
	nrs_hash_key_init(&s->key, 1);
	*out = s;
	return NRS_OK;
}

void nrs_suppressions_free(struct nrs_suppressions *s)
{
	if (s == NULL)
		return;
	nrs_arena_free(s->arena);
	free(s);
}

static size_t bucket_of(const struct nrs_suppressions *s, struct nrs_span id)
{
	return nrs_hash(&s->key, id) % BUCKETS;
}

/* Absent: @otherwise. False: there, and no time. */
static bool read_time(const struct nrs_json *object, const char *key,
		      int64_t otherwise, int64_t *out)
{
	const struct nrs_json *value = nrs_json_get(object, key);

	*out = otherwise;
	return value == NULL || nrs_json_is(value, NRS_JSON_NULL) ||
	       (nrs_json_is(value, NRS_JSON_STRING) &&
		nrs_stamp_parse(value->text, out) == NRS_OK);
}

/* NULL, or what is wrong with it. */
static const char *read_line(const struct nrs_json *object,
			     struct nrs_suppression *out)
{
	const struct nrs_json *own = nrs_json_get(object, "own");
	const struct nrs_span verdict = nrs_json_text(object, "verdict");

	*out = (struct nrs_suppression){
		.indicator = nrs_json_text(object, "indicator"),
		.is_lifted = nrs_span_is(verdict, "true"),
		.by = nrs_json_text(object, "by"),
		.why = nrs_json_text(object, "why")};
	if (out->indicator.len == 0)
		return "names no indicator";
	if (!out->is_lifted && !nrs_span_is(verdict, "false"))
		return "verdict is neither false nor true";
	if (!read_time(object, "modified", NRS_TIME_MAX, &out->modified_ns) ||
	    !read_time(object, "until", NRS_TIME_MAX, &out->until_ns) ||
	    !read_time(object, "time", NRS_TIME_MIN, &out->time_ns))
		return "modified, until or time is no time";
	out->has_own = own != NULL && !nrs_json_is(own, NRS_JSON_NULL);
	if (out->has_own && (!nrs_json_is(own, NRS_JSON_STRING) ||
			     nrs_prefix_parse(own->text, &out->own) != NRS_OK))
		return "own is no network";
	return NULL;
}

static int keep(struct nrs_suppressions *s, const struct nrs_suppression *what)
{
	struct line *line;

	if (s->count == NRS_SUPPRESSIONS_MAX)
		return NRS_E_LIMIT;
	line = nrs_arena_alloc(s->arena, sizeof(*line));
	if (line == NULL)
		return NRS_E_NOMEM;
	line->what = *what;
	line->what.indicator = nrs_arena_copy(s->arena, what->indicator);
	line->what.by = nrs_arena_copy(s->arena, what->by);
	line->what.why = nrs_arena_copy(s->arena, what->why);
	if (line->what.indicator.len != what->indicator.len)
		return NRS_E_NOMEM;
	const size_t at = bucket_of(s, what->indicator);
	line->next = s->buckets[at];
	s->buckets[at] = line;
	s->count++;
	return NRS_OK;
}

static const char *take_line(struct nrs_suppressions *s,
			     struct nrs_arena *arena, struct nrs_span text,
			     int *err)
{
	struct nrs_suppression what;
	struct nrs_json *object = NULL;
	const char *wrong = "is no JSON object";

	nrs_arena_reset(arena);
	if (text.len <= LINE_MAX_BYTES &&
	    nrs_json_parse(text, arena, &object, NULL) == NRS_OK &&
	    nrs_json_is(object, NRS_JSON_OBJECT))
		wrong = read_line(object, &what);
	if (wrong == NULL)
		*err = keep(s, &what);
	return wrong;
}

int nrs_suppressions_read(struct nrs_suppressions *s, struct nrs_span text,
			  uint64_t *refused, struct nrs_diag *diag)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_span line;
	uint64_t number = 0;
	int err = arena == NULL ? NRS_E_NOMEM : NRS_OK;

	while (err == NRS_OK && nrs_span_split(&text, '\n', &line)) {
		const char *wrong;

		number++;
		line = nrs_span_trim(line);
		if (line.len == 0)
			continue;
		wrong = take_line(s, arena, line, &err);
		if (wrong != NULL && (*refused)++ == 0)
			(void)nrs_diag_set(diag, NRS_E_FORMAT, number,
					   "line %llu: %s",
					   (unsigned long long)number, wrong);
	}
	nrs_arena_free(arena);
	if (err == NRS_E_LIMIT)
		return nrs_diag_set(diag, err, number,
				    "more than %u suppressions",
				    NRS_SUPPRESSIONS_MAX);
	return err;
}

static bool is_about(const struct nrs_suppression *what,
		     struct nrs_span indicator, int64_t modified_ns,
		     const struct nrs_addr *own)
{
	return nrs_span_equal(what->indicator, indicator) &&
	       modified_ns <= what->modified_ns &&
	       (!what->has_own || nrs_prefix_contains(&what->own, own));
}

static bool is_same_scope(const struct nrs_suppression *a,
			  const struct nrs_suppression *b)
{
	return a->has_own == b->has_own &&
	       (!a->has_own ||
		(a->own.bits == b->own.bits &&
		 nrs_addr_compare(&a->own.addr, &b->own.addr) == 0));
}

/* Did a newer line of the same indicator and scope say otherwise? A verdict
 * about all hosts takes back those about some of them too. */
static bool is_outdated(const struct line *newest, const struct line *line)
{
	for (const struct line *at = newest; at != line; at = at->next) {
		if (nrs_span_equal(at->what.indicator, line->what.indicator) &&
		    (is_same_scope(&at->what, &line->what) ||
		     (at->what.is_lifted && !at->what.has_own)))
			return true;
	}
	return false;
}

const struct nrs_suppression *
nrs_suppressions_find(const struct nrs_suppressions *s,
		      struct nrs_span indicator, int64_t modified_ns,
		      const struct nrs_addr *own, int64_t at_ns)
{
	const struct line *newest;

	if (s == NULL || s->count == 0)
		return NULL;
	newest = s->buckets[bucket_of(s, indicator)];
	for (const struct line *at = newest; at != NULL; at = at->next) {
		if (!at->what.is_lifted && at_ns < at->what.until_ns &&
		    is_about(&at->what, indicator, modified_ns, own) &&
		    !is_outdated(newest, at))
			return &at->what;
	}
	return NULL;
}

unsigned int nrs_suppressions_count(const struct nrs_suppressions *s)
{
	return s == NULL ? 0 : s->count;
}

static void put_time(struct nrs_jsonw *w, const char *key, int64_t ns)
{
	char text[NRS_STAMP_LEN];

	if (ns != NRS_TIME_MIN && ns != NRS_TIME_MAX)
		nrs_jsonw_member(
			w, key,
			nrs_span(text,
				 nrs_stamp_format(ns, ns % 1000 == 0 ? 6 : 9,
						  text)));
}

void nrs_suppression_line(struct nrs_text *out,
			  const struct nrs_suppression *what)
{
	struct nrs_jsonw w = {.out = out};
	char own[NRS_ADDR_LEN];

	nrs_jsonw_open(&w, '{');
	nrs_jsonw_member(&w, "indicator", what->indicator);
	put_time(&w, "modified", what->modified_ns);
	if (what->has_own)
		nrs_jsonw_member(
			&w, "own",
			nrs_span(own, nrs_prefix_format(&what->own, own)));
	put_time(&w, "until", what->until_ns);
	nrs_jsonw_member(&w, "verdict",
			 nrs_span_of(what->is_lifted ? "true" : "false"));
	nrs_jsonw_member(&w, "by", what->by);
	put_time(&w, "time", what->time_ns);
	if (what->why.len > 0)
		nrs_jsonw_member(&w, "why", what->why);
	nrs_jsonw_close(&w, '}');
	nrs_text_putc(out, '\n');
}
