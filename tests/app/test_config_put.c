/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_config_put: options of the command line into the tree of the file, and
 * what holds between settings when both are read.
 */
#include "app/config_inside.h"

#include "tests/nrs_test.h"

struct bench {
	struct nrs_config_input input;
	struct nrs_text problems;
	struct nrs_reader reader;
	struct nrs_yaml *root;
	int err;
};

static struct bench put(const char *file, const struct nrs_config_given *given,
			unsigned int count)
{
	struct bench b = {.input = {.name = "n.yaml",
				    .given = given,
				    .given_count = count}};

	b.reader.arena = nrs_arena_new(0);
	assert_non_null(b.reader.arena);
	assert_int_equal(nrs_yaml_parse(nrs_span_of(file), b.reader.arena,
					&b.root, NULL),
			 NRS_OK);
	b.reader.input = &b.input;
	b.reader.problems = &b.problems;
	b.err = nrs_reader_put_options(&b.reader, b.root);
	return b;
}

static void end(struct bench *b)
{
	nrs_arena_free(b->reader.arena);
	nrs_text_fini(&b->problems);
}

static const struct nrs_yaml *member(const struct nrs_yaml *map,
				     const char *key)
{
	assert_non_null(map);
	return nrs_yaml_get(map, nrs_span_of(key));
}

static void an_option_wins_over_the_file(void **state)
{
	static const struct nrs_config_given given[] = {{"workers", "3"},
							{"out", "/x"}};
	struct bench b = put("workers: 9\nvalidity: strict\n", given, 2);

	(void)state;
	assert_int_equal(b.err, NRS_OK);
	assert_true(nrs_span_is(member(b.root, "workers")->text, "3"));
	assert_string_equal(member(b.root, "workers")->origin, "--workers");
	assert_true(
		nrs_span_is(member(member(b.root, "out"), "dir")->text, "/x"));
	assert_true(nrs_span_is(member(b.root, "validity")->text, "strict"));
	assert_null(member(b.root, "validity")->origin);
	end(&b);
}

static void items_of_the_command_line_replace_those_of_the_file(void **state)
{
	static const struct nrs_config_given given[] = {{"interface", "eth1"},
							{"interface", "eth2"}};
	struct bench b = put("interfaces: [{name: eth0}]\n", given, 2);
	const struct nrs_yaml *list = member(b.root, "interfaces");

	(void)state;
	assert_int_equal(b.err, NRS_OK);
	assert_int_equal(list->kind, NRS_YAML_LIST);
	assert_true(nrs_span_is(member(list->child, "name")->text, "eth1"));
	assert_true(
		nrs_span_is(member(list->child->next, "name")->text, "eth2"));
	assert_null(list->child->next->next);
	end(&b);
}

static void what_holds_for_all_items_comes_last(void **state)
{
	/* in whatever order they were given; a bare name becomes an item */
	static const struct nrs_config_given given[] = {{"filter", "udp"},
							{"interface", "eth1"}};
	static const struct nrs_config_given alone[] = {{"promiscuous", NULL}};
	struct bench b = put("", given, 2);
	const struct nrs_yaml *item = member(b.root, "interfaces")->child;

	(void)state;
	assert_true(nrs_span_is(member(item, "name")->text, "eth1"));
	assert_true(nrs_span_is(member(item, "filter")->text, "udp"));
	end(&b);
	b = put("interfaces: [eth0, {name: eth5}]\n", alone, 1);
	item = member(b.root, "interfaces")->child;
	assert_true(nrs_span_is(member(item, "name")->text, "eth0"));
	assert_true(nrs_span_is(member(item, "promiscuous")->text, "yes"));
	assert_true(
		nrs_span_is(member(item->next, "promiscuous")->text, "yes"));
	end(&b);
}

static void there_are_no_other_options(void **state)
{
	static const struct nrs_config_given given[] = {{"wrokers", "3"}};
	struct bench b = put("", given, 1);

	(void)state;
	assert_int_equal(b.err, NRS_E_USAGE);
	end(&b);
}

static void what_nobody_said_is_filled_in(void **state)
{
	struct bench b = put("", NULL, 0);
	struct nrs_config config = {.arena = b.reader.arena};
	struct nrs_config_origins origins = {0};

	(void)state;
	b.input.machine = "box";
	b.input.state_dir = "/var/lib/x";
	config.origins = &origins;
	b.reader.input = &b.input; /* that of put() is gone */
	b.reader.problems = &b.problems;
	b.reader.config = &config;
	b.reader.origins = &origins;
	nrs_reader_relate(&b.reader);
	assert_int_equal(b.reader.problem_count, 0);
	assert_string_equal(config.sensor.name, "box");
	assert_string_equal(config.state.dir, "/var/lib/x");
	/* RFC 1918, link-local, ULA */
	assert_int_equal(config.home_net.count, 6);
	end(&b);
}

static struct nrs_text read_problems(const char *text)
{
	const struct nrs_config_input input = {.name = "n.yaml",
					       .text = nrs_span_of(text),
					       .state_dir = "/x",
					       .machine = "box"};
	struct nrs_text problems = {0};
	struct nrs_config *config = NULL;

	(void)nrs_config_read(&config, &input, &problems);
	nrs_config_free(config);
	return problems;
}

#define HUB "hubs: {h: {url: 'https://hub.example/', collections: [{id: x"

struct pair {
	const char *text;
	const char *problem; /* NULL: none */
};

static void try(const struct pair *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct nrs_text problems = read_problems(rows[i].text);

		if (rows[i].problem == NULL
			    ? problems.len > 0
			    : nrs_span_find_text(nrs_text_span(&problems),
						 rows[i].problem) == SIZE_MAX)
			fail_msg("%s: %.*s", rows[i].text, (int)problems.len,
				 (char *)problems.ptr);
		nrs_text_fini(&problems);
	}
}

static void names_must_lead_somewhere(void **state)
{
	static const struct pair rows[] = {
		{HUB "}]}}\naudiences: {a: {collection: h/y}}\n", NULL},
		{HUB ", audience: a}]}}\naudiences: {a: {}}\n", NULL},
		{HUB ", audience: b}]}}\naudiences: {a: {}}\n", "'b'"},
		{HUB "}]}}\naudiences: {a: {collection: g/y}}\n", "g"},
		{"audiences: {a: {within: b}}\n", "there is no audience 'b'"},
		{"audiences: {a: {within: a}}\n", "'a' is within itself"},
		{"audiences: {a: {within: b}, b: {within: a}}\n",
		 "is within itself"},
		{"audiences: {a: {mode: auto}}\n", "no collection"},
		{HUB "}]}}\naudiences: {a: {collection: h/y, mode: auto}}\n",
		 "reporter.name"},
	};

	(void)state;
	try(rows, sizeof(rows) / sizeof(*rows));
}

#define LOGS "out: {dir: /x, logs: "

static void nobody_looks_back_into_what_is_not_kept(void **state)
{
	static const struct pair rows[] = {
		{LOGS "{look_back: 0}}\n", NULL},
		{LOGS "{observations: yes}}\n", NULL},
		{LOGS "{observations: yes, look_back: 90}}\n", NULL},
		{LOGS "{flows: yes, look_back: 1}}\n", NULL},
		{LOGS "{flows: yes, look_back: 91}}\n", "kept for 90 days"},
		{LOGS "{flows: yes, days: 7}}\n", NULL},
		{LOGS "{flows: yes, days: 0, look_back: 3650}}\n", NULL},
		{LOGS "{flows: yes, look_back: 99999}}\n", "36500"},
		{LOGS "{flows: yes, look_back: x}}\n", "look_back"},
	};

	(void)state;
	try(rows, sizeof(rows) / sizeof(*rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_option_wins_over_the_file),
		cmocka_unit_test(
			items_of_the_command_line_replace_those_of_the_file),
		cmocka_unit_test(what_holds_for_all_items_comes_last),
		cmocka_unit_test(there_are_no_other_options),
		cmocka_unit_test(what_nobody_said_is_filled_in),
		cmocka_unit_test(names_must_lead_somewhere),
		cmocka_unit_test(nobody_looks_back_into_what_is_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
