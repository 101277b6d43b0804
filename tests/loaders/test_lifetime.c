/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_lifetime: what a source's indicators live, by type.
 */
#include "tests/nrs_test.h"

#include "loaders/lifetime.h"

#define DAY (INT64_C(86400) * NRS_SECOND_NS)
#define FROM (INT64_C(1000) * DAY)

static const struct {
	const char *text;
	int err;
} texts[] = {
	{"", NRS_OK},
	{"30d", NRS_OK},
	{"1h", NRS_OK},
	{"8w, url=1y", NRS_OK},
	{"100y", NRS_OK},
	{"101y", NRS_E_RANGE},
	{"0d", NRS_E_RANGE},
	{"30", NRS_E_SYNTAX},
	{"d", NRS_E_SYNTAX},
	{"-1d", NRS_E_SYNTAX},
	{"1.5d", NRS_E_SYNTAX},
	{"18446744073709551615d", NRS_E_RANGE},
	{"99999999999999999999d", NRS_E_SYNTAX},
	{"url=", NRS_E_SYNTAX},
	{"=1d", NRS_E_SYNTAX},
	{"Url=1d", NRS_E_SYNTAX},
	{"a=1d,b=1d,c=1d,d=1d,e=1d,f=1d,g=1d,h=1d,i=1d,j=1d,k=1d,l=1d,m=1d,"
	 "n=1d,o=1d,p=1d,q=1d",
	 NRS_E_LIMIT},
};

static void a_length_has_a_number_and_a_unit(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct nrs_lifetimes lifetimes;
		struct nrs_diag diag = {0};
		const int err = nrs_lifetimes_read(nrs_span_of(texts[i].text),
						   &lifetimes, &diag);

		if (err != texts[i].err ||
		    (err != NRS_OK && strstr(diag.text, "lifetime") == NULL))
			fail_msg("'%s': %d %s", texts[i].text, err, diag.text);
	}
}

static const struct {
	const char *name, *lifetime, *pattern;
	enum nrs_shape shape;
	int64_t from, until, modified;
	int64_t want; /* in days behind FROM; -1: no end */
} rows[] = {
	{"all alike", "30d", "[url:value = 'u']", 0, FROM, NRS_TIME_MAX, 0, 30},
	{"its own type", "url=7d,*=30d", "[url:value = 'u']", 0, FROM,
	 NRS_TIME_MAX, 0, 7},
	{"another type", "url=7d,*=30d", "[ipv4-addr:value = '1.1.1.1']", 0,
	 FROM, NRS_TIME_MAX, 0, 30},
	{"nothing is said of its type", "url=7d",
	 "[ipv4-addr:value = '1.1.1.1']", 0, FROM, NRS_TIME_MAX, 0, -1},
	{"brackets and blanks before", "domain-name=7d",
	 "[ ( domain-name:value = 'd.example')]", 0, FROM, NRS_TIME_MAX, 0, 7},
	{"the first test counts", "domain-name=7d,url=9d",
	 "[url:value = 'u'] OR [domain-name:value = 'd']", 0, FROM,
	 NRS_TIME_MAX, 0, 9},
	{"its source knows its end", "30d", "[url:value = 'u']", 0, FROM,
	 FROM + DAY, 0, 1},
	{"nobody knows its begin", "30d", "d.example", NRS_SHAPE_NAME,
	 NRS_TIME_MIN, NRS_TIME_MAX, 0, -1},
	{"only its version's time is known", "30d", "d.example", NRS_SHAPE_NAME,
	 NRS_TIME_MIN, NRS_TIME_MAX, FROM, 30},
	{"a value of a list", "domain-name=7d", "d.example", NRS_SHAPE_NAME,
	 FROM, NRS_TIME_MAX, 0, 7},
	{"a digest of a list", "file=7d", "0123", NRS_SHAPE_MD5, FROM,
	 NRS_TIME_MAX, 0, 7},
	{"no pattern", "url=7d,*=9d", "", 0, FROM, NRS_TIME_MAX, 0, 9},
};

static void what_has_a_begin_and_no_end_gets_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_indicator item = {
			.pattern = nrs_span_of(rows[i].pattern),
			.shape = (uint8_t)rows[i].shape,
			.modified_ns = rows[i].modified,
			.valid_from_ns = rows[i].from,
			.valid_until_ns = rows[i].until};
		const int64_t want = rows[i].want < 0
					     ? NRS_TIME_MAX
					     : FROM + rows[i].want * DAY;
		struct nrs_lifetimes lifetimes;
		struct nrs_set *set = NULL;

		assert_int_equal(nrs_set_new(&set), NRS_OK);
		assert_int_equal(nrs_set_add(set, &item), NRS_OK);
		assert_int_equal(
			nrs_lifetimes_read(nrs_span_of(rows[i].lifetime),
					   &lifetimes, NULL),
			NRS_OK);
		nrs_lifetimes_apply(&lifetimes, set, 1);
		assert_true(nrs_set_at(set, 0)->valid_until_ns ==
			    rows[i].until);
		nrs_lifetimes_apply(&lifetimes, set, 0);
		if (nrs_set_at(set, 0)->valid_until_ns != want)
			fail_msg("%s", rows[i].name);
		nrs_set_free(set);
	}
}

static void no_time_overflows(void **state)
{
	const struct nrs_indicator item = {.valid_from_ns = NRS_TIME_MAX - 1,
					   .valid_until_ns = NRS_TIME_MAX};
	struct nrs_lifetimes lifetimes;
	struct nrs_set *set = NULL;

	(void)state;
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_set_add(set, &item), NRS_OK);
	assert_int_equal(
		nrs_lifetimes_read(nrs_span_of("100y"), &lifetimes, NULL),
		NRS_OK);
	nrs_lifetimes_apply(&lifetimes, set, 0);
	assert_true(nrs_set_at(set, 0)->valid_until_ns == NRS_TIME_MAX);
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_length_has_a_number_and_a_unit),
		cmocka_unit_test(what_has_a_begin_and_no_end_gets_one),
		cmocka_unit_test(no_time_overflows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
