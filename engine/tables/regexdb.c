/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regexdb: expressions of one lane, in one Hyperscan database, the rest in a
 * list for pcre2.
 *
 * Every expression is compiled by pcre2 first: what that refuses is no PCRE,
 * and what means characters rather than octets stays there. The others are
 * offered to Hyperscan one by one, so that one that it cannot take never
 * spoils the rest.
 */
#include "engine/tables/regexdb.h"

#include <stdlib.h>

#include "engine/tables/hyperscan.h"
#include "engine/tables/pcre.h"
#include "engine/tables/regex_text.h"

#define SLOW_MAX 1000u
#define LINE 64

struct slow {
	struct nrs_pcre *pcre;
	uint8_t *prefix;
	size_t prefix_len;
	uint32_t value, owner;
};

/* What one thread writes while it scans: no line of it is anybody else's. */
struct seat {
	_Alignas(LINE) struct hs_scratch *hyperscan;
	struct nrs_pcre_scratch *pcre;
	const struct nrs_regex_meter *meter; /* or NULL */
	unsigned int undecided;
};

struct nrs_regexdb {
	struct hs_database *db;
	struct seat *seats;
	unsigned int seat_count;
	struct slow *slow;
	size_t slow_count, fast_count;
	uint8_t *engines; /* of each expression */
	size_t count;
	bool was_saved;
};

struct build {
	struct nrs_regexdb *db;
	struct nrs_hyperscan_list fast;
	struct nrs_text body; /* the expression without its prefix */
	struct nrs_text whole;
	const struct nrs_regexdb_options *options;
};

static int add_fast(struct build *b, size_t index, uint32_t value)
{
	b->db->engines[index] = NRS_REGEX_FAST;
	return nrs_hyperscan_list_add(&b->fast, (const char *)b->whole.ptr,
				      index, value);
}

/* Takes @pcre, also on error. */
static int add_slow(struct build *b, const struct nrs_regex *regex,
		    size_t index, struct nrs_pcre *pcre)
{
	struct slow *slow = &b->db->slow[b->db->slow_count++];

	b->db->engines[index] = NRS_REGEX_SLOW;
	slow->pcre = pcre;
	slow->value = regex->value;
	slow->owner = regex->owner;
	if (!nrs_regex_has_prefix(regex) || regex->prefix.len == 0)
		return NRS_OK;
	slow->prefix = malloc(regex->prefix.len);
	if (slow->prefix == NULL)
		return NRS_E_NOMEM;
	memcpy(slow->prefix, regex->prefix.ptr, regex->prefix.len);
	slow->prefix_len = regex->prefix.len;
	return NRS_OK;
}

static int take_slow(struct build *b, const struct nrs_regex *regex,
		     size_t index, struct nrs_diag *diag)
{
	struct nrs_pcre *pcre = NULL;

	nrs_regex_body(&b->body, regex);
	const int err =
		b->body.failed
			? NRS_E_NOMEM
			: nrs_pcre_new(&pcre, nrs_text_span(&b->body), diag);
	return err != NRS_OK ? err : add_slow(b, regex, index, pcre);
}

/* For pcre2; NRS_E_SYNTAX: it is no expression. */
static int read_expression(struct nrs_pcre **out, const struct nrs_regex *regex,
			   struct nrs_text *body, struct nrs_diag *diag)
{
	nrs_regex_body(body, regex);
	return body->failed ? NRS_E_NOMEM
			    : nrs_pcre_new(out, nrs_text_span(body), diag);
}

/* May Hyperscan be asked? Then what, is in @whole. */
static bool is_of_octets(const struct nrs_pcre *pcre, struct nrs_text *whole,
			 const struct nrs_regex *regex)
{
	return !nrs_pcre_is_unicode(pcre) && nrs_regex_whole(whole, regex) &&
	       !whole->failed;
}

static bool is_fast(const struct nrs_text *whole)
{
	return nrs_hyperscan_takes((const char *)whole->ptr,
				   NRS_HYPERSCAN_VALUES, NULL);
}

int nrs_regexdb_takes(const struct nrs_regex *expression,
		      enum nrs_regex_engine *engine, struct nrs_diag *why)
{
	struct nrs_text body = {0}, whole = {0};
	struct nrs_pcre *pcre = NULL;
	const int err = read_expression(&pcre, expression, &body, why);

	*engine = NRS_REGEX_NONE;
	if (err == NRS_OK)
		*engine = is_of_octets(pcre, &whole, expression) &&
					  is_fast(&whole)
				  ? NRS_REGEX_FAST
				  : NRS_REGEX_SLOW;
	nrs_pcre_free(pcre);
	nrs_text_fini(&body);
	nrs_text_fini(&whole);
	return err == NRS_E_NOMEM ? err : NRS_OK;
}

static int sort_out(struct build *b, const struct nrs_regex *regex,
		    size_t index, struct nrs_diag *diag)
{
	const struct nrs_regex_most *most = b->options->most;
	const size_t slow_most = most == NULL ? SLOW_MAX : most->slow;
	struct nrs_pcre *pcre = NULL;
	const int err = read_expression(&pcre, regex, &b->body, diag);

	if (err != NRS_OK)
		return err;
	if (is_of_octets(pcre, &b->whole, regex) &&
	    (most == NULL || b->fast.count < most->fast)) {
		const bool is_full = b->fast.count == NRS_HYPERSCAN_MAX;

		if (is_full || is_fast(&b->whole)) {
			nrs_pcre_free(pcre);
			return is_full ? nrs_diag_set(
						 diag, NRS_E_LIMIT, index,
						 "more than %u expressions",
						 NRS_HYPERSCAN_MAX)
				       : add_fast(b, index, regex->value);
		}
	}
	if (b->db->slow_count < slow_most && b->db->slow_count < SLOW_MAX)
		return add_slow(b, regex, index, pcre);
	nrs_pcre_free(pcre);
	return nrs_diag_set(diag, NRS_E_LIMIT, index,
			    "more than %zu expressions that need PCRE",
			    slow_most);
}

/* The engine is known: nothing is tried. */
static int take_known(struct build *b, const struct nrs_regex *regex,
		      size_t index, struct nrs_diag *diag)
{
	const uint8_t engine = b->options->engines[index];

	if (engine == NRS_REGEX_NONE)
		return NRS_OK; /* said the first time */
	if (engine == NRS_REGEX_SLOW)
		return b->db->slow_count < SLOW_MAX
			       ? take_slow(b, regex, index, diag)
			       : NRS_E_FORMAT;
	if (engine != NRS_REGEX_FAST || b->fast.count == NRS_HYPERSCAN_MAX ||
	    !nrs_regex_whole(&b->whole, regex))
		return NRS_E_FORMAT;
	return b->whole.failed ? NRS_E_NOMEM : add_fast(b, index, regex->value);
}

/* Hyperscan took it alone and not among the others. */
static void refuse_fast(void *ctx, size_t index, const struct nrs_diag *diag)
{
	struct build *b = ctx;

	b->db->engines[index] = NRS_REGEX_NONE;
	b->options->refused(b->options->ctx, index, diag);
}

static int compile_fast(struct build *b)
{
	const struct nrs_hyperscan_refusal refusal = {.refused = refuse_fast,
						      .ctx = b};

	if (b->options->saved.len > 0 &&
	    nrs_hyperscan_restore(&b->db->db, b->options->saved)) {
		b->db->was_saved = true;
		return NRS_OK;
	}
	return nrs_hyperscan_compile(&b->db->db, &b->fast, NRS_HYPERSCAN_VALUES,
				     &refusal);
}

static int make_scratches(struct nrs_regexdb *db)
{
	int err = NRS_OK;

	for (unsigned int i = 0; i < db->seat_count && err == NRS_OK; i++)
		err = nrs_hyperscan_scratch(&db->seats[i].hyperscan, db->db);
	return err;
}

static int build_init(struct build *b, size_t count)
{
	const unsigned int seats = b->options->seats;
	struct nrs_regexdb *db = calloc(1, sizeof(*db));

	b->db = db;
	if (db == NULL || nrs_hyperscan_list_init(&b->fast, count) != NRS_OK)
		return NRS_E_NOMEM;
	db->engines = calloc(count + 1, 1);
	db->count = count;
	db->slow = calloc((count < SLOW_MAX ? count : SLOW_MAX) + 1,
			  sizeof(*db->slow));
	db->seats = aligned_alloc(LINE, (seats + 1) * sizeof(*db->seats));
	if (db->engines == NULL || db->slow == NULL || db->seats == NULL)
		return NRS_E_NOMEM;
	memset(db->seats, 0, (seats + 1) * sizeof(*db->seats));
	db->seat_count = seats;
	for (unsigned int i = 0; i < seats; i++) {
		db->seats[i].pcre = nrs_pcre_scratch_new();
		if (db->seats[i].pcre == NULL)
			return NRS_E_NOMEM;
	}
	return NRS_OK;
}

static void build_fini(struct build *b)
{
	nrs_hyperscan_list_fini(&b->fast);
	nrs_text_fini(&b->body);
	nrs_text_fini(&b->whole);
}

int nrs_regexdb_build(struct nrs_regexdb **out,
		      const struct nrs_regex *expressions, size_t count,
		      const struct nrs_regexdb_options *options)
{
	struct build b = {.options = options};
	int err = build_init(&b, count);

	for (size_t i = 0; i < count && err == NRS_OK; i++) {
		struct nrs_diag diag = {0};

		if (options->engines != NULL) {
			err = take_known(&b, &expressions[i], i, &diag);
			continue;
		}
		err = sort_out(&b, &expressions[i], i, &diag);
		if (err == NRS_E_SYNTAX || err == NRS_E_LIMIT) {
			options->refused(options->ctx, i, &diag);
			err = NRS_OK;
		}
	}
	if (err == NRS_OK)
		err = compile_fast(&b);
	if (err == NRS_OK) {
		b.db->fast_count = b.fast.count;
		err = make_scratches(b.db);
	}
	build_fini(&b);
	if (err != NRS_OK) {
		nrs_regexdb_free(b.db);
		return err;
	}
	*out = b.db;
	return NRS_OK;
}

void nrs_regexdb_free(struct nrs_regexdb *db)
{
	if (db == NULL)
		return;
	for (unsigned int i = 0; i < db->seat_count; i++) {
		nrs_hyperscan_scratch_free(db->seats[i].hyperscan);
		nrs_pcre_scratch_free(db->seats[i].pcre);
	}
	nrs_hyperscan_free(db->db);
	for (size_t i = 0; i < db->slow_count; i++) {
		nrs_pcre_free(db->slow[i].pcre);
		free(db->slow[i].prefix);
	}
	free(db->slow);
	free(db->engines);
	free(db->seats);
	free(db);
}

struct found {
	uint32_t *values;
	unsigned int count, max, undecided;
};

static void add_found(struct found *found, uint32_t value)
{
	if (found->count == found->max)
		found->undecided++;
	else
		found->values[found->count++] = value;
}

static void on_match(void *ctx, unsigned int id, uint64_t end)
{
	(void)end;
	add_found(ctx, id);
}

/* Ascending, each once: the libraries' order is not ours, and two expressions
 * may report the same value. */
static void sort_values(struct found *found)
{
	unsigned int used = 0;

	for (unsigned int i = 0; i < found->count; i++) {
		const uint32_t value = found->values[i];
		unsigned int j = used;

		while (j > 0 && found->values[j - 1] > value)
			j--;
		if (j > 0 && found->values[j - 1] == value)
			continue;
		memmove(found->values + j + 1, found->values + j,
			(used - j) * sizeof(*found->values));
		found->values[j] = value;
		used++;
	}
	found->count = used;
}

static int search_slow(const struct slow *slow, const struct seat *own,
		       struct nrs_span subject)
{
	const struct nrs_regex_meter *meter = own->meter;

	if (subject.len < slow->prefix_len ||
	    !nrs_span_equal(nrs_span_part(subject, 0, slow->prefix_len),
			    nrs_span(slow->prefix, slow->prefix_len)))
		return 0;
	const int64_t begun = meter == NULL ? 0 : meter->begin(meter->ctx);
	const int found =
		nrs_pcre_search(slow->pcre, own->pcre,
				nrs_span_from(subject, slow->prefix_len));
	if (meter != NULL)
		meter->end(meter->ctx, slow->owner, begun);
	return found;
}

int nrs_regexdb_scan(const struct nrs_regexdb *db, unsigned int seat,
		     struct nrs_span subject, uint32_t *values,
		     unsigned int max)
{
	struct seat *own = &db->seats[seat];
	struct found found = {.values = values, .max = max};

	if (subject.ptr == NULL) /* empty, and the libraries want an address */
		subject = nrs_span_of("");
	const struct nrs_hyperscan_run run = {
		.scratch = own->hyperscan, .found = on_match, .ctx = &found};
	const int err = db->db == NULL
				? NRS_OK
				: nrs_hyperscan_scan(db->db, subject, &run);
	if (err != NRS_OK)
		return err;
	for (size_t i = 0; i < db->slow_count; i++) {
		const int hit = search_slow(&db->slow[i], own, subject);

		if (hit < 0)
			found.undecided++;
		if (hit == 1)
			add_found(&found, db->slow[i].value);
	}
	sort_values(&found);
	own->undecided = found.undecided;
	if (found.count == 0 && found.undecided > 0)
		return NRS_E_LIMIT;
	return (int)found.count;
}

unsigned int nrs_regexdb_undecided(const struct nrs_regexdb *db,
				   unsigned int seat)
{
	return db->seats[seat].undecided;
}

void nrs_regexdb_meter(const struct nrs_regexdb *db, unsigned int seat,
		       const struct nrs_regex_meter *meter)
{
	db->seats[seat].meter = meter;
}

void nrs_regexdb_engines(const struct nrs_regexdb *db, size_t *hyperscan,
			 size_t *pcre)
{
	*hyperscan = db->fast_count;
	*pcre = db->slow_count;
}

int nrs_regexdb_save(const struct nrs_regexdb *db, struct nrs_text *out)
{
	return db->db == NULL ? NRS_OK : nrs_hyperscan_save(db->db, out);
}

enum nrs_regex_engine nrs_regexdb_engine(const struct nrs_regexdb *db,
					 size_t index)
{
	return (enum nrs_regex_engine)db->engines[index];
}

bool nrs_regexdb_was_saved(const struct nrs_regexdb *db)
{
	return db->was_saved;
}
