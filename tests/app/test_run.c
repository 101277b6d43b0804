/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_run: live runs that cannot begin: each ends with status 1, says what is
 * wrong, and leaves no thread behind. What needs packets is in tests/e2e/live.
 */
#include "app/run.h"

#include "app/config_read.h"
#include "tests/app/spoken.h"
#include "tests/app/workshop.h"

/* The exit status of a run with @text as its configuration. */
static int run(const char *text)
{
	const struct nrs_config_input input = {.name = "n.yaml",
					       .text = nrs_span_of(text),
					       .state_dir =
						       workshop_path("state"),
					       .machine = "box"};
	struct nrs_text problems = {0};
	struct nrs_config *config = NULL;

	if (nrs_config_read(&config, &input, &problems) != NRS_OK)
		fail_msg("%.*s", (int)problems.len, (const char *)problems.ptr);
	spoken_begin();
	const int status = nrs_run(config);
	spoken_end();
	nrs_text_fini(&problems);
	nrs_config_free(config);
	return status;
}

static void what_is_missing_is_said_and_ends_it(void **state)
{
	char list[WORKSHOP_PATH], file[WORKSHOP_PATH];
	struct {
		const char *name, *format, *path;
		const char *said; /* somewhere on standard error */
	} rows[] = {
		{"indicators that are not there",
		 "interfaces: [{name: lo}]\n"
		 "indicators: [{file: %s}]\n",
		 "/nonexistent/alert.json", "/nonexistent/alert.json"},
		{"an interface that is not there",
		 "interfaces: [{name: nrs-none0}]\n"
		 "indicators: [{file: %s}]\n",
		 list, "nrs-none0"},
		{"a folder that is a file",
		 "interfaces: [{name: lo}]\n"
		 "hubs:\n  isac-a:\n    url: http://127.0.0.1:1/\n"
		 "    collections: [{id: x1}]\n"
		 "state: {dir: %s/below}\n",
		 file, "/below"},
	};

	(void)state;
	if (geteuid() != 0) {
		print_message("skipped: no right to capture\n");
		skip();
	}
	(void)snprintf(list, sizeof(list), "%s",
		       workshop_write("list", "192.0.2.1\n"));
	(void)snprintf(file, sizeof(file), "%s", workshop_write("file", ""));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[1024];

		/* the formats are the rows' own */
		const char *percent = strstr(rows[i].format, "%s");
		/* confined, the test could not go on */
		(void)snprintf(text, sizeof(text),
			       "sensor: {confine: no}\n%.*s%s%s",
			       (int)(percent - rows[i].format), rows[i].format,
			       rows[i].path, percent + 2);
		const int status = run(text);
		if (status != 1 || strstr(SPOKEN_ERR, rows[i].said) == NULL)
			fail_msg("%s: %d, %s", rows[i].name, status,
				 SPOKEN_ERR);
		assert_string_equal(SPOKEN_OUT, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_missing_is_said_and_ends_it),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
