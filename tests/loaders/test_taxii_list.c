/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks by the manifest, and refreshes: what is asked, what is kept, and that
 * the watermark never passes what is not kept (specification section 5.2).
 */
#include "tests/loaders/taxii_pull.h"

#define MANIFEST URL "collections/22/manifest/?"
#define V "2026-01-01T00:00:00.000Z"
#define TOOL(n)                                                                \
	"{\"type\":\"tool\",\"id\":\"tool--" n "\",\"modified\":\"" V "\"}"
#define ROW(n, date)                                                           \
	"{\"id\":\"tool--" n "\",\"version\":\"" V "\",\"date_added\":\"" date \
	"\"}"

static void a_hub_without_dates_gets_them_from_its_manifest(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		PAGE(NULL, TOOL("1") "," TOOL("2")),
		PAGE(NULL, ROW("1", T1) "," ROW("2", T2)),
		EMPTY,
	};

	(void)state;
	(void)WALK(list);
	assert_string_equal(hub.urls[4], MANIFEST "limit=2");
	assert_string_equal(hub.urls[5], OBJECTS AFTER_T2 "limit=2");
	assert_int_equal(is()->watermark_ns, NS2);
	assert_int_equal(is()->health, NRS_TAXII_IN_WELL);
}

/* Tool 2 came between the page and the manifest. */
static void what_the_manifest_has_more_is_asked_for_by_id(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		PAGE(NULL, TOOL("1")),
		PAGE(NULL, ROW("1", T1) "," ROW("2", T2)),
		PAGE(NULL, TOOL("2")),
		EMPTY,
	};

	(void)state;
	(void)WALK(list);
	assert_string_equal(hub.urls[5],
			    OBJECTS "limit=1&match%5Bid%5D=tool--2");
	assert_int_equal(is()->objects, 2);
	assert_int_equal(is()->watermark_ns, NS2);
}

static void what_is_listed_and_not_given_holds_the_watermark(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		PAGE(NULL, TOOL("1")),
		PAGE(NULL, ROW("1", T1) "," ROW("2", T2) "," ROW("3", T2)),
		PAGE(NULL, TOOL("3")),
	};

	(void)state;
	(void)walk_some(list, 6);
	now_ns += SECOND;
	struct nrs_taxii_in_step step;
	/* without asking: all answers are used up */
	assert_int_equal(step_now(&step, NULL), NRS_OK);
	assert_true(step.is_end);
	assert_int_equal(is()->objects, 2);
	assert_int_equal(is()->watermark_ns, NS1 - 1000);
	assert_int_equal(is()->health, NRS_TAXII_IN_STUCK);
	assert_string_equal(is()->message,
			    "the hub lists 1 objects that it does not give");
}

static void a_circle_of_pages_is_left_by_the_manifest(void **state)
{
	/* 5,000: asked for twice more, then with the largest limit */
	const struct canned_answer list[] = {
		FOUND,
		MORE(T1, TOOL("1")),
		MORE(T1, TOOL("1")),
		MORE(T1, TOOL("1")),
		PAGE(NULL, ROW("1", T1) "," ROW("2", T1)),
		PAGE(NULL, TOOL("2")),
		EMPTY,
	};

	(void)state;
	config.limit = 5000;
	(void)WALK(list);
	assert_string_equal(hub.urls[5], OBJECTS AFTER_T1 "limit=10000");
	assert_string_equal(hub.urls[6], MANIFEST AFTER_T1 "limit=5000");
	assert_string_equal(hub.urls[7],
			    OBJECTS "limit=1&match%5Bid%5D=tool--2");
	assert_int_equal(is()->objects, 2);
	assert_int_equal(is()->watermark_ns, NS1);
	assert_int_equal(is()->health, NRS_TAXII_IN_WELL);
}

/* A week later it is all read again. */
static void refresh(bool is_authoritative)
{
	static const struct canned_answer list[] = {
		FOUND,
		PAGE(T2, TOOL("1") "," TOOL("2")),
		PAGE(T2, TOOL("2") "," TOOL("3")),
	};

	config.is_authoritative = is_authoritative;
	(void)walk_some(list, 4);
	now_ns += INT64_C(604800) * SECOND;
	const struct nrs_taxii_in_step step = walk_on(5);
	assert_string_equal(hub.urls[4], OBJECTS "limit=2");
	assert_true(step.has_new);
	assert_int_equal(is()->withdrawn, is_authoritative);
	assert_int_equal(is()->objects, is_authoritative ? 2 : 3);
	assert_int_equal(is()->watermark_ns, NS2);
}

static void a_refresh_keeps_what_it_does_not_find(void **state)
{
	(void)state;
	refresh(false);
}

static void an_authoritative_hub_withdraws_by_silence(void **state)
{
	(void)state;
	refresh(true);
}

static void an_overlap_asks_for_the_last_time_again(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		PAGE(T1, TOOL("1")),
		PAGE(T1, TOOL("1") "," TOOL("2")),
	};

	(void)state;
	config.overlaps = true;
	(void)WALK(list);
	assert_string_equal(hub.urls[4], OBJECTS AFTER_T1 "limit=2");
	assert_int_equal(is()->objects, 2);
	assert_int_equal(is()->watermark_ns, NS1 - 1000);
}

static void a_person_may_ask_for_a_refresh(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		PAGE(T2, TOOL("1")),
		PAGE(T2, TOOL("1")),
	};

	(void)state;
	(void)walk_some(list, 4);
	nrs_taxii_in_refresh(in);
	nrs_taxii_in_wake(in);
	(void)walk_on(5);
	assert_string_equal(hub.urls[4], OBJECTS "limit=2");
	assert_int_equal(is()->watermark_ns, NS2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(a_hub_without_dates_gets_them_from_its_manifest),
		WITH_STORE(what_the_manifest_has_more_is_asked_for_by_id),
		WITH_STORE(what_is_listed_and_not_given_holds_the_watermark),
		WITH_STORE(a_circle_of_pages_is_left_by_the_manifest),
		WITH_STORE(a_refresh_keeps_what_it_does_not_find),
		WITH_STORE(an_authoritative_hub_withdraws_by_silence),
		WITH_STORE(a_person_may_ask_for_a_refresh),
		WITH_STORE(an_overlap_asks_for_the_last_time_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
