/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader_text: a text through one reader, in pieces of any size, and rows of
 * what must come out of it.
 */
#pragma once

#include "tests/nrs_test.h"

#include "loaders/reader.h"

/* Read @text, @step octets at a time, with @format as options->format. */
static inline struct nrs_set *nrs_read_text(nrs_reader_open_fn *open,
					    const char *format,
					    const char *text, size_t step,
					    struct nrs_loader_result *result)
{
	const struct nrs_loader_options options = {.format =
							   nrs_span_of(format)};
	struct nrs_reader *reader = NULL;
	struct nrs_set *set = NULL;
	struct nrs_diag diag = {0};
	uint32_t source;

	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_set_source(set, nrs_span_of("feed"),
					nrs_span_of("feed"), &source),
			 NRS_OK);
	assert_int_equal(open(&reader, set, source, &options, &diag), NRS_OK);
	for (size_t at = 0; at < strlen(text); at += step)
		assert_int_equal(
			reader->push(reader, nrs_span_part(nrs_span_of(text),
							   at, step)),
			NRS_OK);
	if (reader->end(reader, result, &diag) != NRS_OK)
		print_message("%s\n", diag.text);
	reader->free(reader);
	return set;
}

/* One indicator that must be there. */
struct nrs_want {
	uint32_t place;
	const char *pattern, *labels, *description;
	int confidence;
};

static inline bool nrs_is_text(struct nrs_span span, const char *text)
{
	return nrs_span_is(span, text == NULL ? "" : text);
}

/* Fails with the row that is not as wanted. */
static inline void nrs_check_indicators(const struct nrs_set *set,
					const struct nrs_want *rows,
					uint32_t count)
{
	static const struct nrs_indicator_context none;
	struct nrs_text pattern = {0};

	for (uint32_t i = 0; i < count && i < nrs_set_count(set); i++) {
		const struct nrs_indicator *item = nrs_set_at(set, i);
		const struct nrs_indicator_context *c =
			item->context == NULL ? &none : item->context;
		const struct nrs_span labels =
			nrs_indicator_background(item)->labels;

		nrs_text_clear(&pattern);
		nrs_set_pattern(set, i, &pattern);
		if (item->place == rows[i].place &&
		    nrs_is_text(nrs_text_span(&pattern), rows[i].pattern) &&
		    nrs_is_text(labels, rows[i].labels) &&
		    nrs_is_text(c->description, rows[i].description) &&
		    item->confidence == rows[i].confidence)
			continue;
		print_error("%u, wanted %s: place %u, %.*s, labels '%.*s', "
			    "description '%.*s', confidence %d\n",
			    i, rows[i].pattern, item->place, (int)pattern.len,
			    (const char *)pattern.ptr, (int)labels.len,
			    (const char *)labels.ptr, (int)c->description.len,
			    (const char *)c->description.ptr, item->confidence);
		fail();
	}
	nrs_text_fini(&pattern);
	assert_int_equal(nrs_set_count(set), count);
}

struct nrs_want_refusal {
	uint64_t place;
	const char *text;
};

static inline void nrs_check_refusals(const struct nrs_set *set,
				      const struct nrs_want_refusal *rows,
				      size_t count)
{
	const struct nrs_set_refusal *refusals;
	const size_t found = nrs_set_refusals(set, &refusals);

	for (size_t i = 0; i < count && i < found; i++) {
		if (refusals[i].place == rows[i].place &&
		    nrs_span_is(refusals[i].text, rows[i].text))
			continue;
		print_error("refusal %zu: %llu '%.*s'\n", i,
			    (unsigned long long)refusals[i].place,
			    (int)refusals[i].text.len,
			    (const char *)refusals[i].text.ptr);
		fail();
	}
	assert_int_equal(found, count);
}
