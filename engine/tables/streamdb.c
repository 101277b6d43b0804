/* SPDX-License-Identifier: Apache-2.0 */
/*
 * streamdb: the same expressions in two databases, one for streams and one for
 * whole values.
 */
#include "engine/tables/streamdb.h"

#include <stdlib.h>

#include "engine/tables/hyperscan.h"
#include "engine/tables/pcre.h"
#include "engine/tables/regex_text.h"

#define LINE 64

/* One expression; the library's id is its index. */
struct row {
	uint32_t value;
	bool is_from_start, is_to_end;
	uint8_t engine;
};

struct seat {
	_Alignas(LINE) struct hs_scratch *scratch;
};

struct nrs_streamdb {
	struct hs_database *streams, *values;
	struct row *rows;
	struct seat *seats;
	size_t count, running;
	unsigned int seat_count;
	bool was_saved;
};

struct build {
	struct nrs_streamdb *db;
	const struct nrs_regex *expressions;
	const struct nrs_regexdb_options *options;
	struct nrs_hyperscan_list list;
	struct nrs_text text;
};

/* The text for the library; @text keeps it. */
static int put_expression(struct nrs_text *text,
			  const struct nrs_regex *expression,
			  struct nrs_diag *why)
{
	const int err = nrs_regex_stream(text, expression);

	if (err == NRS_E_RANGE)
		return nrs_diag_set(why, err, 0,
				    "names a character that no octet is");
	if (err == NRS_E_UNSUPPORTED)
		return nrs_diag_set(why, err, 0,
				    "characters beyond ASCII in \\Q \\E");
	return err;
}

int nrs_streamdb_takes(const struct nrs_regex *expression, struct nrs_diag *why)
{
	struct nrs_text text = {0};
	struct nrs_pcre *pcre = NULL;
	int err = put_expression(&text, expression, why);

	if (err == NRS_OK && expression->kind == NRS_REGEX_PCRE) {
		err = nrs_pcre_new(&pcre, nrs_span(text.ptr, text.len - 1),
				   why);
		if (err == NRS_OK && nrs_pcre_is_unicode(pcre))
			err = nrs_diag_set(why, NRS_E_UNSUPPORTED, 0,
					   "speaks of characters, and payload "
					   "is octets");
		nrs_pcre_free(pcre);
	}
	if (err == NRS_OK && !nrs_hyperscan_takes((const char *)text.ptr,
						  NRS_HYPERSCAN_STREAMS, why))
		err = NRS_E_UNSUPPORTED;
	nrs_text_fini(&text);
	return err;
}

static void refuse(void *ctx, size_t index, const struct nrs_diag *diag)
{
	struct build *b = ctx;

	b->db->rows[index].engine = NRS_REGEX_NONE;
	b->options->refused(b->options->ctx, index, diag);
}

static int add(struct build *b, size_t index)
{
	const struct nrs_regex *expression = &b->expressions[index];
	struct row *row = &b->db->rows[index];
	const size_t most = b->options->most == NULL ? NRS_HYPERSCAN_MAX
						     : b->options->most->fast;
	struct nrs_diag why = {0};
	int err;

	row->value = expression->value;
	row->is_from_start = nrs_regex_from_start(expression);
	row->is_to_end = nrs_regex_to_end(expression);
	if (b->options->engines != NULL &&
	    b->options->engines[index] != NRS_REGEX_FAST)
		return NRS_OK; /* said the first time */
	err = put_expression(&b->text, expression, &why);
	if (err == NRS_OK && b->list.count == most)
		err = nrs_diag_set(&why, NRS_E_LIMIT, index,
				   "more than %zu expressions on payloads",
				   most);
	if (err == NRS_E_NOMEM)
		return err;
	if (err != NRS_OK) {
		refuse(b, index, &why);
		return NRS_OK;
	}
	row->engine = NRS_REGEX_FAST;
	return nrs_hyperscan_list_add(&b->list, (const char *)b->text.ptr,
				      index, (unsigned int)index);
}

/* What is left of a list whose states are too large together: the first three
 * quarters. */
static void shorten(struct build *b)
{
	const size_t keep = b->list.count * 3 / 4;

	while (b->list.count > keep) {
		const size_t index = b->list.indexes[--b->list.count];
		struct nrs_diag why = {0};

		free(b->list.expressions[b->list.count]);
		(void)nrs_diag_set(&why, NRS_E_LIMIT, index,
				   "the patterns on payloads need more than "
				   "%zu octets a stream",
				   NRS_STREAMDB_ROOM);
		refuse(b, index, &why);
	}
}

/* Octets of nrs_streamdb_save: how long the first database is, then both. */
static bool restore(struct build *b)
{
	const struct nrs_span saved = b->options->saved;
	uint64_t len;

	if (saved.len < sizeof(len))
		return false;
	memcpy(&len, saved.ptr, sizeof(len));
	const struct nrs_span both = nrs_span_from(saved, sizeof(len));
	if (len > both.len ||
	    !nrs_hyperscan_restore(&b->db->streams,
				   nrs_span_part(both, 0, len)))
		return false;
	if (nrs_hyperscan_restore(&b->db->values, nrs_span_from(both, len)) &&
	    nrs_hyperscan_state(b->db->streams) <= NRS_STREAMDB_ROOM)
		return true;
	nrs_hyperscan_free(b->db->streams);
	nrs_hyperscan_free(b->db->values);
	b->db->streams = b->db->values = NULL;
	return false;
}

static int compile(struct build *b)
{
	const struct nrs_hyperscan_refusal refusal = {.refused = refuse,
						      .ctx = b};
	int err = NRS_OK;

	b->db->was_saved = restore(b);
	while (b->db->streams == NULL && b->list.count > 0 && err == NRS_OK) {
		err = nrs_hyperscan_compile(&b->db->streams, &b->list,
					    NRS_HYPERSCAN_STREAMS, &refusal);
		if (err == NRS_OK && b->db->streams != NULL &&
		    nrs_hyperscan_state(b->db->streams) > NRS_STREAMDB_ROOM) {
			nrs_hyperscan_free(b->db->streams);
			b->db->streams = NULL;
			shorten(b);
		}
	}
	if (err == NRS_OK && b->db->values == NULL && b->list.count > 0)
		err = nrs_hyperscan_compile(&b->db->values, &b->list,
					    NRS_HYPERSCAN_VALUES, &refusal);
	b->db->running = b->list.count;
	return err;
}

static int make_seats(struct nrs_streamdb *db)
{
	int err = NRS_OK;

	for (unsigned int i = 0; i < db->seat_count && err == NRS_OK; i++) {
		err = nrs_hyperscan_scratch(&db->seats[i].scratch, db->streams);
		if (err == NRS_OK)
			err = nrs_hyperscan_scratch(&db->seats[i].scratch,
						    db->values);
	}
	return err;
}

static int build_init(struct build *b, size_t count)
{
	const unsigned int seats = b->options->seats;
	struct nrs_streamdb *db = calloc(1, sizeof(*db));

	b->db = db;
	if (db == NULL || nrs_hyperscan_list_init(&b->list, count) != NRS_OK)
		return NRS_E_NOMEM;
	db->rows = calloc(count + 1, sizeof(*db->rows));
	db->seats = aligned_alloc(LINE, (seats + 1) * sizeof(*db->seats));
	if (db->rows == NULL || db->seats == NULL)
		return NRS_E_NOMEM;
	memset(db->seats, 0, (seats + 1) * sizeof(*db->seats));
	db->seat_count = seats;
	db->count = count;
	return NRS_OK;
}

int nrs_streamdb_build(struct nrs_streamdb **out,
		       const struct nrs_regex *expressions, size_t count,
		       const struct nrs_regexdb_options *options)
{
	struct build b = {.expressions = expressions, .options = options};
	int err = build_init(&b, count);

	for (size_t i = 0; i < count && err == NRS_OK; i++)
		err = add(&b, i);
	if (err == NRS_OK)
		err = compile(&b);
	if (err == NRS_OK)
		err = make_seats(b.db);
	nrs_hyperscan_list_fini(&b.list);
	nrs_text_fini(&b.text);
	if (err != NRS_OK) {
		nrs_streamdb_free(b.db);
		return err;
	}
	*out = b.db;
	return NRS_OK;
}

void nrs_streamdb_free(struct nrs_streamdb *db)
{
	if (db == NULL)
		return;
	for (unsigned int i = 0; i < db->seat_count; i++)
		nrs_hyperscan_scratch_free(db->seats[i].scratch);
	nrs_hyperscan_free(db->streams);
	nrs_hyperscan_free(db->values);
	free(db->rows);
	free(db->seats);
	free(db);
}

/* One scan: its matches, and the rows that say what they are. */
struct scan {
	const struct nrs_streamdb *db;
	struct nrs_streamdb_matches *matches;
	struct nrs_hyperscan_run run;
};

static void on_found(void *ctx, unsigned int id, uint64_t end)
{
	const struct scan *scan = ctx;
	struct nrs_streamdb_matches *matches = scan->matches;
	const struct row *row;

	if (id >= scan->db->count ||
	    scan->db->rows[id].engine != NRS_REGEX_FAST)
		return;
	row = &scan->db->rows[id];
	if (matches->count == matches->max) {
		matches->lost++;
		return;
	}
	matches->items[matches->count++] =
		(struct nrs_streamdb_match){.end = end,
					    .value = row->value,
					    .is_from_start = row->is_from_start,
					    .is_to_end = row->is_to_end};
}

static const struct nrs_hyperscan_run *
begin_scan(struct scan *scan, const struct nrs_streamdb *db, unsigned int seat,
	   struct nrs_streamdb_matches *matches)
{
	*scan = (struct scan){.db = db,
			      .matches = matches,
			      .run = {.scratch = db->seats[seat].scratch,
				      .found = on_found,
				      .ctx = scan}};
	return &scan->run;
}

int nrs_streamdb_scan(const struct nrs_streamdb *db, unsigned int seat,
		      struct nrs_span value,
		      struct nrs_streamdb_matches *matches)
{
	struct scan scan;

	if (db->values == NULL)
		return NRS_OK;
	return nrs_hyperscan_scan(db->values, value,
				  begin_scan(&scan, db, seat, matches));
}

int nrs_streamdb_begin(const struct nrs_streamdb *db, void *place)
{
	return db->streams == NULL ? NRS_OK
				   : nrs_hyperscan_begin(db->streams, place,
							 NRS_STREAMDB_ROOM);
}

int nrs_streamdb_feed(const struct nrs_streamdb *db, unsigned int seat,
		      void *place, struct nrs_span octets,
		      struct nrs_streamdb_matches *matches)
{
	struct scan scan;

	if (db->streams == NULL)
		return NRS_OK;
	return nrs_hyperscan_feed(place, octets,
				  begin_scan(&scan, db, seat, matches));
}

int nrs_streamdb_end(const struct nrs_streamdb *db, unsigned int seat,
		     void *place, struct nrs_streamdb_matches *matches)
{
	struct scan scan;

	if (db->streams == NULL)
		return NRS_OK;
	return nrs_hyperscan_end(place, begin_scan(&scan, db, seat, matches));
}

int nrs_streamdb_save(const struct nrs_streamdb *db, struct nrs_text *out)
{
	const size_t at = out->len;
	uint64_t len = 0;

	if (db->streams == NULL || db->values == NULL)
		return NRS_OK;
	nrs_text_add(out, nrs_span(&len, sizeof(len)));
	int err = nrs_hyperscan_save(db->streams, out);
	if (err != NRS_OK)
		return err;
	len = out->len - at - sizeof(len);
	memcpy(out->ptr + at, &len, sizeof(len));
	return nrs_hyperscan_save(db->values, out);
}

enum nrs_regex_engine nrs_streamdb_engine(const struct nrs_streamdb *db,
					  size_t index)
{
	return (enum nrs_regex_engine)db->rows[index].engine;
}

bool nrs_streamdb_was_saved(const struct nrs_streamdb *db)
{
	return db->was_saved;
}

size_t nrs_streamdb_count(const struct nrs_streamdb *db)
{
	return db->running;
}
