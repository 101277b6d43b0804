/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_iptab: all prefixes that contain an address, longest first, against
 * asking every prefix.
 */
#include "tests/nrs_test.h"

#include "engine/base/text.h"
#include "engine/tables/iptab.h"
#include "tests/tables/seeded.h"

#define MOST 129

static struct nrs_prefix prefix_of(const char *text)
{
	struct nrs_prefix prefix;

	assert_int_equal(nrs_prefix_parse(nrs_span_of(text), &prefix), NRS_OK);
	return prefix;
}

static struct nrs_addr addr_of(const char *text)
{
	struct nrs_addr addr;

	assert_int_equal(nrs_addr_parse(nrs_span_of(text), &addr), NRS_OK);
	return addr;
}

static struct nrs_iptab *table_of(const struct nrs_iptab_entry *entries,
				  size_t count)
{
	struct nrs_iptab *table = NULL;

	assert_int_equal(nrs_iptab_build(&table, entries, count), NRS_OK);
	return table;
}

/* Values are the places in this list. */
static const char *const prefixes[] = {
	"0.0.0.0/0",	   "198.51.100.0/24", "198.51.100.7",
	"198.51.100.0/30", "0.0.0.0/8",	      "255.255.255.255",
	"2001:db8::/32",   "2001:db8::1",     "2001:db8:0:1::/64",
	"203.0.113.0/25",  "203.0.113.128/25"};

static const struct {
	const char *addr;
	int values[5]; /* -1 ends */
} cases[] = {
	{"192.0.2.1", {0, -1}},
	{"198.51.100.7", {2, 1, 0, -1}},
	{"198.51.100.3", {3, 1, 0, -1}},
	{"198.51.100.4", {1, 0, -1}},
	{"198.51.101.0", {0, -1}},
	{"198.51.99.255", {0, -1}},
	{"0.0.0.0", {4, 0, -1}},
	{"1.0.0.0", {0, -1}},
	{"255.255.255.255", {5, 0, -1}},
	{"255.255.255.254", {0, -1}},
	{"203.0.113.127", {9, 0, -1}},
	{"203.0.113.128", {10, 0, -1}},
	{"203.0.114.0", {0, -1}},
	{"2001:db8::1", {7, 6, -1}},
	{"2001:db8::2", {6, -1}},
	{"2001:db8:0:1:ffff:ffff:ffff:ffff", {8, 6, -1}},
	{"2001:db8:0:2::", {6, -1}},
	{"2001:db9::", {-1}},
	{"::", {-1}},
	{"::1:0:0:0", {-1}}, /* the first one behind all of IPv4 */
	{"::fffe:ffff:ffff", {-1}},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", {-1}},
};

static void each_address_has_its_prefixes_longest_first(void **state)
{
	enum { COUNT = sizeof(prefixes) / sizeof(*prefixes) };
	struct nrs_iptab_entry entries[COUNT];

	(void)state;
	for (uint32_t i = 0; i < COUNT; i++)
		entries[i] = (struct nrs_iptab_entry){
			.prefix = prefix_of(prefixes[i]), .value = i};
	struct nrs_iptab *table = table_of(entries, COUNT);
	for (size_t c = 0; c < sizeof(cases) / sizeof(*cases); c++) {
		const struct nrs_addr addr = addr_of(cases[c].addr);
		uint32_t values[MOST];
		unsigned int count = 0;

		while (cases[c].values[count] >= 0)
			count++;
		const unsigned int found =
			nrs_iptab_find(table, &addr, values, MOST);
		if (found != count)
			fail_msg("%s: found %u, want %u", cases[c].addr, found,
				 count);
		for (unsigned int i = 0; i < found; i++) {
			if (values[i] != (uint32_t)cases[c].values[i])
				fail_msg("%s: value %u is %u", cases[c].addr, i,
					 values[i]);
		}
	}
	nrs_iptab_free(table);
}

static void an_empty_table_finds_nothing(void **state)
{
	const struct nrs_addr v4 = addr_of("192.0.2.1"), v6 = addr_of("::1");
	struct nrs_iptab *table = table_of(NULL, 0);
	uint32_t value;

	(void)state;
	assert_int_equal(nrs_iptab_find(table, &v4, &value, 1), 0);
	assert_int_equal(nrs_iptab_find(table, &v6, &value, 1), 0);
	nrs_iptab_free(table);
	nrs_iptab_free(NULL);
}

/* All 129 lengths around one address. */
static struct nrs_iptab *longest_chain(struct nrs_addr addr)
{
	struct nrs_iptab_entry entries[MOST];

	for (uint32_t bits = 0; bits < MOST; bits++) {
		struct nrs_prefix prefix = {.addr = addr,
					    .bits = (uint8_t)bits};

		for (uint32_t i = bits; i < 128; i++)
			prefix.addr.bytes[i / 8] &=
				(uint8_t) ~(0x80 >> (i % 8));
		entries[bits] = (struct nrs_iptab_entry){.prefix = prefix,
							 .value = bits};
	}
	return table_of(entries, MOST);
}

static void the_longest_chain_is_found_whole(void **state)
{
	static const char *const addrs[] = {"2001:db8::1", "198.51.100.7",
					    "::", "255.255.255.255"};
	uint32_t values[MOST];

	(void)state;
	for (size_t a = 0; a < sizeof(addrs) / sizeof(*addrs); a++) {
		const struct nrs_addr addr = addr_of(addrs[a]);
		struct nrs_iptab *table = longest_chain(addr);

		assert_int_equal(nrs_iptab_find(table, &addr, values, MOST),
				 MOST);
		for (uint32_t i = 0; i < MOST; i++)
			assert_int_equal(values[i], MOST - 1 - i);
		nrs_iptab_free(table);
	}
}

static void no_more_values_are_written_than_asked_for(void **state)
{
	const struct nrs_addr addr = addr_of("198.51.100.7");
	struct nrs_iptab *table = longest_chain(addr);
	uint32_t values[3] = {9, 9, 9};

	(void)state;
	assert_int_equal(nrs_iptab_find(table, &addr, values, 2), 2);
	assert_int_equal(values[0], 128);
	assert_int_equal(values[1], 127);
	assert_int_equal(values[2], 9);
	assert_int_equal(nrs_iptab_find(table, &addr, values, 0), 0);
	nrs_iptab_free(table);
}

/* Few different bytes, in either family or around the place of IPv4. */
static struct nrs_addr random_addr(struct seeded *seeded)
{
	static const uint8_t bytes[] = {0, 0, 1, 0x7f, 0x80, 0xfe, 0xff, 0xff};
	struct nrs_addr addr = {0};
	const unsigned int family = seeded_below(seeded, 4);

	for (unsigned int i = family == 0 ? 0 : 9; i < 16; i++)
		addr.bytes[i] = bytes[seeded_below(seeded, sizeof(bytes))];
	if (family >= 2) {
		memset(addr.bytes, 0, 10);
		addr.bytes[10] = addr.bytes[11] = 0xff;
	}
	return addr;
}

static struct nrs_prefix random_prefix(struct seeded *seeded)
{
	struct nrs_prefix prefix = {
		.addr = random_addr(seeded),
		.bits = (uint8_t)(seeded_below(seeded, 2) == 0
					  ? 90 + seeded_below(seeded, 39)
					  : seeded_below(seeded, 129))};

	for (unsigned int i = prefix.bits; i < 128; i++)
		prefix.addr.bytes[i / 8] &= (uint8_t) ~(0x80 >> (i % 8));
	return prefix;
}

static bool has(const struct nrs_iptab_entry *entries, size_t count,
		const struct nrs_prefix *prefix)
{
	for (size_t i = 0; i < count; i++) {
		if (entries[i].prefix.bits == prefix->bits &&
		    nrs_addr_compare(&entries[i].prefix.addr, &prefix->addr) ==
			    0)
			return true;
	}
	return false;
}

/* One before the first, the first, the last or one behind the last of it. */
static struct nrs_addr near(struct seeded *seeded,
			    const struct nrs_prefix *prefix)
{
	struct nrs_addr addr = prefix->addr;
	const unsigned int which = seeded_below(seeded, 4);

	if (which >= 2) {
		for (unsigned int i = prefix->bits; i < 128; i++)
			addr.bytes[i / 8] |= (uint8_t)(0x80 >> (i % 8));
	}
	for (int i = 15; which == 0 && i >= 0 && addr.bytes[i]-- == 0; i--)
		;
	for (int i = 15; which == 3 && i >= 0 && ++addr.bytes[i] == 0; i--)
		;
	return addr;
}

static void check(const struct nrs_iptab *table,
		  const struct nrs_iptab_entry *entries, size_t count,
		  const struct nrs_addr *addr)
{
	uint32_t got[MOST], want[MOST];
	unsigned int found = 0;

	for (int bits = 128; bits >= 0; bits--) {
		for (size_t i = 0; i < count; i++) {
			if (entries[i].prefix.bits == bits &&
			    nrs_prefix_contains(&entries[i].prefix, addr))
				want[found++] = entries[i].value;
		}
	}
	assert_int_equal(nrs_iptab_find(table, addr, got, MOST), found);
	assert_memory_equal(got, want, found * sizeof(*got));
}

static void random_prefixes_are_found_as_by_asking_each(void **state)
{
	enum { ROUNDS = 400, PUTS = 40, FINDS = 120 };
	struct nrs_iptab_entry entries[PUTS];
	struct seeded seeded = {.state = 2};

	(void)state;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		const size_t puts = 1 + seeded_below(&seeded, PUTS);
		size_t count = 0;

		for (size_t i = 0; i < puts; i++) {
			const struct nrs_prefix p = random_prefix(&seeded);

			if (!has(entries, count, &p))
				entries[count++] = (struct nrs_iptab_entry){
					.prefix = p, .value = (uint32_t)i};
		}
		struct nrs_iptab *table = table_of(entries, count);
		for (unsigned int i = 0; i < FINDS; i++) {
			const struct nrs_addr addr =
				i % 2 == 0
					? random_addr(&seeded)
					: near(&seeded,
					       &entries[seeded_below(
								&seeded,
								(unsigned int)
									count)]
							.prefix);

			check(table, entries, count, &addr);
		}
		nrs_iptab_free(table);
	}
}

static void full_addresses_by_the_hundred_thousand_are_found(void **state)
{
	enum { COUNT = 200000 };
	struct nrs_iptab_entry *entries = calloc(COUNT, sizeof(*entries));
	unsigned int good = 0, wrong = 0;
	uint32_t value;

	(void)state;
	assert_non_null(entries);
	for (uint32_t i = 0; i < COUNT; i++) {
		/* Every other address; odd ones are IPv6. */
		struct nrs_addr addr = {{0}};

		if (i % 2 == 0)
			addr.bytes[10] = addr.bytes[11] = 0xff;
		else
			addr.bytes[0] = 0x20;
		for (unsigned int b = 0; b < 4; b++)
			addr.bytes[15 - b] = (uint8_t)(i * 2 >> 8 * b);
		entries[i].prefix =
			(struct nrs_prefix){.addr = addr, .bits = 128};
		entries[i].value = i;
	}
	struct nrs_iptab *table = table_of(entries, COUNT);
	for (uint32_t i = 0; i < COUNT; i++) {
		struct nrs_addr addr = entries[i].prefix.addr;

		good += nrs_iptab_find(table, &addr, &value, 1) == 1 &&
			value == i;
		addr.bytes[15] |= 1;
		wrong += nrs_iptab_find(table, &addr, &value, 1);
	}
	assert_int_equal(good, COUNT);
	assert_int_equal(wrong, 0);
	assert_in_range(nrs_iptab_bytes(table), COUNT * 12, COUNT * 64);
	nrs_iptab_free(table);
	free(entries);
}

/* The table of the cases above as octets that can be spoiled. */
static struct nrs_span saved_table(void)
{
	struct nrs_iptab_entry entries[sizeof(prefixes) / sizeof(*prefixes)];
	const size_t count = sizeof(prefixes) / sizeof(*prefixes);
	struct nrs_text octets = {0};

	for (size_t i = 0; i < count; i++)
		entries[i] = (struct nrs_iptab_entry){
			.prefix = prefix_of(prefixes[i]), .value = (uint32_t)i};
	struct nrs_iptab *table = table_of(entries, count);
	nrs_iptab_save(table, &octets);
	nrs_iptab_free(table);
	assert_false(octets.failed);
	assert_int_equal(octets.len % 8, 0);
	return nrs_text_span(&octets);
}

static void a_table_over_saved_octets_finds_what_it_found(void **state)
{
	const struct nrs_span octets = saved_table();
	struct nrs_iptab *table = NULL;

	(void)state;
	assert_int_equal(nrs_iptab_open(&table, octets,
					sizeof(prefixes) / sizeof(*prefixes)),
			 NRS_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct nrs_addr addr = addr_of(cases[i].addr);
		uint32_t values[MOST];
		const unsigned int found =
			nrs_iptab_find(table, &addr, values, MOST);

		for (unsigned int v = 0; v < found; v++)
			assert_int_equal(values[v], cases[i].values[v]);
		assert_int_equal(cases[i].values[found], -1);
	}
	nrs_iptab_free(table);
	free((void *)(uintptr_t)octets.ptr);
}

/* Refused, or answers from within the table, and always an end. */
static void spoiled_octets_lead_nowhere(void **state)
{
	const struct nrs_span octets = saved_table();
	const uint32_t end = sizeof(prefixes) / sizeof(*prefixes);
	uint8_t *at = (uint8_t *)(uintptr_t)octets.ptr;
	struct nrs_iptab *table;
	uint32_t values[MOST];

	(void)state;
	for (size_t i = 0; i < octets.len; i++) {
		at[i] ^= 0x81;
		if (nrs_iptab_open(&table, octets, end) == NRS_OK) {
			for (size_t c = 0; c < sizeof(cases) / sizeof(*cases);
			     c++) {
				const struct nrs_addr addr =
					addr_of(cases[c].addr);
				const unsigned int found = nrs_iptab_find(
					table, &addr, values, MOST);

				for (unsigned int v = 0; v < found; v++)
					assert_true(values[v] < end);
			}
			nrs_iptab_free(table);
		}
		at[i] ^= 0x81;
	}
	/* At most seven octets at the end are padding. */
	for (size_t len = 0; len + 8 <= octets.len; len++)
		assert_int_equal(nrs_iptab_open(&table, nrs_span(at, len), end),
				 NRS_E_FORMAT);
	assert_int_equal(nrs_iptab_open(&table, octets, end - 1), NRS_E_FORMAT);
	free(at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_table_finds_nothing),
		cmocka_unit_test(each_address_has_its_prefixes_longest_first),
		cmocka_unit_test(the_longest_chain_is_found_whole),
		cmocka_unit_test(no_more_values_are_written_than_asked_for),
		cmocka_unit_test(random_prefixes_are_found_as_by_asking_each),
		cmocka_unit_test(
			full_addresses_by_the_hundred_thousand_are_found),
		cmocka_unit_test(a_table_over_saved_octets_finds_what_it_found),
		cmocka_unit_test(spoiled_octets_lead_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
