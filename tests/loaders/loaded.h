/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loaded: a text through one format's reader, and what came of it as lines:
 * "STATUS ID PATTERN", then "reason: ...", then refusals as "line N: ...".
 */
#pragma once

#include "tests/nrs_test.h"

#include "loaders/reader.h"

struct loaded {
	struct nrs_set *set;
	struct nrs_loader_result result;
	struct nrs_diag diag;
	int err;
};

/* @text through @open in pieces of @piece. */
static inline void load_pieces(struct loaded *l, nrs_reader_open_fn *open,
			       struct nrs_span text, size_t piece)
{
	const struct nrs_loader_options options = {0};
	struct nrs_reader *reader = NULL;
	uint32_t source;

	*l = (struct loaded){0};
	assert_int_equal(nrs_set_new(&l->set), NRS_OK);
	assert_int_equal(nrs_set_source(l->set, nrs_span_of("test"),
					nrs_span_of("test"), &source),
			 NRS_OK);
	assert_int_equal(open(&reader, l->set, source, &options, NULL), NRS_OK);
	while (text.len > 0 && l->err == NRS_OK) {
		l->err = reader->push(reader, nrs_span_part(text, 0, piece));
		text = nrs_span_from(text, piece);
	}
	if (l->err == NRS_OK)
		l->err = reader->end(reader, &l->result, &l->diag);
	reader->free(reader);
}

static inline void load_text(struct loaded *l, nrs_reader_open_fn *open,
			     const char *text)
{
	load_pieces(l, open, nrs_span_of(text), 13);
}

static inline void loaded_fini(struct loaded *l)
{
	nrs_set_free(l->set);
	*l = (struct loaded){0};
}

/* Indicators and refusals as one text, with its NUL. */
static inline void loaded_say(const struct loaded *l, struct nrs_text *out)
{
	const struct nrs_set_refusal *refusal = NULL;
	const size_t refusals = nrs_set_refusals(l->set, &refusal);

	nrs_text_clear(out);
	for (uint32_t i = 0; i < nrs_set_count(l->set); i++) {
		const struct nrs_indicator *item = nrs_set_at(l->set, i);

		nrs_text_printf(out, "%s%s line %u %.*s%s%s\n",
				nrs_status_name((enum nrs_status)item->status),
				item->warned ? " warned" : "", item->place,
				(int)item->pattern.len,
				item->pattern.len == 0
					? ""
					: (const char *)item->pattern.ptr,
				item->status == NRS_STATUS_FULL ? ""
								: "reason: ",
				nrs_set_reason(l->set, i));
	}
	for (size_t i = 0; i < refusals; i++)
		nrs_text_printf(out, "refused line %llu: %.*s\n",
				(unsigned long long)refusal[i].place,
				(int)refusal[i].text.len,
				(const char *)refusal[i].text.ptr);
	nrs_text_putc(out, '\0');
}

/* Loads @text and compares with @expected, line by line. */
static inline void check_loaded(nrs_reader_open_fn *open, const char *text,
				const char *expected)
{
	struct nrs_text got = {0};
	struct loaded l;

	load_text(&l, open, text);
	loaded_say(&l, &got);
	assert_string_equal((const char *)got.ptr, expected);
	nrs_text_fini(&got);
	loaded_fini(&l);
}
