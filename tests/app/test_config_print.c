/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_config_print: what is printed from the table can be read again, and the
 * files in the tree are what is printed.
 */
#include "app/config_read.h"
#include "app/config_schema.h"
#include "tests/nrs_test.h"

static int read_text(struct nrs_config **out, const struct nrs_text *text,
		     struct nrs_text *problems)
{
	const struct nrs_config_input input = {.name = "printed",
					       .text = nrs_text_span(text)};

	return nrs_config_read(out, &input, problems);
}

static void the_printed_file_says_the_defaults(void **state)
{
	struct nrs_text text = {0}, problems = {0};
	struct nrs_config *printed = NULL, *bare = NULL;
	const struct nrs_text nothing = {0};

	(void)state;
	nrs_config_print_defaults(&text);
	if (read_text(&printed, &text, &problems) != NRS_OK)
		fail_msg("%.*s", (int)problems.len, (char *)problems.ptr);
	assert_int_equal(read_text(&bare, &nothing, &problems), NRS_OK);
	assert_int_equal(printed->workers, bare->workers);
	assert_int_equal(printed->validity, bare->validity);
	assert_int_equal(printed->subdomains, bare->subdomains);
	assert_int_equal(printed->flows.total, bare->flows.total);
	assert_int_equal(printed->flows.total, 1048576);
	assert_int_equal(printed->out.rotate_mb, bare->out.rotate_mb);
	assert_int_equal(printed->out.rotate_mb, 100);
	assert_int_equal(printed->out.keep, bare->out.keep);
	assert_int_equal(printed->log.level, bare->log.level);
	assert_string_equal(printed->control.socket, bare->control.socket);
	assert_int_equal(printed->interfaces.count, 0);
	assert_int_equal(printed->hubs.count, 0);
	assert_int_equal(printed->audiences.count, 0);
	assert_true(nrs_config_is_set(printed, "flows.total"));
	nrs_config_free(printed);
	nrs_config_free(bare);
	nrs_text_fini(&text);
	nrs_text_fini(&problems);
}

/* Take away each "#" that begins a line and has no blank behind it. */
static void switch_on(const struct nrs_text *text, struct nrs_text *out)
{
	bool is_begin = true;

	for (size_t i = 0; i < text->len; i++) {
		const char c = (char)text->ptr[i];

		if (!is_begin || c != '#' || i + 1 == text->len ||
		    text->ptr[i + 1] == ' ')
			nrs_text_putc(out, c);
		is_begin = c == '\n' || (is_begin && c == ' ');
	}
}

static void every_sample_may_be_switched_on(void **state)
{
	struct nrs_text text = {0}, all = {0}, problems = {0};
	struct nrs_config *config = NULL;

	(void)state;
	nrs_config_print_defaults(&text);
	switch_on(&text, &all);
	if (read_text(&config, &all, &problems) != NRS_OK)
		fail_msg("%.*s", (int)problems.len, (char *)problems.ptr);
	assert_int_equal(config->interfaces.count, 1);
	assert_int_equal(config->indicators.count, 1);
	assert_int_equal(config->home_net.count, 3);
	assert_int_equal(config->hubs.count, 1);
	assert_int_equal(config->hubs.items[0].collections.count, 1);
	assert_int_equal(config->audiences.count, 2);
	assert_string_equal(config->reporter.contact, "soc@power.example");
	assert_int_equal(config->reporter.sectors.count, 2);
	nrs_config_free(config);
	nrs_text_fini(&text);
	nrs_text_fini(&all);
	nrs_text_fini(&problems);
}

static void the_sample_in_dist_is_what_is_printed(void **state)
{
	struct nrs_text text = {0};
	char path[4096];
	static char held[64 << 10];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/dist/noroshi.yaml",
		       nrs_test_source());
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	const size_t len = fread(held, 1, sizeof(held), file);
	(void)fclose(file);
	nrs_config_print_defaults(&text);
	if (!nrs_span_equal(nrs_span(held, len), nrs_text_span(&text)))
		fail_msg("%s is not what noroshi run --print-defaults prints",
			 path);
	nrs_text_fini(&text);
}

static void the_manual_page_has_every_setting(void **state)
{
	struct nrs_text text = {0};
	struct nrs_config_walk walk = {0};
	const struct nrs_config_row *row;
	unsigned int rows = 0, entries = 0;

	(void)state;
	nrs_config_print_man(&text);
	assert_false(text.failed);
	while ((row = nrs_config_next(&walk)) != NULL) {
		assert_true(row->text != NULL);
		rows++;
	}
	for (size_t i = 0; i + 4 < text.len; i++)
		entries += memcmp(text.ptr + i, "\n.TP\n", 5) == 0;
	assert_int_equal(rows, entries);
	assert_true(rows > 50);
	assert_true(nrs_span_find_text(nrs_text_span(&text),
				       ".B hubs.NAME.collections[].interval") !=
		    SIZE_MAX);
	nrs_text_fini(&text);
}

static void every_option_leads_to_a_setting(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < nrs_config_option_count; i++) {
		const struct nrs_config_given given = {
			nrs_config_options[i].name, "\x01"};
		const struct nrs_config_input input = {
			.name = "n", .given = &given, .given_count = 1};
		struct nrs_text problems = {0};
		struct nrs_config *config = NULL;
		const int err = nrs_config_read(&config, &input, &problems);

		if (nrs_span_find_text(nrs_text_span(&problems),
				       "there is no") != SIZE_MAX)
			fail_msg("--%s: %.*s", given.option, (int)problems.len,
				 (char *)problems.ptr);
		/* No setting can have this value, so it must have got there;
		 * what is meant for all items has none here. */
		if (strstr(nrs_config_options[i].path, "[*") == NULL)
			assert_int_equal(err, NRS_E_FORMAT);
		nrs_config_free(config);
		nrs_text_fini(&problems);
	}
}

static void the_help_names_every_option_and_fits_a_screen(void **state)
{
	struct nrs_text text = {0};
	struct nrs_span rest, line;
	unsigned int lines = 0;

	(void)state;
	nrs_config_print_options(&text);
	for (unsigned int i = 0; i < nrs_config_option_count; i++) {
		const struct nrs_config_option *o = &nrs_config_options[i];
		char name[64];

		snprintf(name, sizeof(name), "--%s%s%s", o->name,
			 o->argument == NULL ? "" : " ",
			 o->argument == NULL ? "" : o->argument);
		if (nrs_span_find_text(nrs_text_span(&text), name) == SIZE_MAX)
			fail_msg("no %s", name);
	}
	rest = nrs_text_span(&text);
	while (nrs_span_split(&rest, '\n', &line)) {
		lines += line.len > 0;
		if (line.len > 80)
			fail_msg("%.*s", (int)line.len, (char *)line.ptr);
	}
	assert_in_range(lines, 2, 16);
	nrs_text_fini(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_printed_file_says_the_defaults),
		cmocka_unit_test(every_sample_may_be_switched_on),
		cmocka_unit_test(the_sample_in_dist_is_what_is_printed),
		cmocka_unit_test(the_manual_page_has_every_setting),
		cmocka_unit_test(every_option_leads_to_a_setting),
		cmocka_unit_test(the_help_names_every_option_and_fits_a_screen),
	};

	return cmocka_run_group_tests_name("config_print", tests, NULL, NULL);
}
