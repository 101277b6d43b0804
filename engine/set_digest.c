/* SPDX-License-Identifier: Apache-2.0 */
/*
 * set_digest: one digest that names a set, whatever files it came in.
 *
 * SHA-256 over the sorted lines of all indicators that are matched. A million
 * lines would be 200 MB: only the UUIDs that they begin with are kept to sort
 * by, and each line is written when its turn has come.
 */
#include <stdlib.h>

#include "engine/base/crypto.h"
#include "engine/base/pairs.h"
#include "engine/set_over.h"
#include "engine/set_store.h"

#define ID_LEN 47u /* "indicator--" and a UUID */
#define AHEAD 32u  /* lines that are fetched together */

/* Ids of the usual form sort as their UUIDs do, octet by octet; the few others
 * are sorted by their lines. */
struct sorting {
	const struct nrs_set *set;
	struct nrs_pair *usual; /* UUID in key and more, index in place */
	uint32_t *odd;		/* indices */
	size_t usual_count, odd_count;
	struct nrs_text one, other; /* lines that are compared */
	const struct nrs_set_idle *idle;
};

/* Where the words of indicator @index are read. */
static const struct nrs_set *words_of(const struct sorting *s, uint32_t index)
{
	return s->idle->aside != NULL && index < nrs_set_first(s->set)
		       ? s->idle->aside
		       : s->set;
}

/* Asked so often, in indicators: every few milliseconds. */
#define PATIENCE 8192u

/* Give back what was read so far; and is the thread wanted? */
static bool must_give_up(const struct sorting *s, size_t at)
{
	if (at % PATIENCE != 0)
		return false;
	if (s->idle->aside != NULL)
		nrs_set_thin(s->idle->aside);
	return s->idle->is_wanted != NULL && s->idle->is_wanted(s->idle->ctx);
}

/* The times of one line, as nearly all indicators say one of them twice. */
struct last_time {
	int64_t ns;
	size_t len;
	char text[NRS_STAMP_LEN];
};

static void put_time(struct nrs_text *out, int64_t ns, struct last_time *last)
{
	unsigned int digits = 3;

	if (ns % 1000000 != 0)
		digits = ns % 1000 == 0 ? 6 : 9;
	if (ns != NRS_TIME_MIN && ns != NRS_TIME_MAX) {
		if (last->len == 0 || last->ns != ns)
			last->len = nrs_stamp_format(ns, digits, last->text);
		last->ns = ns;
		nrs_text_add(out, nrs_span(last->text, last->len));
	}
	nrs_text_putc(out, '\t');
}

/* Escape what was appended to @out since @from: lines must stay lines. */
static void escape(struct nrs_text *out, size_t from)
{
	struct nrs_text raw = {0};

	if (out->failed ||
	    (memchr(out->ptr + from, '\t', out->len - from) == NULL &&
	     memchr(out->ptr + from, '\n', out->len - from) == NULL &&
	     memchr(out->ptr + from, '\\', out->len - from) == NULL))
		return;
	nrs_text_add(&raw, nrs_span(out->ptr + from, out->len - from));
	out->len = from;
	for (size_t i = 0; i < raw.len; i++) {
		const char c = (char)raw.ptr[i];

		if (c == '\t' || c == '\n' || c == '\\')
			nrs_text_putc(out, '\\');
		nrs_text_putc(out, c == '\t' ? 't' : c == '\n' ? 'n' : c);
	}
	out->failed |= raw.failed;
	nrs_text_fini(&raw);
}

/* 0 to 100 in digits, or nothing: printf would cost as much as the times. */
static void put_percent(struct nrs_text *out, int percent)
{
	if (percent >= 100)
		nrs_text_putc(out, (char)('0' + percent / 100));
	if (percent >= 10)
		nrs_text_putc(out, (char)('0' + percent / 10 % 10));
	if (percent >= 0)
		nrs_text_putc(out, (char)('0' + percent % 10));
}

/* What follows the id. */
static void put_rest(const struct nrs_set *set, uint32_t index,
		     struct nrs_text *out)
{
	struct nrs_indicator item;
	struct last_time last = {.len = 0};
	size_t from;

	nrs_set_get(set, index, &item);
	nrs_text_putc(out, '\t');
	put_time(out, item.modified_ns, &last);
	from = out->len;
	nrs_set_pattern(set, index, out);
	escape(out, from);
	nrs_text_putc(out, '\t');
	put_time(out, item.valid_from_ns, &last);
	put_time(out, item.valid_until_ns, &last);
	put_percent(out, item.confidence);
	nrs_text_putc(out, '\t');
	nrs_text_puts(out, nrs_tlp_name((enum nrs_tlp)item.tlp));
	nrs_text_putc(out, '\t');
	from = out->len;
	nrs_text_add(out, nrs_set_source_of(set, item.source)->name);
	escape(out, from);
	nrs_text_putc(out, '\n');
}

static void put_line(const struct sorting *s, uint32_t index,
		     struct nrs_text *out)
{
	const struct nrs_set *set = words_of(s, index);

	nrs_text_clear(out);
	nrs_set_id(set, index, out);
	escape(out, 0);
	put_rest(set, index, out);
}

static int compare_lines(struct sorting *s, uint32_t a, uint32_t b)
{
	put_line(s, a, &s->one);
	put_line(s, b, &s->other);
	return nrs_span_compare(nrs_text_span(&s->one),
				nrs_text_span(&s->other));
}

static int by_line(const void *a, const void *b, void *arg)
{
	return compare_lines(arg, *(const uint32_t *)a, *(const uint32_t *)b);
}

/* @arg: struct sorting. For UUIDs that begin alike. */
static int by_uuid(const void *a, const void *b, void *arg)
{
	const struct nrs_pair *x = a, *y = b;

	if (x->more != y->more)
		return x->more < y->more ? -1 : 1;
	return compare_lines(arg, x->place, y->place);
}

static bool digit_of(uint8_t c, uint64_t *word)
{
	if (c >= '0' && c <= '9')
		*word = *word << 4 | (uint64_t)(c - '0');
	else if (c >= 'a' && c <= 'f')
		*word = *word << 4 | (uint64_t)(c - 'a' + 10);
	else
		return false;
	return true;
}

/* "indicator--" and a UUID in lower case as a number of two words. */
static bool read_uuid(struct nrs_span id, struct nrs_pair *out)
{
	unsigned int digits = 0;

	out->key = out->more = 0;
	if (id.len != ID_LEN || !nrs_span_starts(id, "indicator--"))
		return false;
	for (size_t i = 11; i < ID_LEN; i++) {
		const bool is_dash = i == 19 || i == 24 || i == 29 || i == 34;

		if (is_dash ? id.ptr[i] != '-'
			    : !digit_of(id.ptr[i],
					digits < 16 ? &out->key : &out->more))
			return false;
		digits += !is_dash;
	}
	return true;
}

/* The indicators that count, the usual ones and the others. */
static int collect(struct sorting *s)
{
	for (uint32_t i = 0; i < nrs_set_count(s->set); i++) {
		const enum nrs_status status = nrs_set_status(s->set, i);
		struct nrs_pair *pair = &s->usual[s->usual_count];

		if (must_give_up(s, i))
			return NRS_E_CANCELLED;
		if (status != NRS_STATUS_FULL && status != NRS_STATUS_PARTIAL)
			continue;
		nrs_text_clear(&s->one);
		nrs_set_id(words_of(s, i), i, &s->one);
		if (s->one.failed)
			return NRS_E_NOMEM;
		pair->place = i;
		if (read_uuid(nrs_text_span(&s->one), pair)) {
			s->usual_count++;
			continue;
		}
		uint32_t *odd =
			realloc(s->odd, (s->odd_count + 1) * sizeof(*odd));
		if (odd == NULL)
			return NRS_E_NOMEM;
		s->odd = odd;
		s->odd[s->odd_count++] = i;
	}
	return NRS_OK;
}

static int sort_lines(struct sorting *s)
{
	const int err = nrs_pairs_sort(s->usual, s->usual_count);

	for (size_t i = 0, end; i < s->usual_count && err == NRS_OK; i = end) {
		for (end = i + 1; end < s->usual_count; end++) {
			if (s->usual[end].key != s->usual[i].key)
				break;
		}
		if (end - i > 1)
			qsort_r(s->usual + i, end - i, sizeof(*s->usual),
				by_uuid, s);
	}
	if (s->odd_count > 1)
		qsort_r(s->odd, s->odd_count, sizeof(*s->odd), by_line, s);
	return err;
}

/* A line whose id is known already: of a list's value it was derived. */
static void put_usual(struct sorting *s, const struct nrs_pair *pair)
{
	static const char digits[] = "0123456789abcdef";
	char id[ID_LEN] = "indicator--";
	unsigned int digit = 0;

	for (size_t i = 11; i < ID_LEN; i++) {
		if (i == 19 || i == 24 || i == 29 || i == 34) {
			id[i] = '-';
			continue;
		}
		const uint64_t word = digit < 16 ? pair->key : pair->more;
		id[i] = digits[word >> (60 - 4 * (digit % 16)) & 15];
		digit++;
	}
	nrs_text_clear(&s->one);
	nrs_text_add(&s->one, nrs_span(id, sizeof(id)));
	put_rest(words_of(s, pair->place), pair->place, &s->one);
}

/* In the order of ids nothing lies side by side: have what the next lines say
 * on its way before it is asked for. */
static void fetch_ahead(const struct sorting *s, size_t from)
{
	for (size_t i = from; i < from + AHEAD && i < s->usual_count; i++) {
		struct nrs_indicator item;

		nrs_set_get(words_of(s, s->usual[i].place), s->usual[i].place,
			    &item);
		__builtin_prefetch(item.pattern.ptr);
	}
}

/* Both sorted sequences as one. */
static int add_lines(struct sorting *s, struct nrs_digest *digest)
{
	size_t usual = 0, odd = 0;

	while (usual < s->usual_count || odd < s->odd_count) {
		if (must_give_up(s, usual + odd))
			return NRS_E_CANCELLED;
		if (usual % AHEAD == 0)
			fetch_ahead(s, usual);
		const bool is_usual = usual < s->usual_count &&
				      (odd == s->odd_count ||
				       compare_lines(s, s->usual[usual].place,
						     s->odd[odd]) < 0);

		if (is_usual)
			put_usual(s, &s->usual[usual++]);
		else
			put_line(s, s->odd[odd++], &s->one);
		if (s->one.failed)
			return NRS_E_NOMEM;
		nrs_digest_add(digest, nrs_text_span(&s->one));
	}
	return NRS_OK;
}

static int compute(const struct nrs_set *set, struct nrs_text *out,
		   const struct nrs_set_idle *idle)
{
	struct sorting s = {.set = set,
			    .usual = calloc((size_t)nrs_set_count(set) + 1,
					    sizeof(*s.usual)),
			    .idle = idle};
	struct nrs_digest *digest = nrs_digest_new();
	uint8_t sum[NRS_SHA256_LEN];
	char hex[2 * NRS_SHA256_LEN + 1];
	int err = s.usual == NULL || digest == NULL ? NRS_E_NOMEM : collect(&s);

	if (err == NRS_OK)
		err = sort_lines(&s);
	if (err == NRS_OK)
		err = add_lines(&s, digest);
	if (digest != NULL)
		nrs_digest_finish(digest, sum);
	if (err == NRS_OK) {
		nrs_hex(nrs_span(sum, sizeof(sum)), hex);
		nrs_text_printf(out, "sha256:%s", hex);
	}
	nrs_text_fini(&s.one);
	nrs_text_fini(&s.other);
	free(s.usual);
	free(s.odd);
	return err;
}

int nrs_set_digest(const struct nrs_set *set, struct nrs_text *out)
{
	const struct nrs_set_idle idle = {0};

	return nrs_set_digest_idle(set, out, &idle);
}

int nrs_set_digest_idle(const struct nrs_set *set, struct nrs_text *out,
			const struct nrs_set_idle *idle)
{
	if (nrs_set_stored_digest(set) != NULL) {
		nrs_text_puts(out, nrs_set_stored_digest(set));
		return out->failed ? NRS_E_NOMEM : NRS_OK;
	}
	return compute(set, out, idle);
}
