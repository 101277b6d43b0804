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
#define PAGE(...)                                                              \
	{                                                                      \
		.status = 200, .body = "{\"objects\":[" __VA_ARGS__ "]}"       \
	}
#define NS1 (INT64_C(1769904000) * SECOND + 1000)  /* T1 */
#define NS2 (NS1 + INT64_C(86400) * SECOND + 1000) /* T2 */

static void a_hub_without_dates_gets_them_from_its_manifest(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		PAGE(TOOL("1") "," TOOL("2")),
		PAGE(ROW("1", T1) "," ROW("2", T2)),
		{.status = 200, .body = "{}"},
	};
	const struct nrs_taxii_in_config config = config_of();
	struct canned hub = HUB(list);

	(void)state;
	start(&config);
	(void)run_all(&hub);
	assert_string_equal(hub.urls[4], MANIFEST "limit=2");
	assert_string_equal(hub.urls[5], OBJECTS AFTER_T2 "limit=2");
	assert_int_equal(nrs_taxii_in_state(in)->watermark_ns, NS2);
	assert_int_equal(nrs_taxii_in_state(in)->health, NRS_TAXII_IN_WELL);
}

/* Tool 2 came between the page and the manifest. */
static void what_the_manifest_has_more_is_asked_for_by_id(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		PAGE(TOOL("1")),
		PAGE(ROW("1", T1) "," ROW("2", T2)),
		PAGE(TOOL("2")),
		{.status = 200, .body = "{}"},
	};
	const struct nrs_taxii_in_config config = config_of();
	struct canned hub = HUB(list);

	(void)state;
	start(&config);
	(void)run_all(&hub);
	assert_string_equal(hub.urls[5],
			    OBJECTS "limit=1&match%5Bid%5D=tool--2");
	assert_int_equal(nrs_taxii_in_state(in)->objects, 2);
	assert_int_equal(nrs_taxii_in_state(in)->watermark_ns, NS2);
}

static void what_is_listed_and_not_given_holds_the_watermark(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		PAGE(TOOL("1")),
		PAGE(ROW("1", T1) "," ROW("2", T2) "," ROW("3", T2)),
		PAGE(TOOL("3")),
		{.status = 200, .body = "{}"},
	};
	const struct nrs_taxii_in_config config = config_of();
	struct canned hub = HUB(list);

	(void)state;
	start(&config);
	hub.count = 6;
	(void)run_all(&hub);
	now_ns += SECOND;
	hub.answers = list + 6;
	hub.asked = 0;
	hub.count = 0;
	struct nrs_taxii_in_step step;
	const struct nrs_http http = canned_http(&hub);
	assert_int_equal(nrs_taxii_in_step(in, &http, now_ns, &step, NULL),
			 NRS_OK);
	assert_true(step.is_end);
	assert_int_equal(nrs_taxii_in_state(in)->objects, 2);
	assert_int_equal(nrs_taxii_in_state(in)->watermark_ns, NS1 - 1000);
	assert_int_equal(nrs_taxii_in_state(in)->health, NRS_TAXII_IN_STUCK);
	assert_string_equal(nrs_taxii_in_state(in)->message,
			    "the hub lists 1 objects that it does not give");
}

static void a_circle_of_pages_is_left_by_the_manifest(void **state)
{
	static const struct canned_answer circle = {
		.status = 200,
		.last = T1,
		.body = "{\"more\":true,\"objects\":[" TOOL("1") "]}"};
	/* 5,000: asked for twice more, then with the largest limit */
	const struct canned_answer list[] = {
		FOUND,
		circle,
		circle,
		circle,
		PAGE(ROW("1", T1) "," ROW("2", T1)),
		PAGE(TOOL("2")),
		{.status = 200, .body = "{}"},
	};
	struct nrs_taxii_in_config config = config_of();
	struct canned hub = HUB(list);

	(void)state;
	config.limit = 5000;
	start(&config);
	(void)run_all(&hub);
	assert_string_equal(hub.urls[5], OBJECTS AFTER_T1 "limit=10000");
	assert_string_equal(hub.urls[6], MANIFEST AFTER_T1 "limit=5000");
	assert_string_equal(hub.urls[7],
			    OBJECTS "limit=1&match%5Bid%5D=tool--2");
	assert_int_equal(nrs_taxii_in_state(in)->objects, 2);
	assert_int_equal(nrs_taxii_in_state(in)->watermark_ns, NS1);
	assert_int_equal(nrs_taxii_in_state(in)->health, NRS_TAXII_IN_WELL);
}

/* A week later it is all read again. */
static void refresh(bool is_authoritative)
{
	static const struct canned_answer list[] = {
		FOUND,
		{.status = 200,
		 .last = T2,
		 .body = "{\"objects\":[" TOOL("1") "," TOOL("2") "]}"},
		{.status = 200,
		 .last = T2,
		 .body = "{\"objects\":[" TOOL("2") "," TOOL("3") "]}"},
	};
	struct nrs_taxii_in_config config = config_of();
	struct canned hub = HUB(list);

	config.is_authoritative = is_authoritative;
	start(&config);
	hub.count = 4;
	(void)run_all(&hub);
	now_ns += INT64_C(604800) * SECOND;
	hub.count = 5;
	const struct nrs_taxii_in_step step = run_all(&hub);
	assert_string_equal(hub.urls[4], OBJECTS "limit=2");
	assert_true(step.has_new);
	assert_int_equal(nrs_taxii_in_state(in)->withdrawn, is_authoritative);
	assert_int_equal(nrs_taxii_in_state(in)->objects,
			 is_authoritative ? 2 : 3);
	assert_int_equal(nrs_taxii_in_state(in)->watermark_ns, NS2);
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
		{.status = 200,
		 .last = T1,
		 .body = "{\"objects\":[" TOOL("1") "]}"},
		{.status = 200,
		 .last = T1,
		 .body = "{\"objects\":[" TOOL("1") "," TOOL("2") "]}"},
	};
	struct nrs_taxii_in_config config = config_of();
	struct canned hub = HUB(list);

	(void)state;
	config.overlaps = true;
	start(&config);
	(void)run_all(&hub);
	assert_string_equal(hub.urls[4], OBJECTS AFTER_T1 "limit=2");
	assert_int_equal(nrs_taxii_in_state(in)->objects, 2);
	assert_int_equal(nrs_taxii_in_state(in)->watermark_ns, NS1 - 1000);
}

static void a_person_may_ask_for_a_refresh(void **state)
{
	static const struct canned_answer list[] = {
		FOUND,
		{.status = 200,
		 .last = T2,
		 .body = "{\"objects\":[" TOOL("1") "]}"},
		{.status = 200,
		 .last = T2,
		 .body = "{\"objects\":[" TOOL("1") "]}"},
	};
	const struct nrs_taxii_in_config config = config_of();
	struct canned hub = HUB(list);

	(void)state;
	start(&config);
	hub.count = 4;
	(void)run_all(&hub);
	nrs_taxii_in_refresh(in);
	nrs_taxii_in_wake(in);
	hub.count = 5;
	(void)run_all(&hub);
	assert_string_equal(hub.urls[4], OBJECTS "limit=2");
	assert_int_equal(nrs_taxii_in_state(in)->watermark_ns, NS2);
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
