/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regexdb: expressions of one lane, in one Hyperscan database, the rest in a
 * list for pcre2.
 *
 * Each expression is written out as PCRE text first (LIKE becomes an anchored
 * expression). Hyperscan is asked about each alone, so that one that it cannot
 * take never spoils the rest. Never its UTF-8 flag: values come from the wire.
 */
#include "engine/tables/regexdb.h"

#include <hs.h>
#include <stdlib.h>

#include "engine/base/text.h"
#include "engine/tables/pcre.h"

#define HYPERSCAN_MAX 10000u
#define FLAGS (HS_FLAG_DOTALL | HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY)

struct slow {
	struct nrs_pcre *pcre;
	uint32_t value;
};

struct nrs_regexdb {
	hs_database_t *db;
	hs_scratch_t **scratches; /* one per seat */
	struct nrs_pcre_scratch **pcre_scratches;
	unsigned int seats;
	struct slow *slow;
	size_t slow_count, fast_count;
};

static bool is_ascii(struct nrs_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] >= 0x80)
			return false;
	}
	return true;
}

static void put_literal(struct nrs_text *out, struct nrs_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		const uint8_t c = text.ptr[i];
		const bool plain = (c >= 'a' && c <= 'z') ||
				   (c >= 'A' && c <= 'Z') ||
				   (c >= '0' && c <= '9') || c >= 0x80;

		if (plain)
			nrs_text_putc(out, (char)c);
		else
			nrs_text_printf(out, "\\x%02x", c);
	}
}

/* One character of LIKE's "_": a UTF-8 sequence, or any single octet. */
#define ANY_CHARACTER                                                          \
	"(?:[\\xc2-\\xdf][\\x80-\\xbf]|[\\xe0-\\xef][\\x80-\\xbf]{2}|"         \
	"[\\xf0-\\xf4][\\x80-\\xbf]{3}|.)"

static void put_like(struct nrs_text *out, struct nrs_span text, bool unicode)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '%')
			nrs_text_puts(out, ".*");
		else if (text.ptr[i] == '_')
			nrs_text_puts(out, unicode ? "." : ANY_CHARACTER);
		else
			put_literal(out, nrs_span_part(text, i, 1));
	}
	nrs_text_puts(out, "\\z");
}

/* The expression as PCRE text with a NUL behind it. */
static void write_expression(struct nrs_text *out,
			     const struct nrs_regex *regex)
{
	const bool is_like = regex->kind == NRS_REGEX_LIKE ||
			     regex->kind == NRS_REGEX_PREFIX_LIKE;

	nrs_text_clear(out);
	if (is_like || regex->kind == NRS_REGEX_PREFIX_PCRE)
		nrs_text_puts(out, "\\A");
	put_literal(out, regex->prefix);
	if (is_like) {
		put_like(out, regex->text, !is_ascii(regex->text));
	} else if (regex->kind == NRS_REGEX_PREFIX_PCRE) {
		/* An anchored expression means the value's own start. */
		const bool anchored = nrs_span_starts(regex->text, "^");

		nrs_text_puts(out, anchored ? "(?:" : ".*?(?:");
		nrs_text_add(out, anchored ? nrs_span_from(regex->text, 1)
					   : regex->text);
		nrs_text_puts(out, ")");
	} else {
		nrs_text_add(out, regex->text);
	}
	nrs_text_putc(out, '\0');
}

/* What Hyperscan is given, in arrays as it wants them. */
struct fast {
	char **expressions;
	unsigned int *flags, *ids;
	size_t count;
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

static int add_fast(struct fast *fast, const char *expression, uint32_t value)
{
	char *copy = strdup(expression);

	if (copy == NULL)
		return NRS_E_NOMEM;
	fast->expressions[fast->count] = copy;
	fast->flags[fast->count] = FLAGS;
	fast->ids[fast->count++] = value;
	return NRS_OK;
}

static int sort_out(struct nrs_regexdb *db, struct fast *fast,
		    const struct nrs_regex *regex, struct nrs_text *text,
		    struct nrs_diag *diag)
{
	write_expression(text, regex);
	if (text->failed)
		return NRS_E_NOMEM;
	const struct nrs_span written =
		nrs_span(text->ptr, text->len - 1); /* without the NUL */
	const bool has_nul = nrs_span_find(written, 0, 0) != SIZE_MAX;
	if (written.len > 0 && is_ascii(written) && !has_nul &&
	    fast->count < HYPERSCAN_MAX &&
	    hyperscan_takes((const char *)text->ptr))
		return add_fast(fast, (const char *)text->ptr, regex->value);
	struct slow *slow = &db->slow[db->slow_count];
	const int err = nrs_pcre_new(&slow->pcre, written, diag);
	if (err == NRS_OK) {
		slow->value = regex->value;
		db->slow_count++;
	}
	return err;
}

static int compile_fast(struct nrs_regexdb *db, const struct fast *fast)
{
	hs_compile_error_t *error = NULL;

	db->fast_count = fast->count;
	if (fast->count == 0)
		return NRS_OK;
	const hs_error_t rc = hs_compile_multi(
		(const char *const *)fast->expressions, fast->flags, fast->ids,
		(unsigned int)fast->count, HS_MODE_BLOCK, NULL, &db->db,
		&error);
	hs_free_compile_error(error);
	if (rc != HS_SUCCESS)
		return NRS_E_INTERNAL;
	for (unsigned int i = 0; i < db->seats; i++) {
		if (hs_alloc_scratch(db->db, &db->scratches[i]) != HS_SUCCESS)
			return NRS_E_INTERNAL;
	}
	return NRS_OK;
}

static int db_new(struct nrs_regexdb **out, size_t count, unsigned int seats)
{
	struct nrs_regexdb *db = calloc(1, sizeof(*db));

	if (db == NULL)
		return NRS_E_NOMEM;
	*out = db;
	db->seats = seats;
	db->slow = calloc(count + 1, sizeof(*db->slow));
	db->scratches = calloc(seats, sizeof(*db->scratches));
	db->pcre_scratches = calloc(seats, sizeof(*db->pcre_scratches));
	if (db->slow == NULL || db->scratches == NULL ||
	    db->pcre_scratches == NULL)
		return NRS_E_NOMEM;
	for (unsigned int i = 0; i < seats; i++) {
		db->pcre_scratches[i] = nrs_pcre_scratch_new();
		if (db->pcre_scratches[i] == NULL)
			return NRS_E_NOMEM;
	}
	return NRS_OK;
}

int nrs_regexdb_build(struct nrs_regexdb **out,
		      const struct nrs_regex *expressions, size_t count,
		      const struct nrs_regexdb_options *options)
{
	struct nrs_regexdb *db = NULL;
	struct nrs_text text = {0};
	struct fast fast = {
		.expressions = calloc(count + 1, sizeof(*fast.expressions)),
		.flags = calloc(count + 1, sizeof(*fast.flags)),
		.ids = calloc(count + 1, sizeof(*fast.ids))};
	int err = db_new(&db, count, options->seats);

	if (fast.expressions == NULL || fast.flags == NULL || fast.ids == NULL)
		err = NRS_E_NOMEM;
	for (size_t i = 0; i < count && err == NRS_OK; i++) {
		struct nrs_diag diag = {0};

		err = sort_out(db, &fast, &expressions[i], &text, &diag);
		if (err == NRS_E_SYNTAX) {
			options->refused(options->ctx, i, &diag);
			err = NRS_OK;
		}
	}
	if (err == NRS_OK)
		err = compile_fast(db, &fast);
	for (size_t i = 0; i < fast.count; i++)
		free(fast.expressions[i]);
	free(fast.expressions);
	free(fast.flags);
	free(fast.ids);
	nrs_text_fini(&text);
	if (err != NRS_OK) {
		nrs_regexdb_free(db);
		return err;
	}
	*out = db;
	return NRS_OK;
}

void nrs_regexdb_free(struct nrs_regexdb *db)
{
	if (db == NULL)
		return;
	for (unsigned int i = 0; i < db->seats; i++) {
		if (db->scratches != NULL)
			(void)hs_free_scratch(db->scratches[i]);
		if (db->pcre_scratches != NULL)
			nrs_pcre_scratch_free(db->pcre_scratches[i]);
	}
	(void)hs_free_database(db->db);
	for (size_t i = 0; i < db->slow_count; i++)
		nrs_pcre_free(db->slow[i].pcre);
	free(db->slow);
	free(db->scratches);
	free(db->pcre_scratches);
	free(db);
}

struct found {
	uint32_t *values;
	unsigned int count, max;
	bool overflow;
};

static void add_found(struct found *found, uint32_t value)
{
	if (found->count == found->max)
		found->overflow = true;
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

static void sort_values(struct found *found)
{
	for (unsigned int i = 1; i < found->count; i++) {
		const uint32_t value = found->values[i];
		unsigned int j = i;

		for (; j > 0 && found->values[j - 1] > value; j--)
			found->values[j] = found->values[j - 1];
		found->values[j] = value;
	}
}

int nrs_regexdb_scan(const struct nrs_regexdb *db, unsigned int seat,
		     struct nrs_span subject, uint32_t *values,
		     unsigned int max)
{
	struct found found = {.values = values, .max = max};
	const char *text = subject.ptr == NULL ? "" : (const char *)subject.ptr;

	if (db->db != NULL &&
	    hs_scan(db->db, text, (unsigned int)subject.len, 0,
		    db->scratches[seat], on_match, &found) != HS_SUCCESS)
		return NRS_E_INTERNAL;
	for (size_t i = 0; i < db->slow_count; i++) {
		const int hit = nrs_pcre_search(
			db->slow[i].pcre, db->pcre_scratches[seat], subject);

		if (hit < 0)
			return hit;
		if (hit == 1)
			add_found(&found, db->slow[i].value);
	}
	if (found.overflow)
		return NRS_E_LIMIT;
	sort_values(&found); /* the libraries' order is not ours */
	return (int)found.count;
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
