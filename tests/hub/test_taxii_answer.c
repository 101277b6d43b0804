/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resources of TAXII 2.1: in the shapes of its specification, and in those
 * that hubs send instead (specification sections 4.7 and 5.4).
 */
#include "hub/taxii_answer.h"

#include "engine/base/stamp.h"
#include "tests/base/own_arena.h"

static const struct nrs_json *json_of(const char *text)
{
	struct nrs_json *json = NULL;

	assert_int_equal(nrs_json_parse(nrs_span_of(text), arena, &json, NULL),
			 NRS_OK);
	return json;
}

static void discovery_lists_its_roots(void **state)
{
	struct nrs_taxii_discovery hub;

	(void)state;
	assert_int_equal(
		nrs_taxii_parse_discovery(
			json_of("{\"title\":\"T\",\"default\":\"/a/\","
				"\"api_roots\":[\"/a/\",7,\"\",\"/b/\"]}"),
			&hub),
		NRS_OK);
	assert_int_equal(hub.root_count, 2);
	assert_true(nrs_span_is(hub.roots[1], "/b/"));
	assert_true(nrs_span_is(hub.default_root, "/a/"));
	assert_int_equal(
		nrs_taxii_parse_discovery(json_of("{\"versions\":[]}"), &hub),
		NRS_E_FORMAT);
	assert_int_equal(nrs_taxii_parse_discovery(json_of("[1]"), &hub),
			 NRS_E_FORMAT);
}

static void more_roots_than_the_cap_are_dropped(void **state)
{
	struct nrs_taxii_discovery hub;
	struct nrs_text text = {0};

	(void)state;
	nrs_text_puts(&text, "{\"api_roots\":[\"/\"");
	for (int i = 0; i < 100; i++)
		nrs_text_puts(&text, ",\"/x/\"");
	nrs_text_puts(&text, "]}");
	nrs_text_putc(&text, '\0');
	assert_int_equal(
		nrs_taxii_parse_discovery(json_of((char *)text.ptr), &hub),
		NRS_OK);
	assert_int_equal(hub.root_count, NRS_TAXII_ROOTS_MAX);
	nrs_text_fini(&text);
}

static void a_root_says_its_version_and_its_limit(void **state)
{
	struct nrs_taxii_root root;

	(void)state;
	assert_int_equal(
		nrs_taxii_parse_root(
			json_of("{\"title\":\"R\",\"versions\":[\"application/"
				"taxii+json;version=2.1\"],"
				"\"max_content_length\":104857600}"),
			&root),
		NRS_OK);
	assert_true(root.speaks_21);
	assert_int_equal(root.max_content_length, 104857600);
	assert_int_equal(
		nrs_taxii_parse_root(json_of("{\"versions\":[\"taxii-2.0\"],"
					     "\"max_content_length\":-1}"),
				     &root),
		NRS_OK);
	assert_false(root.speaks_21);
	assert_int_equal(root.max_content_length, 0);
	assert_int_equal(
		nrs_taxii_parse_root(json_of("{\"title\":\"R\"}"), &root),
		NRS_E_FORMAT);
}

static void collections_come_in_order_without_the_unusable(void **state)
{
	struct nrs_taxii_collection *list = NULL;

	(void)state;
	assert_int_equal(
		nrs_taxii_parse_collections(
			json_of("{\"collections\":[{\"id\":\"1\",\"title\":"
				"\"one\",\"alias\":\"uno\",\"can_read\":true,"
				"\"can_write\":false},{\"title\":\"no id\"},3,"
				"{\"id\":\"2\",\"can_write\":true}]}"),
			arena, &list),
		NRS_OK);
	assert_non_null(list);
	assert_true(nrs_span_is(list->id, "1"));
	assert_true(nrs_span_is(list->alias, "uno"));
	assert_true(list->can_read && !list->can_write);
	assert_non_null(list->next);
	assert_true(nrs_span_is(list->next->id, "2"));
	assert_true(!list->next->can_read && list->next->can_write);
	assert_null(list->next->next);
	assert_int_equal(
		nrs_taxii_parse_collections(json_of("{}"), arena, &list),
		NRS_OK);
	assert_null(list);
	assert_int_equal(nrs_taxii_parse_collections(
				 json_of("{\"collections\":{}}"), arena, &list),
			 NRS_E_FORMAT);
}

static void a_status_names_each_object_and_why(void **state)
{
	struct nrs_taxii_status status;

	(void)state;
	assert_int_equal(
		nrs_taxii_parse_status(
			json_of("{\"id\":\"s1\",\"status\":\"complete\","
				"\"total_count\":2,\"success_count\":1,"
				"\"successes\":[{\"id\":\"a\",\"version\":"
				"\"2018-05-27T12:02:41.312Z\",\"message\":"
				"\"Object already added\"}],"
				"\"failure_count\":1,\"failures\":[{\"id\":"
				"\"b\",\"message\":\"no\"}],"
				"\"pending_count\":0}"),
			arena, &status),
		NRS_OK);
	assert_true(status.is_complete);
	assert_int_equal(status.total, 2);
	assert_non_null(status.successes);
	assert_true(nrs_span_is(status.successes->id, "a"));
	/* date -u +%s -d 2018-05-27T12:02:41Z */
	assert_int_equal(status.successes->version_ns, 1527422561312000000);
	assert_non_null(status.failures);
	assert_true(nrs_span_is(status.failures->message, "no"));
	assert_int_equal(status.failures->version_ns, NRS_TIME_MIN);
	assert_null(status.pendings);
}

static void a_status_of_counts_alone_is_one(void **state)
{
	struct nrs_taxii_status status;

	(void)state;
	assert_int_equal(
		nrs_taxii_parse_status(
			json_of("{\"id\":\"work_1_2024-12-27T17:24:03.420Z\","
				"\"status\":\"pending\",\"total_count\":3,"
				"\"pending_count\":3}"),
			arena, &status),
		NRS_OK);
	assert_false(status.is_complete);
	assert_int_equal(status.pending, 3);
	assert_null(status.pendings);
}

static void what_is_no_status_is_refused(void **state)
{
	static const char *const texts[] = {
		"{}",
		"[]",
		"{\"id\":\"s1\"}",
		"{\"id\":\"s1\",\"status\":\"maybe\"}",
		"{\"status\":\"pending\"}", /* nothing to ask for */
		"{\"title\":\"an error\"}"};
	struct nrs_taxii_status status;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		print_message("%s\n", texts[i]);
		assert_int_equal(nrs_taxii_parse_status(json_of(texts[i]),
							arena, &status),
				 NRS_E_FORMAT);
	}
}

static void an_error_body_gives_one_plain_line(void **state)
{
	static const struct {
		const char *body, *text;
	} bodies[] = {
		{"{\"title\":\"Denied\",\"description\":\"no\\r\\nX: "
		 "y\\u0007\"}",
		 "Denied: no  X: y "},
		{"{\"title\":\"Denied\"}", "Denied"},
		{"{\"description\":\"no\"}", "no"},
		{"{\"title\":7}", ""},
		{"<html>401</html>", ""},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		struct nrs_text out = {0};

		print_message("%s\n", bodies[i].body);
		nrs_taxii_error_text(nrs_span_of(bodies[i].body), &out);
		assert_true(nrs_span_is(nrs_text_span(&out), bodies[i].text));
		nrs_text_fini(&out);
	}
}

#define WITH_ARENA(test)                                                       \
	cmocka_unit_test_setup_teardown(test, new_arena, free_arena)

static void a_manifest_lists_ids_with_their_dates(void **state)
{
	struct nrs_taxii_manifest page;

	(void)state;
	assert_int_equal(
		nrs_taxii_parse_manifest(
			json_of("{\"more\":true,\"objects\":["
				"{\"id\":\"tool--1\",\"date_added\":"
				"\"2026-02-01T00:00:00.000001Z\",\"version\":"
				"\"2026-01-01T00:00:00Z\"},{\"id\":7},{},7,"
				"{\"id\":\"tool--2\",\"date_added\":"
				"\"undefined\"}]}"),
			arena, &page),
		NRS_OK);
	assert_true(page.more);
	const struct nrs_taxii_row *row = page.rows;
	assert_true(nrs_span_is(row->id, "tool--1"));
	assert_int_equal(row->added_ns, INT64_C(1769904000000001000));
	assert_int_equal(row->version_ns, INT64_C(1767225600000000000));
	row = row->next;
	assert_true(nrs_span_is(row->id, "tool--2"));
	assert_int_equal(row->added_ns, NRS_TIME_MIN);
	assert_int_equal(row->version_ns, NRS_TIME_MIN);
	assert_null(row->next);
	assert_int_equal(nrs_taxii_parse_manifest(json_of("{}"), arena, &page),
			 NRS_OK);
	assert_null(page.rows);
	assert_int_equal(nrs_taxii_parse_manifest(json_of("[]"), arena, &page),
			 NRS_E_FORMAT);
	assert_int_equal(nrs_taxii_parse_manifest(json_of("{\"objects\":7}"),
						  arena, &page),
			 NRS_E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ARENA(discovery_lists_its_roots),
		WITH_ARENA(more_roots_than_the_cap_are_dropped),
		WITH_ARENA(a_root_says_its_version_and_its_limit),
		WITH_ARENA(collections_come_in_order_without_the_unusable),
		WITH_ARENA(a_status_names_each_object_and_why),
		WITH_ARENA(a_status_of_counts_alone_is_one),
		WITH_ARENA(what_is_no_status_is_refused),
		WITH_ARENA(a_manifest_lists_ids_with_their_dates),
		cmocka_unit_test(an_error_body_gives_one_plain_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
