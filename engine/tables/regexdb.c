/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regexdb: expressions of one lane, in one Hyperscan database, the rest in a
 * list for pcre2.
 *
 * Every expression is compiled by pcre2 first: what that refuses is no PCRE,
 * and what means characters rather than octets stays there. The others are
 * offered to Hyperscan one by one, so that one that it cannot take never
 * spoils the rest. Never its UTF-8 flag: values come from the wire.
 */
#include "engine/tables/regexdb.h"

#include <hs.h>
#include <stdlib.h>

#include "engine/base/child.h"
#include "engine/tables/pcre.h"
#include "engine/tables/regex_text.h"

#define HYPERSCAN_MAX 10000u
#define SLOW_MAX 1000u
#define FLAGS (HS_FLAG_DOTALL | HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY)
#define LINE 64
#define CHILD_MIN 200u /* fewer are compiled here and now */
#define CHILD_SECONDS 900u

struct slow {
	struct nrs_pcre *pcre;
	uint8_t *prefix;
	size_t prefix_len;
	uint32_t value;
};

/* What one thread writes while it scans: no line of it is anybody else's. */
struct seat {
	_Alignas(LINE) hs_scratch_t *hyperscan;
	struct nrs_pcre_scratch *pcre;
	unsigned int undecided;
};

struct nrs_regexdb {
	hs_database_t *db;
	struct seat *seats;
	unsigned int seat_count;
	struct slow *slow;
	size_t slow_count, fast_count;
	uint8_t *engines; /* of each expression */
	size_t count;
	bool was_saved;
};

/* What Hyperscan is given, in arrays as it wants them. */
struct fast {
	char **expressions;
	unsigned int *flags, *ids;
	size_t *indexes; /* of the caller's expressions */
	size_t count;
};

struct build {
	struct nrs_regexdb *db;
	struct fast fast;
	struct nrs_text body; /* the expression without its prefix */
	struct nrs_text whole;
	const struct nrs_regexdb_options *options;
};

static bool hyperscan_takes(const char *expression)
{
	hs_database_t *db = NULL;
	hs_compile_error_t *error = NULL;
	const hs_error_t rc =
		hs_compile(expression, FLAGS, HS_MODE_BLOCK, NULL, &db, &error);

	hs_free_compile_error(error);
	hs_free_database(db);
	return rc == HS_SUCCESS;
}

static int add_fast(struct build *b, size_t index, uint32_t value)
{
	struct fast *fast = &b->fast;
	char *copy = strdup((const char *)b->whole.ptr);

	if (copy == NULL)
		return NRS_E_NOMEM;
	fast->expressions[fast->count] = copy;
	fast->flags[fast->count] = FLAGS;
	b->db->engines[index] = NRS_REGEX_FAST;
	fast->indexes[fast->count] = index;
	fast->ids[fast->count++] = value;
	return NRS_OK;
}

/* Takes @pcre, also on error. */
static int add_slow(struct build *b, const struct nrs_regex *regex,
		    size_t index, struct nrs_pcre *pcre)
{
	struct slow *slow = &b->db->slow[b->db->slow_count++];

	b->db->engines[index] = NRS_REGEX_SLOW;
	slow->pcre = pcre;
	slow->value = regex->value;
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

static int sort_out(struct build *b, const struct nrs_regex *regex,
		    size_t index, struct nrs_diag *diag)
{
	struct nrs_pcre *pcre = NULL;

	nrs_regex_body(&b->body, regex);
	const int err =
		b->body.failed
			? NRS_E_NOMEM
			: nrs_pcre_new(&pcre, nrs_text_span(&b->body), diag);
	if (err != NRS_OK)
		return err;
	if (!nrs_pcre_is_unicode(pcre) && nrs_regex_whole(&b->whole, regex) &&
	    !b->whole.failed) {
		const bool is_full = b->fast.count == HYPERSCAN_MAX;

		if (is_full || hyperscan_takes((const char *)b->whole.ptr)) {
			nrs_pcre_free(pcre);
			return is_full ? nrs_diag_set(
						 diag, NRS_E_LIMIT, index,
						 "more than %u expressions",
						 HYPERSCAN_MAX)
				       : add_fast(b, index, regex->value);
		}
	}
	if (b->db->slow_count < SLOW_MAX)
		return add_slow(b, regex, index, pcre);
	nrs_pcre_free(pcre);
	return nrs_diag_set(diag, NRS_E_LIMIT, index,
			    "more than %u expressions that need PCRE",
			    SLOW_MAX);
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
	if (engine != NRS_REGEX_FAST || b->fast.count == HYPERSCAN_MAX ||
	    !nrs_regex_whole(&b->whole, regex))
		return NRS_E_FORMAT;
	return b->whole.failed ? NRS_E_NOMEM : add_fast(b, index, regex->value);
}

/* Hyperscan took it alone and not among the others: it goes. */
static void refuse_fast(struct build *b, size_t at, const char *why)
{
	struct fast *fast = &b->fast;
	struct nrs_diag diag = {0};

	(void)nrs_diag_set(&diag, NRS_E_LIMIT, fast->indexes[at],
			   "regular expression: %s", why);
	b->options->refused(b->options->ctx, fast->indexes[at], &diag);
	b->db->engines[fast->indexes[at]] = NRS_REGEX_NONE;
	free(fast->expressions[at]);
	fast->count--;
	fast->expressions[at] = fast->expressions[fast->count];
	fast->ids[at] = fast->ids[fast->count];
	fast->indexes[at] = fast->indexes[fast->count];
}

/* All of @fast. NRS_E_SYNTAX: the expression at *@culprit will not do, and
 * @why says why. */
static int compile_all(const struct fast *fast, hs_database_t **db,
		       uint32_t *culprit, struct nrs_text *why)
{
	hs_compile_error_t *error = NULL;
	const hs_error_t rc = hs_compile_multi(
		(const char *const *)fast->expressions, fast->flags, fast->ids,
		(unsigned int)fast->count, HS_MODE_BLOCK, NULL, db, &error);
	int err = rc == HS_SUCCESS ? NRS_OK : NRS_E_INTERNAL;

	if (error != NULL && error->expression >= 0 &&
	    (size_t)error->expression < fast->count) {
		*culprit = (uint32_t)error->expression;
		nrs_text_puts(why, error->message);
		err = NRS_E_SYNTAX;
	}
	hs_free_compile_error(error);
	return err;
}

static int put_database(const hs_database_t *db, struct nrs_text *out)
{
	char *octets = NULL;
	size_t len = 0;

	if (hs_serialize_database(db, &octets, &len) != HS_SUCCESS)
		return NRS_E_NOMEM;
	nrs_text_add(out, nrs_span(octets, len));
	free(octets);
	return out->failed ? NRS_E_NOMEM : NRS_OK;
}

/* In the child: the database, or the culprit and why. */
static int compile_there(void *ctx, struct nrs_text *out)
{
	hs_database_t *db = NULL;
	struct nrs_text why = {0};
	uint32_t culprit = 0;
	const int err = compile_all(ctx, &db, &culprit, &why);

	if (err == NRS_OK)
		return put_database(db, out);
	nrs_text_add(out, nrs_span(&culprit, sizeof(culprit)));
	nrs_text_add(out, nrs_text_span(&why));
	return err;
}

static int compile_in_child(struct build *b, uint32_t *culprit,
			    struct nrs_text *why)
{
	struct nrs_text answer = {0};
	int err =
		nrs_child_run(compile_there, &b->fast, CHILD_SECONDS, &answer);

	if (err == NRS_OK &&
	    hs_deserialize_database((const char *)answer.ptr, answer.len,
				    &b->db->db) != HS_SUCCESS)
		err = NRS_E_NOMEM;
	if (err == NRS_E_SYNTAX && answer.len >= sizeof(*culprit)) {
		memcpy(culprit, answer.ptr, sizeof(*culprit));
		nrs_text_add(why, nrs_span_from(nrs_text_span(&answer),
						sizeof(*culprit)));
	}
	nrs_text_fini(&answer);
	return err;
}

static int compile_fast(struct build *b)
{
	struct nrs_text why = {0};
	int err = NRS_E_SYNTAX;

	if (b->options->saved.len > 0 &&
	    hs_deserialize_database((const char *)b->options->saved.ptr,
				    b->options->saved.len,
				    &b->db->db) == HS_SUCCESS) {
		b->db->was_saved = true;
		return NRS_OK;
	}
	while (err == NRS_E_SYNTAX && b->fast.count > 0) {
		uint32_t culprit = 0;

		nrs_text_clear(&why);
		err = b->fast.count < CHILD_MIN
			      ? compile_all(&b->fast, &b->db->db, &culprit,
					    &why)
			      : compile_in_child(b, &culprit, &why);
		nrs_text_putc(&why, '\0');
		if (err == NRS_E_SYNTAX && !why.failed)
			refuse_fast(b, culprit, (const char *)why.ptr);
		else if (err == NRS_E_SYNTAX)
			err = NRS_E_NOMEM;
	}
	nrs_text_fini(&why);
	return b->fast.count == 0 ? NRS_OK : err;
}

static int make_scratches(struct nrs_regexdb *db)
{
	for (unsigned int i = 0; i < db->seat_count && db->db != NULL; i++) {
		const hs_error_t rc =
			hs_alloc_scratch(db->db, &db->seats[i].hyperscan);

		if (rc != HS_SUCCESS)
			return rc == HS_NOMEM ? NRS_E_NOMEM : NRS_E_INTERNAL;
	}
	return NRS_OK;
}

static int build_init(struct build *b, size_t count)
{
	const unsigned int seats = b->options->seats;
	struct nrs_regexdb *db = calloc(1, sizeof(*db));

	b->fast.expressions = calloc(count + 1, sizeof(*b->fast.expressions));
	b->fast.flags = calloc(count + 1, sizeof(*b->fast.flags));
	b->fast.ids = calloc(count + 1, sizeof(*b->fast.ids));
	b->fast.indexes = calloc(count + 1, sizeof(*b->fast.indexes));
	b->db = db;
	if (db == NULL || b->fast.expressions == NULL ||
	    b->fast.flags == NULL || b->fast.ids == NULL ||
	    b->fast.indexes == NULL)
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
	for (size_t i = 0; i < b->fast.count; i++)
		free(b->fast.expressions[i]);
	free(b->fast.expressions);
	free(b->fast.flags);
	free(b->fast.ids);
	free(b->fast.indexes);
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
		(void)hs_free_scratch(db->seats[i].hyperscan);
		nrs_pcre_scratch_free(db->seats[i].pcre);
	}
	(void)hs_free_database(db->db);
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

static int on_match(unsigned int id, unsigned long long from,
		    unsigned long long to, unsigned int flags, void *ctx)
{
	(void)from, (void)to, (void)flags;
	add_found(ctx, id);
	return 0;
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

static int search_slow(const struct slow *slow, struct nrs_pcre_scratch *room,
		       struct nrs_span subject)
{
	if (subject.len < slow->prefix_len ||
	    !nrs_span_equal(nrs_span_part(subject, 0, slow->prefix_len),
			    nrs_span(slow->prefix, slow->prefix_len)))
		return 0;
	return nrs_pcre_search(slow->pcre, room,
			       nrs_span_from(subject, slow->prefix_len));
}

int nrs_regexdb_scan(const struct nrs_regexdb *db, unsigned int seat,
		     struct nrs_span subject, uint32_t *values,
		     unsigned int max)
{
	struct seat *own = &db->seats[seat];
	struct found found = {.values = values, .max = max};

	if (subject.ptr == NULL) /* empty, and the library wants an address */
		subject = nrs_span_of("");
	const char *text = (const char *)subject.ptr;
	if (subject.len > UINT32_MAX)
		return NRS_E_LIMIT;
	if (db->db != NULL &&
	    hs_scan(db->db, text, (unsigned int)subject.len, 0, own->hyperscan,
		    on_match, &found) != HS_SUCCESS)
		return NRS_E_INTERNAL;
	for (size_t i = 0; i < db->slow_count; i++) {
		const int hit = search_slow(&db->slow[i], own->pcre, subject);

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

void nrs_regexdb_engines(const struct nrs_regexdb *db, size_t *hyperscan,
			 size_t *pcre)
{
	*hyperscan = db->fast_count;
	*pcre = db->slow_count;
}

const char *nrs_regexdb_library(void)
{
	return hs_version();
}

void nrs_regexdb_platform(struct nrs_text *out)
{
	hs_platform_info_t info = {0};

	(void)hs_populate_platform(&info);
	nrs_text_printf(out, "%u/%llx", info.tune,
			(unsigned long long)info.cpu_features);
}

int nrs_regexdb_save(const struct nrs_regexdb *db, struct nrs_text *out)
{
	return db->db == NULL ? NRS_OK : put_database(db->db, out);
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
