/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_match_options: the command line of `noroshi match`.
 */
#include "tests/nrs_test.h"

#include <getopt.h>

#include "app/match_options.h"

#define ARGS_MAX 12

static struct nrs_match_options options;

static int read_words(const char *const *words)
{
	static char texts[ARGS_MAX][64];
	static char *argv[ARGS_MAX + 1]; /* captures point into it */
	int argc = 0;

	for (; argc < ARGS_MAX && words[argc] != NULL; argc++) {
		snprintf(texts[argc], sizeof(texts[argc]), "%s", words[argc]);
		argv[argc] = texts[argc];
	}
	argv[argc] = NULL;
	optind = 0; /* from the start again */
	return nrs_match_options_read(&options, argc, argv);
}

static void each_option_arrives(void **state)
{
	static const char *const words[] = {
		"match",      "--ioc",	"192.0.2.1",   "--from",
		"2026-01-01", "--to",	"@1767225601", "--workers",
		"3",	      "a.pcap", "b.pcap",      NULL};

	(void)state;
	assert_int_equal(read_words(words), NRS_OK);
	assert_int_equal(options.value_count, 1);
	assert_string_equal(options.values[0], "192.0.2.1");
	assert_true(options.from_ns == INT64_C(1767225600000000000));
	assert_true(options.to_ns == INT64_C(1767225601000000000));
	assert_int_equal(options.workers, 3);
	assert_int_equal(options.capture_count, 2);
	assert_string_equal(options.captures[1], "b.pcap");
	assert_int_equal(options.validity, NRS_VALIDITY_SINCE_EXPIRY);
	assert_int_equal(options.home.count, 6); /* the private ones */
	assert_false(options.subdomains);
}

static void what_makes_no_sense_is_wrong_usage(void **state)
{
	static const char *const rows[][6] = {
		{"match", "a.pcap", NULL},
		{"match", "--ioc", "192.0.2.1", NULL},
		{"match", "--ioc", "x", "--workers=0", "a.pcap", NULL},
		{"match", "--ioc", "x", "--workers=65", "a.pcap", NULL},
		{"match", "--ioc", "x", "--from=soon", "a.pcap", NULL},
		{"match", "--ioc", "x", "--validity=no", "a.pcap", NULL},
		{"match", "--ioc", "x", "--home-net=9", "a.pcap", NULL},
		{"match", "--ioc", "x", "--filter=port port", "a.pcap", NULL},
		{"match", "--ioc", "x", "--packets=p", "-", NULL},
		{"match", "--ioc=x", "--from=2026-02-01", "--to=2026-01-01",
		 "a.pcap", NULL},
		{"match", "--ioc=x", "--as-table=no.mmdb", "a.pcap", NULL},
		{"match", "--ioc=x", "--eve", "a.pcap", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (read_words(rows[i]) != NRS_E_USAGE)
			fail_msg("row %zu", i);
	}
}

static void logs_are_worth_a_pass_without_indicators(void **state)
{
	static const char *const logs[] = {"--flows", "--seen", "--hours",
					   "--ipfix"};

	(void)state;
	for (size_t i = 0; i < sizeof(logs) / sizeof(*logs); i++) {
		const char *const words[] = {"match", logs[i], "x", "a.pcap",
					     NULL};

		if (read_words(words) != NRS_OK)
			fail_msg("%s", logs[i]);
	}
}

static void help_is_no_error(void **state)
{
	static const char *const words[] = {"match", "--help", NULL};

	(void)state;
	assert_int_equal(read_words(words), NRS_E_NOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_option_arrives),
		cmocka_unit_test(what_makes_no_sense_is_wrong_usage),
		cmocka_unit_test(logs_are_worth_a_pass_without_indicators),
		cmocka_unit_test(help_is_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
