/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_lane: every lane has a kind and a name of its own, and the fields that
 * feed it bring values of that kind.
 */
#include "engine/field.h"
#include "tests/nrs_test.h"

static void every_lane_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < NRS_LANE_COUNT; i++) {
		const char *name = nrs_lane_name((enum nrs_lane)i);

		if (name == NULL || name[0] == '\0')
			fail_msg("lane %u has no name", i);
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(
				name, nrs_lane_name((enum nrs_lane)j));
	}
}

/* A name, an address as Host or SNI, a path and a URL are brought by fields of
 * another kind; all else is compared as it is pushed. */
static bool may_feed(enum nrs_value_kind field, enum nrs_value_kind lane)
{
	return field == lane ||
	       (field == NRS_VALUE_HOST &&
		(lane == NRS_VALUE_NAME || lane == NRS_VALUE_ADDR)) ||
	       (field == NRS_VALUE_TEXT && lane == NRS_VALUE_TOKEN) ||
	       (field == NRS_VALUE_PATH && lane == NRS_VALUE_TEXT) ||
	       (field == NRS_VALUE_TOKEN && lane == NRS_VALUE_TEXT);
}

static void fields_feed_lanes_of_their_kind(void **state)
{
	nrs_lane_set fed = 0;

	(void)state;
	for (unsigned int f = 0; f < NRS_FIELD_COUNT; f++) {
		for (unsigned int l = 0; l < NRS_LANE_COUNT; l++) {
			if ((nrs_field_table[f].lanes >> l & 1) == 0)
				continue;
			fed |= NRS_LANE_BIT(l);
			if (!may_feed(nrs_field_table[f].kind,
				      nrs_lane_kind((enum nrs_lane)l)))
				fail_msg("%s feeds %s", nrs_field_table[f].name,
					 nrs_lane_name((enum nrs_lane)l));
		}
	}
	/* and no lane waits for nothing */
	for (unsigned int l = 0; l < NRS_LANE_COUNT; l++) {
		if ((fed >> l & 1) == 0)
			fail_msg("nothing feeds %s",
				 nrs_lane_name((enum nrs_lane)l));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_lane_has_a_name_of_its_own),
		cmocka_unit_test(fields_feed_lanes_of_their_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
