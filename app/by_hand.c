/* SPDX-License-Identifier: Apache-2.0 */
/*
 * by_hand: whom a value could mean, the compiled db says; whether it is all
 * that an indicator names, the rule of exceptions does.
 */
#include "app/by_hand.h"

#include <stdlib.h>

#include "app/found.h"
#include "app/keep.h"
#include "engine/find_literal.h"
#include "engine/set_over.h"
#include "loaders/allow.h"

#define REASON "withdrawn by hand"

struct nrs_by_hand {
	struct nrs_text text;
	struct nrs_span *entries; /* lines of it, sorted */
	unsigned int count;
	struct nrs_allow *allow; /* the same as exceptions */
	struct nrs_arena *scratch;
};

static int by_text(const void *a, const void *b)
{
	return nrs_span_compare(*(const struct nrs_span *)a,
				*(const struct nrs_span *)b);
}

static int take_lines(struct nrs_by_hand *h, struct nrs_diag *diag)
{
	struct nrs_span rest = nrs_text_span(&h->text), line;
	const unsigned int count = nrs_keep_count(&h->text);

	if (count > NRS_BY_HAND_MAX)
		return nrs_diag_set(diag, NRS_E_LIMIT, 0,
				    NRS_BY_HAND_LIST ": more than %u lines",
				    NRS_BY_HAND_MAX);
	h->entries = calloc((size_t)count + 1, sizeof(*h->entries));
	if (h->entries == NULL)
		return NRS_E_NOMEM;
	while (nrs_span_split(&rest, '\n', &line)) {
		if (line.len > 0)
			h->entries[h->count++] = line;
	}
	qsort(h->entries, h->count, sizeof(*h->entries), by_text);
	const int err = h->count == 0 ? NRS_OK
				      : nrs_allow_read(h->allow,
						       nrs_text_span(&h->text),
						       "withdrawn", diag);
	return err == NRS_E_FORMAT ? NRS_OK : err; /* ids alone */
}

int nrs_by_hand_new(struct nrs_by_hand **out, const char *path,
		    struct nrs_diag *diag)
{
	struct nrs_by_hand *h = calloc(1, sizeof(*h));
	struct nrs_text said = {0};
	int err = h == NULL ? NRS_E_NOMEM : NRS_OK;

	if (err == NRS_OK)
		err = nrs_allow_new(&h->allow);
	if (err == NRS_OK) {
		h->scratch = nrs_arena_new(0);
		err = h->scratch == NULL ? NRS_E_NOMEM : NRS_OK;
	}
	if (err == NRS_OK && !nrs_keep_read(path, &h->text, &said))
		err = nrs_diag_set(diag, NRS_E_IO, 0, "%.*s", (int)said.len,
				   (const char *)said.ptr);
	nrs_text_fini(&said);
	if (err == NRS_OK)
		err = take_lines(h, diag);
	if (err != NRS_OK) {
		nrs_by_hand_free(h);
		return err;
	}
	*out = h;
	return NRS_OK;
}

void nrs_by_hand_free(struct nrs_by_hand *h)
{
	if (h == NULL)
		return;
	nrs_allow_free(h->allow);
	nrs_arena_free(h->scratch);
	nrs_text_fini(&h->text);
	free(h->entries);
	free(h);
}

unsigned int nrs_by_hand_count(const struct nrs_by_hand *h)
{
	return h == NULL ? 0 : h->count;
}

/* Whom one of the values means, and where they are gathered. */
struct seeking {
	const struct nrs_by_hand *hand;
	const struct nrs_set *set;
	const struct nrs_sought *value; /* under way */
	struct nrs_by_hand_rows *rows;
	int err;
};

static int keep(void *ctx, uint32_t index)
{
	const struct seeking *s = ctx;
	struct nrs_by_hand_rows *rows = s->rows;

	if (rows->count > 0 && rows->rows[rows->count - 1] == index)
		return NRS_OK; /* met in several fields */
	if ((rows->count & (rows->count - 1)) == 0) {
		const size_t cap = (size_t)rows->count * 2 + 1;
		uint32_t *more = realloc(rows->rows, cap * sizeof(*more));

		if (more == NULL)
			return NRS_E_NOMEM;
		rows->rows = more;
	}
	rows->rows[rows->count++] = index;
	return NRS_OK;
}

static bool names(const struct seeking *s, const struct nrs_indicator *item,
		  struct nrs_span value)
{
	return nrs_find_named(item, s->value->shape, value, s->hand->scratch) ==
	       NRS_NAMED_EQUAL;
}

/* A URL of a list may have no scheme, and traffic has one. */
static struct nrs_span without_scheme(struct nrs_span url)
{
	const size_t colon = nrs_span_find_text(url, "://");

	return colon == SIZE_MAX ? url : nrs_span_from(url, colon + 3);
}

/* Does it name the value, and nothing that is not withdrawn, too? */
static bool is_meant(const struct seeking *s, uint32_t index)
{
	const struct nrs_indicator *item = nrs_set_at(s->set, index);
	const struct nrs_span value = s->value->value;
	struct nrs_allow_veto veto;

	return (names(s, item, value) ||
		(s->value->shape == NRS_SHAPE_URL &&
		 names(s, item, without_scheme(value)))) &&
	       nrs_allow_indicator(s->hand->allow, s->set, index, NRS_TIME_MIN,
				   &veto);
}

static void on_found(void *ctx, const struct nrs_find_hit *hit)
{
	struct seeking *s = ctx;

	if (s->err == NRS_OK && is_meant(s, hit->indicator))
		s->err = keep(s, hit->indicator);
}

/* Call @each for every line that is a value. */
static int for_values(struct seeking *s, int (*each)(struct seeking *, void *),
		      void *ctx)
{
	int err = NRS_OK;

	for (unsigned int i = 0; i < s->hand->count && err == NRS_OK; i++) {
		struct nrs_sought value = {0};

		err = nrs_sought_read(&value, s->hand->entries[i]);
		s->value = &value;
		if (err == NRS_OK)
			err = each(s, ctx);
		else if (err == NRS_E_FORMAT)
			err = NRS_OK; /* an id */
		s->value = NULL;
		nrs_sought_fini(&value);
	}
	return err;
}

static int ask_db(struct seeking *s, void *ctx)
{
	struct nrs_sought_ask *ask = ctx;
	const int err = nrs_sought_ask(s->value, ask);

	if (err == NRS_E_FORMAT)
		return NRS_OK; /* no field shows such a thing */
	return err == NRS_OK ? s->err : err;
}

static int seek_ids(struct seeking *s, uint32_t first)
{
	const struct nrs_set_ids ids = {.sorted = s->hand->entries,
					.count = s->hand->count,
					.first = first,
					.ctx = s,
					.found = keep};

	return nrs_set_seek_ids(s->set, &ids);
}

int nrs_by_hand_find(const struct nrs_by_hand *h, const struct nrs_db *db,
		     unsigned int seat, struct nrs_by_hand_rows *out)
{
	struct seeking s = {.hand = h, .set = nrs_db_set(db), .rows = out};
	struct nrs_sought_ask ask = {
		.db = db, .seat = seat, .ctx = &s, .found = on_found};

	if (h->count == 0)
		return NRS_OK;
	const int err = for_values(&s, ask_db, &ask);
	return err == NRS_OK ? seek_ids(&s, 0) : err;
}

/* Own ones that some value might mean, in @ctx, are asked themselves. */
static int ask_own(struct seeking *s, void *ctx)
{
	const struct nrs_by_hand_rows *covered = ctx;
	int err = NRS_OK;

	for (uint32_t i = 0; i < covered->count && err == NRS_OK; i++) {
		if (is_meant(s, covered->rows[i]))
			err = keep(s, covered->rows[i]);
	}
	return err;
}

/* Once for all values: own ones that name nothing beside them. */
static int gather_covered(const struct nrs_by_hand *h, struct nrs_set *set,
			  struct nrs_by_hand_rows *out)
{
	struct seeking s = {.hand = h, .set = set, .rows = out};
	struct nrs_allow_veto veto;
	int err = NRS_OK;

	for (uint32_t i = nrs_set_first(set);
	     i < nrs_set_count(set) && err == NRS_OK; i++) {
		if (nrs_set_status(set, i) <= NRS_STATUS_PARTIAL &&
		    nrs_allow_indicator(h->allow, set, i, NRS_TIME_MIN, &veto))
			err = keep(&s, i);
	}
	return err;
}

static int judge(struct nrs_set *set, const struct nrs_by_hand_rows *rows)
{
	int err = NRS_OK;

	for (uint32_t i = 0; i < rows->count && err == NRS_OK; i++) {
		const uint32_t row = rows->rows[i];

		if (nrs_set_status(set, row) <= NRS_STATUS_PARTIAL)
			err = nrs_set_judge(set, row, NRS_STATUS_EXCEPTED,
					    REASON);
	}
	return err;
}

int nrs_by_hand_judge(const struct nrs_by_hand *h,
		      const struct nrs_by_hand_rows *rows, struct nrs_set *set)
{
	struct nrs_by_hand_rows own = {0}, covered = {0};
	struct seeking s = {.hand = h, .set = set, .rows = &own};
	int err = judge(set, rows);

	if (h->count == 0)
		return err;
	if (err == NRS_OK)
		err = gather_covered(h, set, &covered);
	if (err == NRS_OK)
		err = for_values(&s, ask_own, &covered);
	if (err == NRS_OK)
		err = seek_ids(&s, nrs_set_first(set));
	if (err == NRS_OK)
		err = judge(set, &own);
	free(covered.rows);
	free(own.rows);
	return err;
}
