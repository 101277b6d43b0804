/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tenants: whose an own address is.
 */
#include "tests/nrs_test.h"

#include "engine/tenants.h"

static void nets(struct nrs_home_nets *out, const char *text)
{
	assert_int_equal(nrs_home_nets_parse(out, nrs_span_of(text)), NRS_OK);
}

/* "NAME" of its owner, "-" of nobody. */
static const char *owner_of(const struct nrs_tenants *t, const char *text)
{
	struct nrs_addr addr;

	assert_int_equal(nrs_addr_parse(nrs_span_of(text), &addr), NRS_OK);
	const uint32_t index = nrs_tenants_find(t, &addr);
	return index == NRS_NO_OWNER ? "-" : nrs_tenants_at(t, index)->name;
}

static void the_longest_prefix_says_whose_it_is(void **state)
{
	static const struct {
		const char *addr, *want;
	} rows[] = {
		{"10.1.2.3", "finance"},
		{"10.1.9.3", "guests"}, /* inside finance's */
		{"10.2.0.1", "10.0.0.0/8"},
		{"10.3.0.7", "10.3.0.0/24"}, /* an own network inside one */
		{"192.0.2.200", "guests"},   /* as large as the own one */
		{"2001:db8:1::5", "finance"},
		{"2001:db8:2::5", "2001:db8::/32"},
		{"198.51.100.1", "-"},
		{"::1", "-"},
	};
	struct nrs_tenant tenants[2] = {{.name = "finance"},
					{.name = "guests"}};
	struct nrs_home_nets home;
	struct nrs_tenants *t = NULL;

	(void)state;
	nets(&home, "10.0.0.0/8,10.3.0.0/24,192.0.2.0/24,2001:db8::/32");
	nets(&tenants[0].nets, "10.1.0.0/16,2001:db8:1::/48");
	nets(&tenants[1].nets, "10.1.9.0/24,192.0.2.0/24");
	assert_int_equal(nrs_tenants_new(&t, &home, tenants, 2), NRS_OK);
	assert_int_equal(nrs_tenants_count(t), 6);
	assert_true(nrs_tenants_at(t, 1)->is_tenant);
	assert_false(nrs_tenants_at(t, 2)->is_tenant);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		print_message("%s\n", rows[i].addr);
		assert_string_equal(owner_of(t, rows[i].addr), rows[i].want);
	}
	nrs_tenants_free(t);
	nrs_tenants_free(NULL);
}

static void of_one_network_twice_the_first_owner_holds(void **state)
{
	struct nrs_tenant tenants[2] = {{.name = "one"}, {.name = "two"}};
	struct nrs_home_nets home;
	struct nrs_tenants *t = NULL;

	(void)state;
	nets(&home, "10.0.0.0/8,10.0.0.0/8");
	nets(&tenants[0].nets, "10.1.0.0/16");
	nets(&tenants[1].nets, "10.1.0.0/16");
	assert_int_equal(nrs_tenants_new(&t, &home, tenants, 2), NRS_OK);
	assert_string_equal(owner_of(t, "10.1.0.1"), "one");
	assert_string_equal(owner_of(t, "10.2.0.1"), "10.0.0.0/8");
	nrs_tenants_free(t);
	assert_int_equal(
		nrs_tenants_new(&t, &home, tenants, NRS_TENANTS_MAX + 1),
		NRS_E_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_prefix_says_whose_it_is),
		cmocka_unit_test(of_one_network_twice_the_first_owner_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
