/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_permit: what may become a counter-measure, and why the rest may not.
 */
#include "tests/nrs_test.h"

#include "sightings/permit.h"

#define AT 1000

static const struct {
	const char *name;
	struct nrs_indicator item;
	const char *purpose;
	enum nrs_use use;
	const char *reason; /* a part of it; NULL: it may */
} rows[] = {
	{"plain", {.tlp = NRS_TLP_GREEN}, "", NRS_USE_BLOCK, NULL},
	{"unmarked stays in the house",
	 {.tlp = NRS_TLP_NONE},
	 "",
	 NRS_USE_BLOCK,
	 NULL},
	{"red is for persons",
	 {.tlp = NRS_TLP_RED},
	 "",
	 NRS_USE_DETECT,
	 "marked red"},
	{"in part", {.status = NRS_STATUS_PARTIAL}, "", NRS_USE_BLOCK, NULL},
	{"what only others can see",
	 {.status = NRS_STATUS_UNSUPPORTED},
	 "",
	 NRS_USE_BLOCK,
	 NULL},
	{"rejected, by a guard too",
	 {.status = NRS_STATUS_REJECTED},
	 "",
	 NRS_USE_BLOCK,
	 "rejected"},
	{"revoked",
	 {.status = NRS_STATUS_REVOKED},
	 "",
	 NRS_USE_KEEP,
	 "revoked"},
	{"an older version",
	 {.status = NRS_STATUS_SUPERSEDED},
	 "",
	 NRS_USE_KEEP,
	 "superseded"},
	{"benign", {.status = NRS_STATUS_BENIGN}, "", NRS_USE_BLOCK, "benign"},
	{"an exception",
	 {.status = NRS_STATUS_EXCEPTED},
	 "",
	 NRS_USE_BLOCK,
	 "exception"},
	{"dropped",
	 {.status = NRS_STATUS_DROPPED},
	 "",
	 NRS_USE_BLOCK,
	 "policy"},
	{"to be watched", {.watched = true}, "", NRS_USE_BLOCK, "watched"},
	{"to be watched for", {.watched = true}, "", NRS_USE_DETECT, NULL},
	{"over", {.valid_until_ns = AT}, "", NRS_USE_BLOCK, "expired"},
	{"to come", {.valid_from_ns = AT + 1}, "", NRS_USE_BLOCK, "not valid"},
	{"PAP red", {.tlp = NRS_TLP_CLEAR}, "PAP:RED", NRS_USE_BLOCK, "PAP"},
	{"PAP amber",
	 {.tlp = NRS_TLP_CLEAR},
	 "pap:amber",
	 NRS_USE_BLOCK,
	 "PAP"},
	{"PAP green", {.tlp = NRS_TLP_CLEAR}, "PAP:GREEN", NRS_USE_BLOCK, NULL},
	{"PAP amber may be looked for",
	 {.tlp = NRS_TLP_CLEAR},
	 "PAP:AMBER",
	 NRS_USE_DETECT,
	 NULL},
	{"for detection",
	 {.tlp = NRS_TLP_CLEAR},
	 "detection only",
	 NRS_USE_BLOCK,
	 "does not name blocking"},
	{"for blocking",
	 {.tlp = NRS_TLP_CLEAR},
	 "detection, blocking",
	 NRS_USE_BLOCK,
	 NULL},
	{"not for blocking",
	 {.tlp = NRS_TLP_CLEAR},
	 "do not block",
	 NRS_USE_BLOCK,
	 "does not name blocking"},
	{"a purpose goes along with the text",
	 {.tlp = NRS_TLP_CLEAR},
	 "detection",
	 NRS_USE_KEEP,
	 NULL},
};

static const char *ask(struct nrs_indicator item, const char *purpose,
		       const struct nrs_permit_rules *rules)
{
	const struct nrs_background background = {.purpose =
							  nrs_span_of(purpose)};
	const struct nrs_indicator_context context = {.background =
							      &background};

	item.context = &context;
	if (item.valid_until_ns == 0)
		item.valid_until_ns = NRS_TIME_MAX;
	return nrs_permit(&item, rules);
}

static void each_rule_has_its_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_permit_rules rules = {.at_ns = AT,
						       .use = rows[i].use};
		const char *reason = ask(rows[i].item, rows[i].purpose, &rules);

		if ((reason == NULL) != (rows[i].reason == NULL) ||
		    (reason != NULL && strstr(reason, rows[i].reason) == NULL))
			fail_msg("%s: %s", rows[i].name,
				 reason == NULL ? "allowed" : reason);
	}
}

static void the_ceiling_holds_for_every_marking(void **state)
{
	(void)state;
	for (unsigned int max = NRS_TLP_CLEAR; max <= NRS_TLP_RED; max++) {
		const struct nrs_permit_rules rules = {
			.at_ns = AT, .max_tlp = (enum nrs_tlp)max};

		for (unsigned int t = NRS_TLP_CLEAR; t <= NRS_TLP_RED; t++) {
			const struct nrs_indicator item = {.tlp = (uint8_t)t};

			assert_true((ask(item, "", &rules) == NULL) ==
				    (t <= max));
		}
	}
	const struct nrs_permit_rules amber = {.at_ns = AT,
					       .max_tlp = NRS_TLP_AMBER};
	const struct nrs_indicator unmarked = {.tlp = NRS_TLP_NONE};
	assert_non_null(ask(unmarked, "", &amber));
}

static void unknown_confidence_is_not_enough_where_some_is_wanted(void **state)
{
	const struct nrs_permit_rules rules = {.at_ns = AT,
					       .min_confidence = 50};
	struct nrs_indicator item = {.confidence = 50};

	(void)state;
	assert_null(ask(item, "", &rules));
	item.confidence = 49;
	assert_non_null(ask(item, "", &rules));
	item.confidence = -1;
	assert_non_null(ask(item, "", &rules));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_has_its_word),
		cmocka_unit_test(the_ceiling_holds_for_every_marking),
		cmocka_unit_test(
			unknown_confidence_is_not_enough_where_some_is_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
