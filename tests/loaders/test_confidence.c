/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_confidence: each scale's words and numbers (STIX 2.1 appendix A).
 */
#include "tests/nrs_test.h"

#include "loaders/confidence.h"

#define NONE 100 /* not of the scale */
#define FAR 101	 /* beyond it */
#define HUNDRED 102

static const struct {
	enum nrs_scale scale;
	const char *text;
	int want;
} rows[] = {
	{NRS_SCALE_PERCENT, "0", 0},
	{NRS_SCALE_PERCENT, "99", 99},
	{NRS_SCALE_PERCENT, "101", FAR},
	{NRS_SCALE_PERCENT, "-1", FAR},
	{NRS_SCALE_PERCENT, "0.5", NONE},
	{NRS_SCALE_PERCENT, "high", NONE},
	{NRS_SCALE_PERCENT, "", NONE},
	{NRS_SCALE_TEN, "0", 0},
	{NRS_SCALE_TEN, "7", 70},
	{NRS_SCALE_TEN, "7.4", 70},
	{NRS_SCALE_TEN, "7.5", 80},
	{NRS_SCALE_TEN, "9.96", HUNDRED},
	{NRS_SCALE_TEN, "11", FAR},
	{NRS_SCALE_WORDS, "None", 0},
	{NRS_SCALE_WORDS, "Low", 15},
	{NRS_SCALE_WORDS, "MEDIUM", 50},
	{NRS_SCALE_WORDS, " high ", 85},
	{NRS_SCALE_WORDS, "Unknown", -1},
	{NRS_SCALE_WORDS, "50", NONE},
	{NRS_SCALE_ADMIRALTY, "1", 90},
	{NRS_SCALE_ADMIRALTY, "B2", 70},
	{NRS_SCALE_ADMIRALTY, "c 3", 50},
	{NRS_SCALE_ADMIRALTY, "4", 30},
	{NRS_SCALE_ADMIRALTY, "F5", 10},
	{NRS_SCALE_ADMIRALTY, "F6", -1},
	{NRS_SCALE_ADMIRALTY, "A", NONE},
	{NRS_SCALE_ADMIRALTY, "G2", NONE},
	{NRS_SCALE_ADMIRALTY, "7", NONE},
	{NRS_SCALE_WEP, "Impossible", 0},
	{NRS_SCALE_WEP, "highly unlikely", 10},
	{NRS_SCALE_WEP, "Probably Not", 30},
	{NRS_SCALE_WEP, "even_chance", 50},
	{NRS_SCALE_WEP, "Likely", 70},
	{NRS_SCALE_WEP, "Almost Certain", 90},
	{NRS_SCALE_WEP, "certain", HUNDRED},
	{NRS_SCALE_DNI, "Remote", 5},
	{NRS_SCALE_DNI, "Very Unlikely", 15},
	{NRS_SCALE_DNI, "Improbable", 30},
	{NRS_SCALE_DNI, "roughly even odds", 50},
	{NRS_SCALE_DNI, "Probable", 70},
	{NRS_SCALE_DNI, "Highly Probable", 85},
	{NRS_SCALE_DNI, "Nearly certain", 95},
	{NRS_SCALE_DNI, "certain", NONE},
};

static void each_scale_reads_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int8_t got = 42;
		const int err = nrs_confidence_read(
			rows[i].scale, nrs_span_of(rows[i].text), &got);
		const int want = rows[i].want == NONE  ? NRS_E_FORMAT
				 : rows[i].want == FAR ? NRS_E_RANGE
						       : NRS_OK;
		const int value = rows[i].want == HUNDRED ? 100 : rows[i].want;

		if (err != want || (err == NRS_OK && got != value) ||
		    (err != NRS_OK && got != 42))
			fail_msg("%s '%s': %d, %d",
				 nrs_scale_name(rows[i].scale), rows[i].text,
				 err, got);
	}
}

static const struct {
	const char *tag;
	bool is_one;
	int value;
} tags[] = {
	{"misp:confidence-level=\"completely-confident\"", true, 100},
	{"misp:confidence-level=\"usually-confident\"", true, 75},
	{"misp:confidence-level=\"fairly-confident\"", true, 50},
	{"misp:confidence-level=\"rarely-confident\"", true, 25},
	{"misp:confidence-level=\"unconfident\"", true, 0},
	{"misp:confidence-level=\"confidence-cannot-be-evaluated\"", true, -1},
	{"misp:confidence-level=\"sure\"", false, 0},
	{"admiralty-scale:information-credibility=\"2\"", true, 70},
	{"admiralty-scale:source-reliability=\"b\"", false, 0},
	{"estimative-language:likelihood-probability=\"very-likely\"", true,
	 85},
	{"estimative-language:confidence-in-analytic-judgment=\"moderate\"",
	 true, 50},
	{"MISP:CONFIDENCE-LEVEL=UNCONFIDENT", true, 0},
	{"confidence-level", false, 0},
	{"", false, 0},
};

static void a_tag_may_say_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++) {
		int8_t got = 42;

		if (nrs_confidence_of_tag(nrs_span_of(tags[i].tag), &got) !=
			    tags[i].is_one ||
		    (tags[i].is_one && got != tags[i].value))
			fail_msg("%s: %d", tags[i].tag, got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_scale_reads_its_own),
		cmocka_unit_test(a_tag_may_say_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
