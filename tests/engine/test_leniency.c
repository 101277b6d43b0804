/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_leniency: each leniency of the sensor profile is counted where it
 * helped; without it the pattern that needs it is not evaluable and says so;
 * all others are as before. To the letter, the strict profile decides.
 */
#include "tests/engine/empty_set.h"

#include "engine/db.h"
#include "engine/pattern.h"

static const struct {
	enum nrs_leniency leniency;
	const char *pattern;
	enum nrs_status strict; /* in the strict profile */
} rows[] = {
	{NRS_LENIENT_CIDR, "[ipv4-addr:value = '192.0.2.0/24']",
	 NRS_STATUS_FULL},
	{NRS_LENIENT_CIDR, "[ipv4-addr:value != '192.0.2.0/24']",
	 NRS_STATUS_FULL},
	{NRS_LENIENT_NUMBERS, "[network-traffic:dst_port = '8443']",
	 NRS_STATUS_FULL},
	{NRS_LENIENT_HEX,
	 "[network-traffic:extensions.'tcp-ext'.src_flags_hex = '02']",
	 NRS_STATUS_FULL},
	{NRS_LENIENT_LISTS, "[network-traffic:protocols = 'dns']",
	 NRS_STATUS_FULL},
	{NRS_LENIENT_LISTS, "[network-traffic:protocols[2] = 'dns']",
	 NRS_STATUS_FULL},
	{NRS_LENIENT_LISTS,
	 "[domain-name:resolves_to_refs[0].value = '192.0.2.1']",
	 NRS_STATUS_UNSUPPORTED},
	{NRS_LENIENT_NAMES, "[network-traffic:dst_ref.value = 'a.example']",
	 NRS_STATUS_FULL},
	{NRS_LENIENT_OBJECTS,
	 "[domain-name:value = 'a.example' AND network-traffic:dst_port = 1]",
	 NRS_STATUS_FULL},
	{NRS_LENIENT_HASHES,
	 "[x509-certificate:hashes.SHA1 = "
	 "'46aba99aa7158e4609aaa72b50990842fd22ae86']",
	 NRS_STATUS_UNSUPPORTED},
	{NRS_LENIENT_PATHS, "[http-request-ext:request_value = '/gate']",
	 NRS_STATUS_UNSUPPORTED},
	{NRS_LENIENT_STARS, "[domain-name:value = '*.a.example']",
	 NRS_STATUS_FULL},
	{NRS_LENIENT_STARS, "[url:value = 'http://*/gate']", NRS_STATUS_FULL},
	{NRS_LENIENT_RETYPED, "[domain-name:value = '192.0.2.7']",
	 NRS_STATUS_FULL},
	{NRS_LENIENT_RETYPED, "[url:value = 'a.example/gate']",
	 NRS_STATUS_FULL},
	{NRS_LENIENT_VERSION, "[EXISTS ipv4-addr:value]",
	 NRS_STATUS_REJECTED}, /* as STIX 2.0 */
};

/* Build @pattern alone; its verdict, and how often each leniency helped. */
static enum nrs_status judge(const char *pattern, bool is_20,
			     const struct nrs_build_options *options,
			     struct nrs_db_sizes *sizes, char reason[256])
{
	const struct nrs_indicator item = {.id = nrs_span_of("indicator--1"),
					   .pattern = nrs_span_of(pattern),
					   .valid_from_ns = NRS_TIME_MIN,
					   .valid_until_ns = NRS_TIME_MAX,
					   .confidence = -1,
					   .version = is_20 ? NRS_STIX_20
							    : NRS_STIX_21};
	struct nrs_set *set = NULL;
	struct nrs_db *db = NULL;

	set = empty_set();
	assert_int_equal(nrs_set_add(set, &item), NRS_OK);
	assert_int_equal(nrs_db_build(&db, set, options), NRS_OK);
	nrs_db_sizes(db, sizes);
	(void)snprintf(reason, 256, "%s", nrs_set_reason(set, 0));
	const enum nrs_status status =
		(enum nrs_status)nrs_set_at(set, 0)->status;
	nrs_db_free(db);
	nrs_set_free(set);
	return status;
}

static void each_is_counted_and_can_be_switched_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const enum nrs_leniency which = rows[i].leniency;
		const bool is_20 = which == NRS_LENIENT_VERSION;
		struct nrs_build_options options = {.seats = 1,
						    .generation = 1};
		struct nrs_db_sizes sizes;
		char reason[256];

		if (judge(rows[i].pattern, is_20, &options, &sizes, reason) !=
			    NRS_STATUS_FULL ||
		    sizes.lenient[which] != 1)
			fail_msg("%s: %s, helped %llu", rows[i].pattern, reason,
				 (unsigned long long)sizes.lenient[which]);

		options.lenient_off = ~NRS_LENIENCY_BIT(which);
		if (judge(rows[i].pattern, is_20, &options, &sizes, reason) !=
		    NRS_STATUS_FULL)
			fail_msg("%s without all others: %s", rows[i].pattern,
				 reason);

		options.lenient_off = NRS_LENIENCY_BIT(which);
		const enum nrs_status without =
			judge(rows[i].pattern, is_20, &options, &sizes, reason);
		if (without != (is_20 ? NRS_STATUS_REJECTED
				      : NRS_STATUS_UNSUPPORTED) ||
		    (!is_20 &&
		     strstr(reason, nrs_leniency_name(which)) == NULL))
			fail_msg("%s without it: %s", rows[i].pattern, reason);

		options = (struct nrs_build_options){
			.seats = 1, .generation = 1, .strict = true};
		const enum nrs_status strict =
			judge(rows[i].pattern, is_20, &options, &sizes, reason);
		if (strict != rows[i].strict || sizes.lenient[which] != 0)
			fail_msg("%s to the letter: %s, %s", rows[i].pattern,
				 nrs_status_name(strict), reason);
	}
}

/* Without it the value is taken as it stands. */
static void defanged_values_are_another_value(void **state)
{
	const char pattern[] = "[url:value = 'hxxp://a[.]example/']";
	struct nrs_build_options options = {.seats = 1, .generation = 1};
	struct nrs_db_sizes sizes;
	char reason[256];

	(void)state;
	assert_int_equal(judge(pattern, false, &options, &sizes, reason),
			 NRS_STATUS_FULL);
	assert_int_equal(sizes.lenient[NRS_LENIENT_REFANGED], 1);
	options.lenient_off = NRS_LENIENCY_BIT(NRS_LENIENT_REFANGED);
	assert_int_not_equal(judge(pattern, false, &options, &sizes, reason),
			     NRS_STATUS_FULL);
	assert_int_equal(sizes.lenient[NRS_LENIENT_REFANGED], 0);
}

/* Without it the type is tested by itself, which says the same. */
static void a_type_that_agrees_is_dropped(void **state)
{
	const char pattern[] =
		"[network-traffic:dst_ref.type = 'ipv4-addr' AND "
		"network-traffic:dst_ref.value = '192.0.2.7']";
	struct nrs_build_options options = {.seats = 1, .generation = 1};
	struct nrs_db_sizes sizes;
	char reason[256];

	(void)state;
	assert_int_equal(judge(pattern, false, &options, &sizes, reason),
			 NRS_STATUS_FULL);
	assert_int_equal(sizes.lenient[NRS_LENIENT_TYPES], 1);
	assert_int_equal(sizes.tests, 1);
	options.lenient_off = NRS_LENIENCY_BIT(NRS_LENIENT_TYPES);
	assert_int_equal(judge(pattern, false, &options, &sizes, reason),
			 NRS_STATUS_FULL);
	assert_int_equal(sizes.tests, 2);
}

static void names_are_read_and_refused(void **state)
{
	uint32_t bits = 0;

	(void)state;
	assert_int_equal(nrs_leniency_parse(nrs_span_of("cidr, stars"), &bits),
			 NRS_OK);
	assert_int_equal(bits, NRS_LENIENCY_BIT(NRS_LENIENT_CIDR) |
				       NRS_LENIENCY_BIT(NRS_LENIENT_STARS));
	assert_int_equal(nrs_leniency_parse(nrs_span_of("cidr,all"), &bits),
			 NRS_E_SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_counted_and_can_be_switched_off),
		cmocka_unit_test(defanged_values_are_another_value),
		cmocka_unit_test(a_type_that_agrees_is_dropped),
		cmocka_unit_test(names_are_read_and_refused)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
