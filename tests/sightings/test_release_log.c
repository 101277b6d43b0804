/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_release_log: lines in the shape of sharing-rules.md section 6, and a
 * chain that shows what was changed.
 */
#include "sightings/release_log.h"

#include "engine/base/crypto.h"
#include "engine/base/json.h"
#include "engine/base/stamp.h"
#include "tests/base/made_store.h"

struct bench {
	struct made_store disk;
	struct nrs_text lines;
};

static int setup(void **state)
{
	static const char *const migrations[] = {nrs_release_log_sql};
	const struct nrs_store_schema schema = {
		.application = 78, .migrations = migrations, .count = 1};
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	made_store_begin(&b->disk, &schema);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	nrs_text_fini(&b->lines);
	made_store_end(&b->disk);
	free(b);
	return 0;
}

static void add(struct bench *b, enum nrs_share_act act, const char *object)
{
	const struct nrs_share_audience to = {.name = nrs_span_of("isac-a"),
					      .grain_ns = 60 * NRS_SECOND_NS};
	const struct nrs_share_verdict verdict = {
		.act = act, .rule = 1, .tlp = NRS_TLP_AMBER, .text = "why"};
	const struct nrs_release what = {
		.verdict = &verdict,
		.to = &to,
		.object = nrs_span_of(object),
		.posted = nrs_span_of(object == NULL ? NULL : "abc"),
		.tlp_in = NRS_TLP_GREEN,
		.now_ns = INT64_C(1772366400) * NRS_SECOND_NS};

	assert_int_equal(nrs_release_log_add(b->disk.store, &what, NULL),
			 NRS_OK);
}

static int64_t read_all(struct bench *b)
{
	int64_t broken = -1;

	nrs_text_clear(&b->lines);
	assert_int_equal(
		nrs_release_log_read(b->disk.store, &b->lines, &broken, NULL),
		NRS_OK);
	return broken;
}

/* SHA-256 of "abc": FIPS 180-4, example. */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void a_line_says_what_was_decided_and_by_which_rule(void **state)
{
	struct bench *b = *state;

	add(b, NRS_SHARE_RELEASE, "sighting--1");
	assert_int_equal(read_all(b), 0);
	nrs_text_putc(&b->lines, '\0');
	assert_string_equal(
		(const char *)b->lines.ptr,
		"{\"n\":1,\"time\":\"2026-03-01T12:00:00.000Z\","
		"\"act\":\"released\",\"object\":\"sighting--1\","
		"\"to\":\"isac-a\",\"rule\":\"1: why\",\"by\":\"auto\","
		"\"tlp_in\":\"green\",\"tlp_out\":\"amber\","
		"\"removed\":[\"own.ip\",\"own.port\",\"technique\"],"
		"\"cut\":[\"time:60s\"],\"sha256\":\"" ABC
		"\",\"prev\":null}\n");
}

static void a_refusal_names_no_object_and_each_line_the_one_before(void **st)
{
	struct bench *b = *st;
	uint8_t sum[NRS_SHA256_LEN];
	char hex[2 * NRS_SHA256_LEN + 1], want[96];

	add(b, NRS_SHARE_HOLD, "sighting--1");
	add(b, NRS_SHARE_REFUSE, NULL);
	assert_int_equal(read_all(b), 0);
	const struct nrs_span all = nrs_text_span(&b->lines);
	const size_t end = nrs_span_find(all, '\n', 0);
	nrs_sha256(nrs_span_part(all, 0, end), sum);
	nrs_hex(nrs_span(sum, sizeof(sum)), hex);
	snprintf(want, sizeof(want), "\"sha256\":null,\"prev\":\"%s\"}\n", hex);
	assert_true(nrs_span_ends(all, want));
	assert_true(nrs_span_find_text(nrs_span_from(all, end),
				       "\"object\":null") != SIZE_MAX);
}

static void a_change_or_a_gap_breaks_the_chain(void **state)
{
	static const struct {
		const char *sql;
		int64_t broken;
	} cases[] = {
		{"UPDATE release SET line = replace(line, 'held', 'refused')"
		 " WHERE n = 3",
		 4},
		{"DELETE FROM release WHERE n = 4", 5},
		{"DELETE FROM release WHERE n < 3", 0}, /* trimmed */
	};
	struct bench *b = *state;

	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(nrs_store_run(b->disk.store,
					       "DELETE FROM release", NULL),
				 NRS_OK);
		for (unsigned int k = 0; k < 6; k++)
			add(b, NRS_SHARE_HOLD, "sighting--1");
		assert_int_equal(read_all(b), 0);
		assert_int_equal(
			nrs_store_run(b->disk.store, cases[i].sql, NULL),
			NRS_OK);
		assert_int_equal(read_all(b), cases[i].broken);
	}
}

#define NRS_T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_T(a_line_says_what_was_decided_and_by_which_rule),
		NRS_T(a_refusal_names_no_object_and_each_line_the_one_before),
		NRS_T(a_change_or_a_gap_breaks_the_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
