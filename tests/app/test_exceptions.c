/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_exceptions: lists are loaded all or none, and each veto is on record.
 */
#include "app/exceptions.h"

#include "tests/app/workshop.h"

static struct nrs_set *set_of(const char *const *names, unsigned int count)
{
	struct nrs_set *set = NULL;
	uint32_t source;

	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_set_source(set, nrs_span_of("block"),
					nrs_span_of("block"), &source),
			 NRS_OK);
	for (unsigned int i = 0; i < count; i++) {
		const struct nrs_indicator item = {
			.id = nrs_span_of("indicator--1"),
			.pattern = nrs_span_of(names[i]),
			.shape = NRS_SHAPE_NAME,
			.valid_until_ns = NRS_TIME_MAX};

		assert_int_equal(nrs_set_add(set, &item), NRS_OK);
	}
	return set;
}

static void lists_are_loaded_all_or_none(void **state)
{
	const char *const good =
		workshop_write("own.txt", "a.example # ours\n");
	const char *const both[] = {good, "/nonexistent/own.txt"};
	struct nrs_allow *allow = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	assert_int_equal(nrs_exceptions_load(&allow, both, 0, &diag), NRS_OK);
	assert_null(allow);
	assert_int_equal(nrs_exceptions_load(&allow, both, 2, &diag), NRS_E_IO);
	assert_null(allow);
	assert_non_null(strstr(diag.text, "/nonexistent/own.txt: "));
	assert_int_equal(nrs_exceptions_load(&allow, both, 1, &diag), NRS_OK);
	assert_int_equal(nrs_allow_lists(allow), 1);
	nrs_allow_free(allow);
}

static void each_veto_is_on_record(void **state)
{
	static const char *const names[] = {"a.example", "b.example",
					    "c.a.example"};
	static const char want[] =
		"{\"indicator\":\"indicator--1\",\"modified\":\"1970-01-01T00:"
		"00:00.000000Z\",\"pattern\":\"[domain-name:value = "
		"'a.example']\",\"source\":\"block\",\"veto\":\"exception "
		"a.example of own.txt, line 2: ours\"}\n";
	const char *const path =
		workshop_write("own.txt", "# what is ours\na.example # ours\n"
					  "no exception at all\n"
					  "d.example until=2020-01-01\n");
	struct nrs_set *set = set_of(names, 3);
	struct nrs_allow *allow = NULL;
	struct nrs_text text = {0};

	(void)state;
	assert_int_equal(nrs_exceptions_load(&allow, &path, 1, NULL), NRS_OK);
	assert_int_equal(
		nrs_allow_run(allow, set, INT64_C(1790000000) * NRS_SECOND_NS),
		NRS_OK);
	nrs_exceptions_text(allow, &text);
	assert_true(nrs_span_is(nrs_text_span(&text),
				"own.txt: 2 exceptions, over 1, refused 1, "
				"vetoes 1\n"));
	nrs_text_clear(&text);
	nrs_vetoes_text(set, &text);
	assert_true(nrs_span_is(nrs_text_span(&text), want));
	nrs_text_fini(&text);
	assert_int_equal(nrs_vetoes_write(set, workshop_path("vetoes.jsonl")),
			 NRS_OK);
	assert_string_equal(workshop_read("vetoes.jsonl"), want);
	assert_int_equal(nrs_vetoes_write(set, "/nonexistent/vetoes.jsonl"),
			 NRS_E_IO);
	nrs_allow_free(allow);
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_loaded_all_or_none),
		cmocka_unit_test(each_veto_is_on_record),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
