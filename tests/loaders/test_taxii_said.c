/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was pulled and may speak of ours is handed out once, in its order, and
 * goes on where it stopped.
 */
#include "loaders/taxii_said.h"

#include "tests/loaders/taxii_pull.h"

#define OBJECT(type, n) "{\"type\":\"" type "\",\"id\":\"" type "--" n "\"}"

static int collect(void *ctx, const struct nrs_json *object)
{
	struct nrs_text *all = ctx;

	nrs_text_add(all, nrs_json_text(object, "id"));
	nrs_text_putc(all, ' ');
	return NRS_OK;
}

static int refuse(void *ctx, const struct nrs_json *object)
{
	(void)ctx, (void)object;
	return NRS_E_IO;
}

static void notes_and_their_like_come_once_in_order(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		PAGE(T1, OBJECT("note", "1") "," OBJECT("tool", "1") "," OBJECT(
				 "opinion", "1")),
		PAGE(T2, OBJECT("sighting", "1")),
	};
	struct nrs_text all = {0};
	const struct nrs_taxii_said from = {.store = disk.store,
					    .where = &config.where,
					    .fn = collect,
					    .ctx = &all};
	struct nrs_taxii_said failing = from;
	int64_t after = 0;

	(void)state;
	(void)walk_some(list, 4);
	failing.fn = refuse;
	assert_int_equal(nrs_taxii_said(&failing, &after, NULL), NRS_E_IO);
	assert_int_equal(after, 0);
	assert_int_equal(nrs_taxii_said(&from, &after, NULL), NRS_OK);
	assert_true(nrs_span_is(nrs_text_span(&all), "note--1 opinion--1 "));
	(void)walk_on(5);
	nrs_text_clear(&all);
	assert_int_equal(nrs_taxii_said(&from, &after, NULL), NRS_OK);
	assert_true(nrs_span_is(nrs_text_span(&all), "sighting--1 "));
	nrs_text_fini(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(notes_and_their_like_come_once_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
