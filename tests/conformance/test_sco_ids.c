/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conformance: the deterministic ids of observed objects, all shared vectors.
 */
#include "engine/sco.h"
#include "tests/conformance/files.h"

struct tally {
	unsigned int count, wrong;
};

static void judge(void *ctx, const struct nrs_json *c)
{
	struct tally *tally = ctx;
	const struct nrs_span want = nrs_json_text(c, "id");
	char id[NRS_SCO_ID_LEN] = "none";

	tally->count++;
	if (nrs_sco_id(nrs_json_get(c, "object"), id) && nrs_span_is(want, id))
		return;
	tally->wrong++;
	fprintf(stderr, "want %.*s, got %s\n", (int)want.len,
		(const char *)want.ptr, id);
}

static void every_vector_gets_its_id(void **state)
{
	struct tally tally = {0};

	for_cases(*state, "sco-deterministic-ids/1", judge, &tally);
	printf("%u vectors\n", tally.count);
	assert_true(tally.count > 0);
	assert_int_equal(tally.wrong, 0);
}

int main(void)
{
	static char path[4096];

	if (!nrs_test_shared("conformance", path, sizeof(path)))
		return NRS_SKIP;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(every_vector_gets_its_id, path)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
