/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_rows: values and whole indicators in the order they came, however they
 * take turns; what a pointer shows, and what a change is seen by.
 */
#include "engine/rows.h"

#include <pthread.h>

#include "tests/nrs_test.h"

static struct nrs_indicator value(const char *text, uint32_t place)
{
	return (struct nrs_indicator){.pattern = nrs_span_of(text),
				      .created_ns = 1,
				      .modified_ns = 2,
				      .valid_from_ns = 3,
				      .valid_until_ns = NRS_TIME_MAX,
				      .place = place,
				      .confidence = 50,
				      .shape = NRS_SHAPE_NAME,
				      .status = NRS_STATUS_FULL};
}

static void assert_item(const struct nrs_rows *rows, uint32_t index,
			const struct nrs_indicator *want)
{
	struct nrs_indicator got;

	nrs_rows_get(rows, index, &got);
	assert_true(nrs_span_equal(got.id, want->id));
	assert_true(nrs_span_equal(got.pattern, want->pattern));
	assert_ptr_equal(got.context, want->context);
	assert_int_equal(got.created_ns, want->created_ns);
	assert_int_equal(got.modified_ns, want->modified_ns);
	assert_int_equal(got.valid_from_ns, want->valid_from_ns);
	assert_int_equal(got.valid_until_ns, want->valid_until_ns);
	assert_int_equal(got.source, want->source);
	assert_int_equal(got.reason, want->reason);
	assert_int_equal(got.place, want->place);
	assert_int_equal(got.confidence, want->confidence);
	assert_int_equal(got.tlp, want->tlp);
	assert_int_equal(got.shape, want->shape);
	assert_int_equal(got.status, want->status);
	assert_int_equal(got.version, want->version);
	assert_int_equal(got.warned, want->warned);
}

/* A value that differs in one thing from the one before it keeps it. */
static void values_keep_what_is_their_own(void **state)
{
	struct nrs_indicator all[12];
	struct nrs_rows rows = {0};

	(void)state;
	for (uint32_t i = 0; i < 12; i++)
		all[i] = value("c2.example", i + 1);
	all[1].created_ns = 7;
	all[2].modified_ns = 7;
	all[3].valid_from_ns = 7;
	all[4].valid_until_ns = 7;
	all[5].source = 7;
	all[6].confidence = 7;
	all[7].tlp = NRS_TLP_RED;
	all[8].version = 1;
	all[9].shape = NRS_SHAPE_URL;
	all[10].status = NRS_STATUS_REJECTED;
	all[10].reason = 7;
	all[11].warned = true;
	for (uint32_t i = 0; i < 12; i++)
		assert_int_equal(nrs_rows_add_value(&rows, &all[i]), NRS_OK);
	assert_int_equal(rows.count, 12);
	for (uint32_t i = 0; i < 12; i++)
		assert_item(&rows, i, &all[i]);
	nrs_rows_fini(&rows);
}

/* More of both, in turn and in runs, than one array begins with. */
static void the_order_is_the_one_they_came_in(void **state)
{
	static char id[] = "indicator--x";
	static char texts[2000][16];
	struct nrs_rows rows = {0};

	(void)state;
	for (uint32_t i = 0; i < 2000; i++) {
		struct nrs_indicator item = value(texts[i], i);

		snprintf(texts[i], sizeof(texts[i]), "%u.example", i);
		item.pattern = nrs_span_of(texts[i]);
		/* ten in turn, then runs of three hundred */
		const bool is_whole = i < 200 ? i % 2 : i / 300 % 2;
		if (is_whole)
			item.id = nrs_span_of(id);
		assert_int_equal(is_whole ? nrs_rows_add(&rows, &item)
					  : nrs_rows_add_value(&rows, &item),
				 NRS_OK);
	}
	assert_int_equal(rows.count, 2000);
	for (uint32_t i = 0; i < 2000; i++) {
		struct nrs_indicator want = value(texts[i], i);

		if (i < 200 ? i % 2 : i / 300 % 2)
			want.id = nrs_span_of(id);
		assert_item(&rows, i, &want);
		const struct nrs_indicator *at = nrs_rows_at(&rows, i);
		assert_int_equal(at->place, i);
		assert_true(nrs_span_equal(at->pattern, want.pattern));
	}
	nrs_rows_fini(&rows);
}

/* What has an id or says more stays whole, by whichever way it came. */
static void a_value_that_says_more_is_whole(void **state)
{
	static const struct nrs_indicator_context context = {0};
	static char text[70000];
	struct nrs_indicator said = value("a.example", 1),
			     named = value("b.example", 2), longer;
	struct nrs_rows rows = {0};

	(void)state;
	said.context = &context;
	named.id = nrs_span_of("indicator--1");
	longer = value("", 3);
	memset(text, 'a', sizeof(text));
	longer.pattern = nrs_span(text, sizeof(text)); /* more than 16 bits */
	assert_int_equal(nrs_rows_add_value(&rows, &said), NRS_OK);
	assert_int_equal(nrs_rows_add_value(&rows, &named), NRS_OK);
	assert_int_equal(nrs_rows_add_value(&rows, &longer), NRS_OK);
	assert_item(&rows, 0, &said);
	assert_item(&rows, 1, &named);
	assert_item(&rows, 2, &longer);
	nrs_rows_fini(&rows);
}

/* A pointer to a value stays while others are added, and is the same one. */
static void a_pointer_stays(void **state)
{
	struct nrs_indicator item = value("a.example", 1);
	struct nrs_rows rows = {0};

	(void)state;
	assert_int_equal(nrs_rows_add_value(&rows, &item), NRS_OK);
	const struct nrs_indicator *first = nrs_rows_at(&rows, 0);
	for (item.place = 2; item.place <= 3000; item.place++)
		assert_int_equal(nrs_rows_add_value(&rows, &item), NRS_OK);
	assert_ptr_equal(nrs_rows_at(&rows, 0), first);
	assert_int_equal(first->place, 1);
	assert_int_equal(nrs_rows_at(&rows, 2999)->place, 3000);
	nrs_rows_fini(&rows);
}

#define ASKED 5000u
struct asker {
	const struct nrs_rows *rows;
	const struct nrs_indicator *at[ASKED];
};

static void *ask(void *ctx)
{
	struct asker *asker = ctx;

	for (uint32_t i = 0; i < ASKED; i++)
		asker->at[i] = nrs_rows_at(asker->rows, i);
	return NULL;
}

/* Whoever asks first makes a value whole; the others get the same one. */
static void threads_that_ask_get_the_same(void **state)
{
	static struct asker askers[4];
	struct nrs_indicator item = value("a.example", 0);
	struct nrs_rows rows = {0};
	pthread_t threads[4];

	(void)state;
	for (item.place = 0; item.place < ASKED; item.place++)
		assert_int_equal(nrs_rows_add_value(&rows, &item), NRS_OK);
	for (int t = 0; t < 4; t++) {
		askers[t].rows = &rows;
		assert_int_equal(
			pthread_create(&threads[t], NULL, ask, &askers[t]), 0);
	}
	for (int t = 0; t < 4; t++)
		assert_int_equal(pthread_join(threads[t], NULL), 0);
	for (uint32_t i = 0; i < ASKED; i++) {
		assert_int_equal(askers[0].at[i]->place, i);
		for (int t = 1; t < 4; t++)
			assert_ptr_equal(askers[t].at[i], askers[0].at[i]);
	}
	nrs_rows_fini(&rows);
}

static void a_change_and_a_verdict_are_seen_by_all(void **state)
{
	const struct nrs_indicator item = value("a.example", 1);
	struct nrs_rows rows = {0};
	struct nrs_indicator got;

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(i < 2 ? nrs_rows_add(&rows, &item)
				       : nrs_rows_add_value(&rows, &item),
				 NRS_OK);
	for (uint32_t i = 0; i < 4; i++) {
		const struct nrs_indicator *before =
			i % 2 == 0 ? nrs_rows_at(&rows, i) : NULL;

		nrs_rows_judge(&rows, i, NRS_STATUS_REJECTED, 9);
		nrs_rows_get(&rows, i, &got);
		assert_int_equal(got.status, NRS_STATUS_REJECTED);
		assert_int_equal(got.reason, 9);
		assert_int_equal(nrs_rows_at(&rows, i)->reason, 9);
		assert_true(before == NULL || before->reason == 9);
		nrs_rows_edit(&rows, i)->confidence = 99;
		nrs_rows_get(&rows, i, &got);
		assert_int_equal(got.confidence, 99);
		assert_int_equal(nrs_rows_at(&rows, i)->confidence, 99);
		/* and again once it was changed */
		nrs_rows_judge(&rows, i, NRS_STATUS_FULL, 0);
		assert_int_equal(nrs_rows_at(&rows, i)->status,
				 NRS_STATUS_FULL);
		assert_int_equal(nrs_rows_at(&rows, i)->confidence, 99);
	}
	nrs_rows_fini(&rows);
	assert_int_equal(rows.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_keep_what_is_their_own),
		cmocka_unit_test(the_order_is_the_one_they_came_in),
		cmocka_unit_test(a_value_that_says_more_is_whole),
		cmocka_unit_test(a_pointer_stays),
		cmocka_unit_test(threads_that_ask_get_the_same),
		cmocka_unit_test(a_change_and_a_verdict_are_seen_by_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
