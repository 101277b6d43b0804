/* SPDX-License-Identifier: Apache-2.0 */
/*
 * set_digest: one digest that names a set, whatever files it came in.
 *
 * SHA-256 over the sorted lines of all indicators that are matched. A million
 * lines would be 200 MB: only the first octets of each are kept to sort by,
 * and the line is written a second time when its turn has come.
 */
#include <stdlib.h>

#include "engine/base/crypto.h"
#include "engine/set.h"

/* "indicator--", a UUID, a tab: hardly ever a tie, and a derived id need not
 * be derived twice. */
#define ID_LEN 47u
#define HEAD (ID_LEN + 1)

struct line {
	uint8_t head[HEAD]; /* zeroes behind a shorter line */
	uint32_t index;
};

struct sorting {
	const struct nrs_set *set;
	struct nrs_text one, other; /* lines that share their head */
};

static void put_time(struct nrs_text *out, int64_t ns)
{
	char stamp[NRS_STAMP_LEN];
	unsigned int digits = 3;

	if (ns % 1000000 != 0)
		digits = ns % 1000 == 0 ? 6 : 9;
	if (ns != NRS_TIME_MIN && ns != NRS_TIME_MAX)
		nrs_text_add(out, nrs_span(stamp, nrs_stamp_format(ns, digits,
								   stamp)));
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

/* What follows the id. */
static void put_rest(const struct nrs_set *set, uint32_t index,
		     struct nrs_text *out)
{
	const struct nrs_indicator *item = nrs_set_at(set, index);
	size_t from;

	nrs_text_putc(out, '\t');
	put_time(out, item->modified_ns);
	from = out->len;
	nrs_set_pattern(set, index, out);
	escape(out, from);
	nrs_text_putc(out, '\t');
	put_time(out, item->valid_from_ns);
	put_time(out, item->valid_until_ns);
	if (item->confidence >= 0)
		nrs_text_printf(out, "%d", item->confidence);
	nrs_text_putc(out, '\t');
	nrs_text_puts(out, nrs_tlp_name((enum nrs_tlp)item->tlp));
	nrs_text_putc(out, '\t');
	from = out->len;
	nrs_text_add(out, nrs_set_source_of(set, item->source)->name);
	escape(out, from);
	nrs_text_putc(out, '\n');
}

static void put_line(const struct nrs_set *set, uint32_t index,
		     struct nrs_text *out)
{
	nrs_text_clear(out);
	nrs_set_id(set, index, out);
	escape(out, 0);
	put_rest(set, index, out);
}

/* The same with what is kept of it. */
static void put_again(const struct nrs_set *set, const struct line *line,
		      struct nrs_text *out)
{
	if (nrs_set_at(set, line->index)->id.len > 0) {
		put_line(set, line->index, out);
		return;
	}
	nrs_text_clear(out);
	nrs_text_add(out, nrs_span(line->head, ID_LEN));
	put_rest(set, line->index, out);
}

static int by_text(const void *a, const void *b, void *arg)
{
	const struct line *x = a, *y = b;
	struct sorting *s = arg;
	const int by = memcmp(x->head, y->head, HEAD);

	if (by != 0)
		return by;
	put_line(s->set, x->index, &s->one);
	put_line(s->set, y->index, &s->other);
	return nrs_span_compare(nrs_text_span(&s->one),
				nrs_text_span(&s->other));
}

/* The lines that count, sorted. Their number, or SIZE_MAX without memory. */
static size_t sort_lines(struct sorting *s, struct line *lines)
{
	size_t count = 0;

	for (uint32_t i = 0; i < nrs_set_count(s->set); i++) {
		const uint8_t status = nrs_set_at(s->set, i)->status;

		if (status != NRS_STATUS_FULL && status != NRS_STATUS_PARTIAL)
			continue;
		put_line(s->set, i, &s->one);
		if (s->one.failed)
			return SIZE_MAX;
		lines[count].index = i;
		memcpy(lines[count++].head, s->one.ptr,
		       s->one.len < HEAD ? s->one.len : HEAD);
	}
	if (count > 1)
		qsort_r(lines, count, sizeof(*lines), by_text, s);
	return count;
}

int nrs_set_digest(const struct nrs_set *set, struct nrs_text *out)
{
	struct sorting s = {.set = set};
	struct line *lines =
		calloc((size_t)nrs_set_count(set) + 1, sizeof(*lines));
	struct nrs_digest *digest = nrs_digest_new();
	const size_t count = lines == NULL ? SIZE_MAX : sort_lines(&s, lines);
	int err = count == SIZE_MAX || digest == NULL ? NRS_E_NOMEM : NRS_OK;
	uint8_t sum[NRS_SHA256_LEN];
	char hex[2 * NRS_SHA256_LEN + 1];

	for (size_t i = 0; i < count && err == NRS_OK; i++) {
		put_again(set, &lines[i], &s.one);
		nrs_digest_add(digest, nrs_text_span(&s.one));
		err = s.one.failed ? NRS_E_NOMEM : NRS_OK;
	}
	if (digest != NULL)
		nrs_digest_finish(digest, sum);
	if (err == NRS_OK) {
		nrs_hex(nrs_span(sum, sizeof(sum)), hex);
		nrs_text_printf(out, "sha256:%s", hex);
	}
	nrs_text_fini(&s.one);
	nrs_text_fini(&s.other);
	free(lines);
	return err;
}
