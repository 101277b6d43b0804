/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_as_table: a table made here by the MaxMind DB specification, version
 * 2.0: 203.0.113.0/24 is of AS 64500.
 */
#include "tests/nrs_test.h"

#include "engine/base/text.h"
#include "logs/as_table.h"

#define NODES 24 /* a bit of the prefix each */

static char path[64];

static void put(struct nrs_text *out, const char *bytes, size_t len)
{
	nrs_text_add(out, nrs_span(bytes, len));
}

static void put_key(struct nrs_text *out, const char *key)
{
	const size_t len = strlen(key);

	if (len >= 29) {
		nrs_text_putc(out, 0x40 | 29);
		nrs_text_putc(out, (char)(len - 29));
	} else {
		nrs_text_putc(out, (char)(0x40 | len));
	}
	nrs_text_puts(out, key);
}

static void put_node(struct nrs_text *out, uint32_t left, uint32_t right)
{
	const uint32_t both[2] = {left, right};

	for (unsigned int i = 0; i < 2; i++) {
		for (unsigned int shift = 24; shift > 0; shift -= 8)
			nrs_text_putc(out, (char)(both[i] >> (shift - 8)));
	}
}

static void put_meta(struct nrs_text *out)
{
	put(out, "\xab\xcd\xefMaxMind.com\xe9", 15);
	put_key(out, "binary_format_major_version");
	put(out, "\xa1\x02", 2);
	put_key(out, "binary_format_minor_version");
	put(out, "\xa0", 1);
	put_key(out, "build_epoch");
	put(out, "\x01\x02\x07", 3);
	put_key(out, "database_type");
	put_key(out, "Example-ASN");
	put_key(out, "description");
	put(out, "\xe0", 1);
	put_key(out, "ip_version");
	put(out, "\xa1\x04", 2);
	put_key(out, "languages");
	put(out, "\x00\x04", 2);
	put_key(out, "node_count");
	put(out, "\xc1\x18", 2);
	put_key(out, "record_size");
	put(out, "\xa1\x18", 2);
}

static void make(struct nrs_text *out)
{
	const uint32_t prefix = 0xcb0071; /* 203.0.113 */

	for (uint32_t bit = 0; bit < NODES; bit++) {
		const uint32_t next =
			bit + 1 < NODES ? bit + 1 : NODES + 16 /* data */;
		const bool is_right = (prefix >> (23 - bit) & 1) != 0;

		put_node(out, is_right ? NODES : next, is_right ? next : NODES);
	}
	put(out, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	put(out, "\xe2", 1);
	put_key(out, "autonomous_system_number");
	put(out, "\xc2\xfb\xf4", 3);
	put_key(out, "autonomous_system_organization");
	put_key(out, "Example Net");
	put_meta(out);
	assert_false(out->failed);
}

static int setup(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/nrs-as-XXXXXX");
	const int fd = mkstemp(path);
	struct nrs_text bytes = {0};

	make(&bytes);
	const bool is_whole =
		write(fd, bytes.ptr, bytes.len) == (ssize_t)bytes.len;
	nrs_text_fini(&bytes);
	return close(fd) != 0 || !is_whole;
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static struct nrs_as find(const struct nrs_as_table *table, const char *text)
{
	struct nrs_addr addr;

	assert_int_equal(nrs_addr_parse(nrs_span_of(text), &addr), NRS_OK);
	return nrs_as_table_find(table, &addr);
}

static void an_address_has_the_number_of_its_network(void **state)
{
	struct nrs_as_table *table = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	if (nrs_as_table_open(&table, path, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
	const struct nrs_as as = find(table, "203.0.113.200");
	assert_int_equal(as.number, 64500);
	assert_true(nrs_span_is(as.name, "Example Net"));
	assert_int_equal(find(table, "203.0.112.255").number, 0);
	assert_int_equal(find(table, "203.0.114.0").number, 0);
	assert_int_equal(find(table, "2001:db8::1").number, 0);
	assert_int_equal(find(NULL, "203.0.113.1").number, 0);
	nrs_as_table_close(table);
	nrs_as_table_close(NULL);
}

static void what_is_no_table_is_refused(void **state)
{
	struct nrs_as_table *table = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	assert_int_equal(nrs_as_table_open(&table, "/nowhere.mmdb", &diag),
			 NRS_E_IO);
	assert_int_equal(nrs_as_table_open(&table, "/proc/self/exe", &diag),
			 NRS_E_FORMAT);
	assert_non_null(strstr(diag.text, "/proc/self/exe"));
	assert_null(table);
}

static void a_table_that_was_cut_anywhere_does_no_harm(void **state)
{
	struct nrs_text bytes = {0};
	struct nrs_diag diag = {0};

	(void)state;
	make(&bytes);
	for (size_t len = bytes.len - 1; len > 0; len--) {
		struct nrs_as_table *table = NULL;

		assert_int_equal(truncate(path, (off_t)len), 0);
		if (nrs_as_table_open(&table, path, &diag) == NRS_OK)
			(void)find(table, "203.0.113.200");
		nrs_as_table_close(table);
	}
	nrs_text_fini(&bytes);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(an_address_has_the_number_of_its_network),
		CASE(what_is_no_table_is_refused),
		CASE(a_table_that_was_cut_anywhere_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
