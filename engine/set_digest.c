/* SPDX-License-Identifier: Apache-2.0 */
/*
 * set_digest: one digest that names a set, whatever files it came in.
 *
 * SHA-256 over the sorted lines of all indicators that are matched. Lines are
 * built into one buffer and sorted by offset.
 */
#include <stdlib.h>

#include "engine/base/crypto.h"
#include "engine/set.h"

struct line {
	const uint8_t *ptr;
	size_t len;
};

static int by_text(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	return nrs_span_compare(nrs_span(x->ptr, x->len),
				nrs_span(y->ptr, y->len));
}

static void put_time(struct nrs_text *out, int64_t ns)
{
	char stamp[NRS_STAMP_LEN];

	if (ns != NRS_TIME_MIN && ns != NRS_TIME_MAX)
		nrs_text_add(out,
			     nrs_span(stamp, nrs_stamp_format(ns, 9, stamp)));
	nrs_text_putc(out, '\t');
}

static void put_line(const struct nrs_set *set, uint32_t index,
		     struct nrs_text *out)
{
	const struct nrs_indicator *item = nrs_set_at(set, index);

	nrs_set_id(set, index, out);
	nrs_text_putc(out, '\t');
	put_time(out, item->modified_ns);
	nrs_set_pattern(set, index, out);
	nrs_text_putc(out, '\t');
	put_time(out, item->valid_from_ns);
	put_time(out, item->valid_until_ns);
	nrs_text_printf(out, "%d\t%s\t", item->confidence,
			nrs_tlp_name((enum nrs_tlp)item->tlp));
	nrs_text_add(out, nrs_set_source_of(set, item->source)->name);
}

int nrs_set_digest(const struct nrs_set *set, struct nrs_text *out)
{
	const uint32_t count = nrs_set_count(set);
	size_t *ends = calloc((size_t)count + 1, sizeof(*ends));
	struct line *lines = calloc((size_t)count + 1, sizeof(*lines));
	struct nrs_text text = {0};
	struct nrs_digest *digest = nrs_digest_new();
	uint8_t sum[NRS_SHA256_LEN];
	char hex[2 * NRS_SHA256_LEN + 1];
	uint32_t used = 0;
	int err = NRS_E_NOMEM;

	if (ends == NULL || lines == NULL || digest == NULL)
		goto done;
	for (uint32_t i = 0; i < count; i++) {
		const uint8_t status = nrs_set_at(set, i)->status;

		if (status != NRS_STATUS_FULL && status != NRS_STATUS_PARTIAL)
			continue;
		put_line(set, i, &text);
		ends[used++] = text.len;
	}
	if (text.failed)
		goto done;
	for (uint32_t i = 0; i < used; i++) {
		const size_t begin = i == 0 ? 0 : ends[i - 1];

		lines[i] = (struct line){text.ptr + begin, ends[i] - begin};
	}
	qsort(lines, used, sizeof(*lines), by_text);
	for (uint32_t i = 0; i < used; i++) {
		nrs_digest_add(digest, nrs_span(lines[i].ptr, lines[i].len));
		nrs_digest_add(digest, nrs_span_of("\n"));
	}
	err = NRS_OK;
done:
	if (digest != NULL)
		nrs_digest_finish(digest, sum);
	if (err == NRS_OK) {
		nrs_hex(nrs_span(sum, sizeof(sum)), hex);
		nrs_text_printf(out, "sha256:%s", hex);
	}
	nrs_text_fini(&text);
	free(ends);
	free(lines);
	return err;
}
