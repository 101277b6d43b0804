/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What answers a sighting of ours, what does not, and how much of it is kept.
 */
#include "sightings/answers.h"

#include "sightings/spool.h"
#include "tests/base/made_store.h"

#define OURS "sighting--11111111-1111-5111-8111-111111111111"
#define OTHER "sighting--22222222-2222-5222-8222-222222222222"
#define V1 "\"modified\":\"2026-03-01T12:00:00.000Z\""
#define V2 "\"modified\":\"2026-03-02T12:00:00.000Z\""
#define OPINION(n, version, word)                                              \
	"{\"type\":\"opinion\",\"id\":\"opinion--" n "\"," version             \
	",\"opinion\":\"" word "\",\"object_refs\":[\"" OURS "\"]}"

static struct made_store disk;
static struct nrs_arena *arena;

static int open_store(void **state)
{
	struct nrs_spool *spool = NULL;

	(void)state;
	arena = nrs_arena_new(0);
	made_store_begin(&disk, &nrs_spool_schema);
	assert_int_equal(nrs_spool_new(&spool, disk.store,
				       &(struct nrs_spool_limits){0}, NULL),
			 NRS_OK);
	const struct nrs_spool_post post = {.audience = nrs_span_of("isac-a"),
					    .id = nrs_span_of(OURS),
					    .whole = nrs_span_of("{}"),
					    .bare = nrs_span_of("{}"),
					    .state = NRS_SPOOL_QUEUED};
	assert_int_equal(nrs_spool_put(spool, &post, NULL), NRS_OK);
	nrs_spool_free(spool);
	return 0;
}

static int close_store(void **state)
{
	(void)state;
	made_store_end(&disk);
	nrs_arena_free(arena);
	return 0;
}

static unsigned int take(const char *text)
{
	struct nrs_json *json = NULL;
	unsigned int count = 77;

	nrs_arena_reset(arena);
	assert_int_equal(nrs_json_parse(nrs_span_of(text), arena, &json, NULL),
			 NRS_OK);
	assert_int_equal(nrs_answers_take(disk.store, json, &count, NULL),
			 NRS_OK);
	return count;
}

static void expect(uint64_t answered, uint64_t confirmed, uint64_t refuted)
{
	struct nrs_answers_counts counts;

	assert_int_equal(nrs_answers_count(disk.store, nrs_span_of("isac-a"),
					   &counts, NULL),
			 NRS_OK);
	assert_int_equal(counts.answered, answered);
	assert_int_equal(counts.confirmed, confirmed);
	assert_int_equal(counts.refuted, refuted);
}

static void what_names_a_sighting_of_ours_answers_it(void **state)
{
	static const struct {
		const char *name, *object;
		unsigned int count;
	} cases[] = {
		{"a note on ours",
		 "{\"type\":\"note\",\"id\":\"note--1\"," V1
		 ",\"content\":\"seen too\",\"object_refs\":[\"indicator--1\","
		 "\"" OURS "\"]}",
		 1},
		{"a note on another's",
		 "{\"type\":\"note\",\"id\":\"note--2\"," V1
		 ",\"object_refs\":[\"" OTHER "\"]}",
		 0},
		{"a relationship",
		 "{\"type\":\"relationship\",\"id\":\"relationship--1\"," V1
		 ",\"source_ref\":\"incident--1\",\"target_ref\":\"" OURS "\"}",
		 1},
		{"our own, given back",
		 "{\"type\":\"sighting\",\"id\":\"" OURS
		 "\",\"created\":\"2026-03-01T12:00:00.000Z\"," V1 "}",
		 0},
		{"a later version of ours",
		 "{\"type\":\"sighting\",\"id\":\"" OURS
		 "\",\"created\":\"2026-03-01T12:00:00.000Z\"," V2 "}",
		 1},
		{"another's sighting of the same indicator",
		 "{\"type\":\"sighting\",\"id\":\"" OTHER
		 "\",\"created\":\"2026-03-01T12:00:00.000Z\"," V2 "}",
		 0},
		{"no version",
		 "{\"type\":\"note\",\"id\":\"note--3\",\"object_refs\":"
		 "[\"" OURS "\"]}",
		 0},
		{"references that are none",
		 "{\"type\":\"note\",\"id\":\"note--4\"," V1
		 ",\"object_refs\":{\"a\":1},\"source_ref\":7}",
		 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print_message("%s\n", cases[i].name);
		assert_int_equal(take(cases[i].object), cases[i].count);
	}
	expect(1, 0, 0);
}

static void opinions_agree_or_do_not(void **state)
{
	static const struct {
		const char *word;
		uint64_t confirmed, refuted;
	} cases[] = {{"strongly-agree", 1, 0},	  {"agree", 1, 0},
		     {"neutral", 0, 0},		  {"disagree", 0, 1},
		     {"strongly-disagree", 0, 1}, {"whatever", 0, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[400];

		snprintf(text, sizeof(text),
			 "{\"type\":\"opinion\",\"id\":\"opinion--1\","
			 "\"modified\":\"2026-03-%02zuT00:00:00Z\","
			 "\"opinion\":\"%s\",\"object_refs\":[\"" OURS "\"]}",
			 i + 1, cases[i].word);
		assert_int_equal(take(text), 1);
		expect(1, cases[i].confirmed, cases[i].refuted);
	}
}

/* One sighting is answered once, however many do; a no outweighs. */
static void versions_replace_and_revocations_take_back(void **state)
{
	(void)state;
	assert_int_equal(take(OPINION("1", V1, "agree")), 1);
	assert_int_equal(take(OPINION("2", V2, "disagree")), 1);
	expect(1, 0, 1);
	assert_int_equal(take(OPINION("2", V1, "agree")), 0); /* older */
	expect(1, 0, 1);
	assert_int_equal(
		take("{\"type\":\"opinion\",\"id\":\"opinion--2\",\"revoked\":"
		     "true,\"modified\":\"2026-03-03T12:00:00.000Z\"}"),
		0);
	expect(1, 1, 0);
}

static int count_texts(void *ctx, const struct nrs_answer *answer)
{
	uint64_t *count = ctx;

	assert_true(nrs_span_is(answer->sighting, OURS));
	assert_true(nrs_span_is(answer->type, "note"));
	assert_true(answer->text.len <= NRS_ANSWER_TEXT_MAX);
	assert_true(nrs_span_is_utf8(answer->text));
	++*count;
	return NRS_OK;
}

static void a_flood_of_answers_is_bounded(void **state)
{
	char content[2 * NRS_ANSWER_TEXT_MAX], text[1200];
	uint64_t count = 0;

	(void)state;
	/* a character of two octets over the cut */
	memset(content, 'x', sizeof(content));
	memcpy(content + NRS_ANSWER_TEXT_MAX - 1, "\xc3\xa9", 2);
	content[sizeof(content) - 1] = '\0';
	for (int i = 0; i < NRS_ANSWERS_MAX + 20; i++) {
		snprintf(text, sizeof(text),
			 "{\"type\":\"note\",\"id\":\"note--%d\"," V1
			 ",\"content\":\"%s\",\"object_refs\":[\"" OURS "\"]}",
			 i, content);
		(void)take(text);
	}
	assert_int_equal(
		nrs_answers_list(disk.store, count_texts, &count, NULL),
		NRS_OK);
	assert_int_equal(count, NRS_ANSWERS_MAX);
}

#define WITH_STORE(test)                                                       \
	cmocka_unit_test_setup_teardown(test, open_store, close_store)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(what_names_a_sighting_of_ours_answers_it),
		WITH_STORE(opinions_agree_or_do_not),
		WITH_STORE(versions_replace_and_revocations_take_back),
		WITH_STORE(a_flood_of_answers_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
