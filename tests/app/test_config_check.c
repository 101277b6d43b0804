/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_config_check: what only this machine can tell, in a folder of its own.
 */
#include "app/config_read.h"

#include <sys/stat.h>

#include "tests/nrs_test.h"

static char dir[] = "/tmp/noroshi-config-XXXXXX";

static void write_file(const char *name, const char *text, mode_t mode)
{
	char path[200];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static int setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		return -1;
	write_file("list", "a.example\n", 0644);
	write_file("secret", "word\n", 0600);
	write_file("loose", "word\n", 0640);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return unlink("list") || unlink("secret") || unlink("loose") ||
	       unlink("c.yaml") || chdir("/") || rmdir(dir);
}

static int check(const char *text, struct nrs_text *problems)
{
	struct nrs_config *config = NULL;

	write_file("c.yaml", text, 0644);
	int err = nrs_config_load(&config, "c.yaml", NULL, 0, problems);
	if (err == NRS_OK)
		err = nrs_config_check(config, problems);
	nrs_config_free(config);
	nrs_text_putc(problems, '\0');
	return err;
}

#define HUB                                                                    \
	"interfaces: [lo]\nstate: {dir: .}\n"                                  \
	"hubs: {h: {url: \"https://h.example\", collections: [x],\n"

static void what_the_machine_has_not_is_told(void **state)
{
	static const struct {
		const char *text, *problem;
	} cases[] = {
		{"interfaces: [lo]\nindicators: [list]\nout: {dir: new}\n", ""},
		{"indicators: [list]\n", "default: interfaces: none: nowhere "
					 "to capture (run --help)\n"},
		{"interfaces: [lo]\n", "default: indicators: none, and no "
				       "hub's collections: nothing to match\n"},
		{"interfaces: [lo, nosuch0]\nindicators: [list]\n",
		 "c.yaml:1: interfaces[1].name: this machine has no nosuch0\n"},
		{"interfaces: [lo]\nindicators:\n - absent\n",
		 "c.yaml:3: indicators[0].file: absent: No such file or "
		 "directory\n"},
		{"interfaces: [lo]\nindicators: [.]\n", ""},
		{"interfaces: [lo]\nindicators: [list]\nexceptions: [.]\n",
		 "c.yaml:3: exceptions: . is no file\n"},
		{"interfaces: [lo]\nindicators: [list]\nout: {dir: list}\n",
		 "c.yaml:3: out.dir: list is no folder\n"},
		{"interfaces: [lo]\nindicators: [list]\nout: {dir: a/b}\n",
		 "c.yaml:3: out.dir: a/b cannot be made: a/: No such file or "
		 "directory\n"},
		{HUB "auth: {type: bearer, secret_file: secret}}}\n", ""},
		{HUB "client_certificate: list,\n client_key: loose}}\n",
		 "c.yaml:5: hubs.h.client_key: loose may be read by others: "
		 "chmod 600\n"},
		{HUB "ca_file: absent}}\n",
		 "c.yaml:4: hubs.h.ca_file: absent: No such file or "
		 "directory\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_text problems = {0};
		const int err = check(cases[i].text, &problems);

		if (strcmp((const char *)problems.ptr, cases[i].problem) != 0 ||
		    err != (cases[i].problem[0] == '\0' ? NRS_OK
							: NRS_E_FORMAT))
			fail_msg("%s gives %d\n%swhere this was due:\n%s",
				 cases[i].text, err, (char *)problems.ptr,
				 cases[i].problem);
		nrs_text_fini(&problems);
	}
}

/* The reason's words are hub/auth.c's and libpcap's. */
static void a_secret_for_all_and_a_bad_filter_are_refused(void **state)
{
	static const struct {
		const char *text, *begin;
	} cases[] = {
		{HUB "auth: {type: bearer, secret_file: loose}}}\n",
		 "c.yaml:4: hubs.h.auth.secret_file: "},
		{HUB "auth: {type: bearer,\n secret_env: NRS_NOT_SET}}}\n",
		 "c.yaml:5: hubs.h.auth.secret_env: "},
		{"interfaces:\n - name: lo\n   filter: nonsense 5\n"
		 "indicators: [list]\n",
		 "c.yaml:3: interfaces[0].filter: "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_text problems = {0};

		assert_int_equal(check(cases[i].text, &problems), NRS_E_FORMAT);
		if (strncmp((const char *)problems.ptr, cases[i].begin,
			    strlen(cases[i].begin)) != 0)
			fail_msg("%s gives %s", cases[i].text,
				 (char *)problems.ptr);
		assert_null(strstr((const char *)problems.ptr, "word"));
		nrs_text_fini(&problems);
	}
}

static void a_file_that_is_not_there_is_named(void **state)
{
	struct nrs_text problems = {0};
	struct nrs_config *config = NULL;

	(void)state;
	assert_int_equal(
		nrs_config_load(&config, "no.yaml", NULL, 0, &problems),
		NRS_E_IO);
	assert_true(nrs_span_is(nrs_text_span(&problems),
				"no.yaml: No such file or directory\n"));
	nrs_text_fini(&problems);
}

static void the_service_manager_says_where_state_goes(void **state)
{
	struct nrs_text problems = {0};
	struct nrs_config *config = NULL;

	(void)state;
	assert_int_equal(setenv("STATE_DIRECTORY", "/a/b:/c", 1), 0);
	assert_int_equal(nrs_config_load(&config, NULL, NULL, 0, &problems),
			 NRS_OK);
	assert_string_equal(config->state.dir, "/a/b");
	assert_false(nrs_config_is_set(config, "state.dir"));
	assert_int_equal(unsetenv("STATE_DIRECTORY"), 0);
	nrs_config_free(config);
	nrs_text_fini(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_machine_has_not_is_told),
		cmocka_unit_test(a_secret_for_all_and_a_bad_filter_are_refused),
		cmocka_unit_test(a_file_that_is_not_there_is_named),
		cmocka_unit_test(the_service_manager_says_where_state_goes),
	};

	return cmocka_run_group_tests_name("config_check", tests, setup,
					   teardown);
}
