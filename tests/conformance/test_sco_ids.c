/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conformance: the deterministic ids of observed objects, all shared vectors.
 */
#include "tests/nrs_test.h"

#include "engine/base/inflate.h"
#include "engine/sco.h"

static void every_vector_gets_its_id(void **state)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_input *input = NULL;
	struct nrs_json *root = NULL;
	uint8_t *bytes = nrs_arena_bytes(arena, 1 << 20);
	unsigned int wrong = 0, count = 0;
	size_t got = 0;

	assert_int_equal(nrs_input_open(&input, *state, NULL, NULL), NRS_OK);
	assert_int_equal(nrs_input_read(input, bytes, 1 << 20, &got, NULL),
			 NRS_OK);
	nrs_input_close(input);
	assert_int_equal(
		nrs_json_parse(nrs_span(bytes, got), arena, &root, NULL),
		NRS_OK);
	const struct nrs_json *cases = nrs_json_get(root, "cases");
	for (const struct nrs_json *c = cases->child; c != NULL; c = c->next) {
		const struct nrs_span want = nrs_json_text(c, "id");
		char id[NRS_SCO_ID_LEN] = "none";

		count++;
		if (nrs_sco_id(nrs_json_get(c, "object"), id) &&
		    nrs_span_is(want, id))
			continue;
		wrong++;
		fprintf(stderr, "want %.*s, got %s\n", (int)want.len,
			(const char *)want.ptr, id);
	}
	printf("%u vectors\n", count);
	assert_true(count > 0);
	assert_int_equal(wrong, 0);
	nrs_arena_free(arena);
}

int main(void)
{
	static char path[4096];

	if (!nrs_test_shared("conformance/sco-deterministic-ids.json", path,
			     sizeof(path)))
		return NRS_SKIP;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(every_vector_gets_its_id, path)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
