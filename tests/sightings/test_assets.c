/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_assets: own hosts and ranges with importance, role and owner.
 */
#include "sightings/assets.h"
#include "tests/nrs_test.h"

static struct nrs_assets *read_all(const char *text, uint64_t *refused)
{
	struct nrs_assets *assets = NULL;
	struct nrs_diag diag = {0};

	*refused = 0;
	assert_int_equal(nrs_assets_new(&assets), NRS_OK);
	assert_int_equal(
		nrs_assets_read(assets, nrs_span_of(text), refused, &diag),
		NRS_OK);
	nrs_assets_seal(assets);
	return assets;
}

static const char *importance_of(const struct nrs_assets *assets,
				 const char *addr)
{
	struct nrs_addr parsed;
	const struct nrs_asset *found;

	assert_int_equal(nrs_addr_parse(nrs_span_of(addr), &parsed), NRS_OK);
	found = nrs_assets_find(assets, &parsed);
	return found == NULL ? "none" : nrs_importance_name(found->importance);
}

static const char table[] = "# our hosts\n"
			    "10.0.0.0/8, normal\n"
			    "10.1.0.0/16, high, domain controllers, finance\r\n"
			    "\n"
			    "10.1.2.3, low, printer\n"
			    "192.0.2.10-192.0.2.21, critical, plc, plant 2\n"
			    "2001:db8::/32, high\n"
			    "2001:db8::5-2001:db8::6, low\n"
			    "10.9.9.9, low\n"
			    "10.9.9.9, critical\n";

static void the_longest_prefix_that_holds_an_address_speaks(void **state)
{
	static const struct {
		const char *addr, *want;
	} cases[] = {
		{"10.200.0.1", "normal"},   {"10.1.0.1", "high"},
		{"10.1.2.3", "low"},	    {"10.1.2.4", "high"},
		{"192.0.2.9", "none"},	    {"192.0.2.10", "critical"},
		{"192.0.2.15", "critical"}, {"192.0.2.16", "critical"},
		{"192.0.2.21", "critical"}, {"192.0.2.22", "none"},
		{"2001:db8::4", "high"},    {"2001:db8::5", "low"},
		{"2001:db8::6", "low"},	    {"2001:db8::7", "high"},
		{"2001:db9::1", "none"},    {"203.0.113.1", "none"},
		{"10.9.9.9", "critical"}, /* the later line holds */
	};
	uint64_t refused;
	struct nrs_assets *assets = read_all(table, &refused);

	(void)state;
	assert_int_equal(refused, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *got = importance_of(assets, cases[i].addr);

		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: %s, not %s", cases[i].addr, got,
				 cases[i].want);
	}
	nrs_assets_free(assets);
}

static void role_and_owner_are_kept(void **state)
{
	struct nrs_addr addr;
	uint64_t refused;
	struct nrs_assets *assets = read_all(table, &refused);
	const struct nrs_asset *found;

	(void)state;
	assert_int_equal(nrs_addr_parse(nrs_span_of("10.1.0.1"), &addr),
			 NRS_OK);
	found = nrs_assets_find(assets, &addr);
	assert_non_null(found);
	assert_true(nrs_span_is(found->role, "domain controllers"));
	assert_true(nrs_span_is(found->owner, "finance"));
	nrs_assets_free(assets);
}

static void a_bad_line_is_counted_and_the_others_hold(void **state)
{
	static const char *const bad[] = {
		"10.0.0.0/33, high",
		"10.0.0.1",
		"10.0.0.1, very",
		"10.0.0.9-10.0.0.1, high",
		"10.0.0.1-2001:db8::1, high",
		"host.example, high",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct nrs_assets *assets = NULL;
		struct nrs_diag diag = {0};
		uint64_t refused = 0;
		char text[200];

		snprintf(text, sizeof(text), "\n%s\n192.0.2.1, low\n", bad[i]);
		assert_int_equal(nrs_assets_new(&assets), NRS_OK);
		assert_int_equal(nrs_assets_read(assets, nrs_span_of(text),
						 &refused, &diag),
				 NRS_OK);
		nrs_assets_seal(assets);
		if (refused != 1 || strncmp(diag.text, "line 2: ", 8) != 0 ||
		    strcmp(importance_of(assets, "192.0.2.1"), "low") != 0)
			fail_msg("%s: %s", bad[i], diag.text);
		nrs_assets_free(assets);
	}
}

static void a_range_of_everything_is_one_row(void **state)
{
	uint64_t refused;
	struct nrs_assets *assets = read_all("0.0.0.0-255.255.255.255, low\n"
					     "::-ffff:ffff:ffff:ffff:ffff:ffff:"
					     "ffff:ffff, high\n",
					     &refused);

	(void)state;
	assert_int_equal(refused, 0);
	assert_int_equal(nrs_assets_count(assets), 2);
	assert_string_equal(importance_of(assets, "255.255.255.255"), "low");
	assert_string_equal(importance_of(assets, "2001:db8::1"), "high");
	nrs_assets_free(assets);
}

static void nothing_said_is_nothing_found(void **state)
{
	struct nrs_addr addr = {{0}};

	(void)state;
	assert_null(nrs_assets_find(NULL, &addr));
	assert_int_equal(nrs_assets_count(NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_longest_prefix_that_holds_an_address_speaks),
		cmocka_unit_test(role_and_owner_are_kept),
		cmocka_unit_test(a_bad_line_is_counted_and_the_others_hold),
		cmocka_unit_test(a_range_of_everything_is_one_row),
		cmocka_unit_test(nothing_said_is_nothing_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
