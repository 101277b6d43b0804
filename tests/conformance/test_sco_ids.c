/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conformance: the deterministic ids of observed objects, all shared vectors.
 */
#include "engine/sco.h"
#include "tests/conformance/judged.h"

static bool is_right(const struct nrs_json *c)
{
	const struct nrs_span want = nrs_json_text(c, "id");
	char id[NRS_SCO_ID_LEN] = "none";

	if (nrs_sco_id(nrs_json_get(c, "object"), id) && nrs_span_is(want, id))
		return true;
	fprintf(stderr, "want %.*s, got %s\n", (int)want.len,
		(const char *)want.ptr, id);
	return false;
}

static void every_vector_gets_its_id(void **state)
{
	all_are_right(*state, "sco-deterministic-ids/1", is_right);
}

int main(void)
{
	return RUN_ON_FILES(every_vector_gets_its_id);
}
