/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_match_objects: tests of one type under an AND are of one object, of
 * several types of one transaction; an OR holds in each of its ways.
 */
#include "tests/engine/one_pattern.h"

static const struct pattern_row rows[] = {
	{"AND over one object",
	 "[domain-name:value LIKE 'a%' AND domain-name:value LIKE '%z']",
	 {{NRS_F_DNS_QUERY, 0, "a.example"}, {NRS_F_DNS_CNAME, 1, "x.z"}},
	 0,
	 NRS_HOW_PATTERN},
	{"OR over types: the second of two that hold, under an AND",
	 "[(ipv6-addr:value = '2001:db8::1' OR domain-name:value = "
	 "'a.example') AND ipv6-addr:value = '2001:db8::2']",
	 {{NRS_F_IP_SRC, 0, "2001:db8::1"},
	  {NRS_F_IP_DST, 1, "2001:db8::2"},
	  {NRS_F_DNS_QUERY, 0, "a.example"}},
	 1,
	 NRS_HOW_EXACT},
	{"OR over types: the first of two that hold, under an AND",
	 "[(ipv6-addr:value = '2001:db8::1' OR domain-name:value = "
	 "'a.example') AND domain-name:value = 'b.example']",
	 {{NRS_F_IP_SRC, 0, "2001:db8::1"},
	  {NRS_F_DNS_QUERY, 0, "a.example"},
	  {NRS_F_DNS_CNAME, 1, "b.example"}},
	 1,
	 NRS_HOW_EXACT},
	{"OR over types: none of two holds with a third",
	 "[(ipv6-addr:value = '2001:db8::1' OR ipv6-addr:value = "
	 "'2001:db8::3') AND ipv6-addr:value = '2001:db8::2']",
	 {{NRS_F_IP_SRC, 0, "2001:db8::1"},
	  {NRS_F_IP_DST, 1, "2001:db8::2"},
	  {NRS_F_DNS_QUERY, 0, "a.example"}},
	 0,
	 NRS_HOW_EXACT},
	{"OR of two ANDs: an object of each is neither",
	 "[((ipv4-addr:value = '192.0.2.1' AND domain-name:value = "
	 "'a.example') OR (ipv4-addr:value = '192.0.2.2' AND "
	 "domain-name:value = 'b.example')) AND domain-name:value LIKE 'a%' "
	 "AND ipv4-addr:value LIKE '%.2']",
	 {{NRS_F_IP_SRC, 0, "192.0.2.1"},
	  {NRS_F_IP_DST, 1, "192.0.2.2"},
	  {NRS_F_DNS_QUERY, 0, "a.example"},
	  {NRS_F_DNS_CNAME, 1, "b.example"}},
	 0,
	 NRS_HOW_EXACT},
};

static void each_pattern_has_its_hits(void **state)
{
	(void)state;
	expect_hits(rows, sizeof(rows) / sizeof(*rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_pattern_has_its_hits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
