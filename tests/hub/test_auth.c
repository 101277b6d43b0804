/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets: where they may come from, the header they give, and that they stay
 * out of every text.
 */
#include "tests/nrs_test.h"

#include <sys/stat.h>

#include "hub/auth.h"

static char path[32];

static void write_secret(const char *bytes, size_t len, unsigned int mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static int new_path(void **state)
{
	(void)state;
	memcpy(path, "/tmp/nrs_auth_XXXXXX", 21);
	const int fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
	(void)state;
	(void)unsetenv("NRS_TEST_SECRET");
	return unlink(path);
}

static void each_kind_gives_its_header(void **state)
{
	static const struct {
		struct nrs_auth_config config;
		const char *secret, *name, *value;
	} cases[] = {
		/* RFC 7617 section 2: its own example */
		{{.kind = NRS_AUTH_BASIC, .user = "Aladdin"},
		 "open sesame\n",
		 "Authorization",
		 "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
		{{.kind = NRS_AUTH_BASIC},
		 "Aladdin:open sesame",
		 "Authorization",
		 "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
		{{.kind = NRS_AUTH_BEARER},
		 "mF_9.B5f-4.1JqM\r\nsecond line",
		 "Authorization",
		 "Bearer mF_9.B5f-4.1JqM"},
		{{.kind = NRS_AUTH_API_KEY}, "k3y", "Authorization", "k3y"},
		{{.kind = NRS_AUTH_API_KEY, .scheme = "Token"},
		 "k3y",
		 "Authorization",
		 "Token k3y"},
		{{.kind = NRS_AUTH_API_KEY, .header = "X-API-Key"},
		 "k3y",
		 "X-API-Key",
		 "k3y"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_auth_config config = cases[i].config;
		struct nrs_auth *auth = NULL;
		struct nrs_http_header header;
		struct nrs_diag diag = {0};

		print_message("%s\n", cases[i].value);
		write_secret(cases[i].secret, strlen(cases[i].secret), 0600);
		config.secret_file = path;
		if (nrs_auth_open(&auth, &config, &diag) != NRS_OK)
			fail_msg("%s", diag.text);
		assert_true(nrs_auth_header(auth, &header));
		assert_string_equal(header.name, cases[i].name);
		assert_true(nrs_span_is(header.value, cases[i].value));
		nrs_auth_close(auth);
	}
}

static void the_environment_is_a_source_too(void **state)
{
	const struct nrs_auth_config config = {
		.kind = NRS_AUTH_BEARER, .secret_variable = "NRS_TEST_SECRET"};
	struct nrs_auth *auth = NULL;
	struct nrs_http_header header;
	struct nrs_diag diag = {0};

	(void)state;
	assert_int_equal(nrs_auth_open(&auth, &config, &diag), NRS_E_USAGE);
	assert_non_null(strstr(diag.text, "NRS_TEST_SECRET"));
	assert_int_equal(setenv("NRS_TEST_SECRET", "tok", 1), 0);
	assert_int_equal(nrs_auth_open(&auth, &config, &diag), NRS_OK);
	assert_true(nrs_auth_header(auth, &header));
	assert_true(nrs_span_is(header.value, "Bearer tok"));
	nrs_auth_close(auth);
}

static void nobody_else_may_be_able_to_read_the_file(void **state)
{
	static const struct {
		unsigned int mode;
		int err;
	} cases[] = {{0600, NRS_OK},	  {0400, NRS_OK},
		     {0640, NRS_E_USAGE}, {0604, NRS_E_USAGE},
		     {0644, NRS_E_USAGE}, {0610, NRS_E_USAGE}};
	const struct nrs_auth_config config = {.kind = NRS_AUTH_BEARER,
					       .secret_file = path};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_auth *auth = NULL;
		struct nrs_diag diag = {0};

		print_message("%o\n", cases[i].mode);
		(void)chmod(path, 0600);
		write_secret("hunter2", 7, cases[i].mode);
		assert_int_equal(nrs_auth_open(&auth, &config, &diag),
				 cases[i].err);
		assert_null(strstr(diag.text, "hunter2"));
		if (cases[i].err != NRS_OK)
			assert_non_null(strstr(diag.text, "chmod 600"));
		nrs_auth_close(auth);
	}
}

static void bad_secrets_are_refused_without_being_told(void **state)
{
	static const struct {
		const char *name;
		struct nrs_auth_config config;
		const char *bytes;
		size_t len;
		int err;
	} cases[] = {
		{"empty", {.kind = NRS_AUTH_BEARER}, "", 0, NRS_E_FORMAT},
		{"a line", {.kind = NRS_AUTH_BEARER}, "\nx", 2, NRS_E_FORMAT},
		{"NUL", {.kind = NRS_AUTH_BEARER}, "SEC\0RET", 7, NRS_E_FORMAT},
		{"tab", {.kind = NRS_AUTH_BEARER}, "SEC\tRET", 7, NRS_E_FORMAT},
		{"no user", {.kind = NRS_AUTH_BASIC}, "SECRET", 6, NRS_E_USAGE},
		{"colon in the user",
		 {.kind = NRS_AUTH_BASIC, .user = "a:b"},
		 "SECRET",
		 6,
		 NRS_E_USAGE},
		{"two lines as a name",
		 {.kind = NRS_AUTH_API_KEY, .header = "A\r\nB"},
		 "SECRET",
		 6,
		 NRS_E_USAGE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_auth_config config = cases[i].config;
		struct nrs_auth *auth = NULL;
		struct nrs_diag diag = {0};

		print_message("%s\n", cases[i].name);
		write_secret(cases[i].bytes, cases[i].len, 0600);
		config.secret_file = path;
		assert_int_equal(nrs_auth_open(&auth, &config, &diag),
				 cases[i].err);
		assert_null(strstr(diag.text, "RET"));
		assert_null(auth);
	}
}

static void a_huge_secret_is_refused(void **state)
{
	const struct nrs_auth_config config = {.kind = NRS_AUTH_BEARER,
					       .secret_file = path};
	struct nrs_auth *auth = NULL;
	char huge[10000];

	(void)state;
	memset(huge, 'a', sizeof(huge));
	write_secret(huge, 8192, 0600);
	assert_int_equal(nrs_auth_open(&auth, &config, NULL), NRS_OK);
	nrs_auth_close(auth);
	write_secret(huge, 8193, 0600);
	assert_int_equal(nrs_auth_open(&auth, &config, NULL), NRS_E_FORMAT);
}

static void a_secret_has_exactly_one_source(void **state)
{
	const struct nrs_auth_config none = {.kind = NRS_AUTH_BEARER};
	const struct nrs_auth_config both = {.kind = NRS_AUTH_BEARER,
					     .secret_file = path,
					     .secret_variable = "X"};
	const struct nrs_auth_config absent = {.kind = NRS_AUTH_BEARER,
					       .secret_file = "/nonexistent/x"};
	const struct nrs_auth_config folder = {.kind = NRS_AUTH_BEARER,
					       .secret_file = "/tmp"};
	struct nrs_auth *auth = NULL;

	(void)state;
	assert_int_equal(nrs_auth_open(&auth, &none, NULL), NRS_E_USAGE);
	assert_int_equal(nrs_auth_open(&auth, &both, NULL), NRS_E_USAGE);
	assert_int_equal(nrs_auth_open(&auth, &absent, NULL), NRS_E_IO);
	assert_int_equal(nrs_auth_open(&auth, &folder, NULL), NRS_E_USAGE);
	nrs_auth_close(NULL);
}

static void an_echoed_secret_is_starred(void **state)
{
	const struct nrs_auth_config config = {.kind = NRS_AUTH_BASIC,
					       .secret_file = path};
	struct nrs_auth *auth = NULL;
	char text[] = "you sent Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==, that is "
		      "Aladdin:open sesame, or open sesame";

	(void)state;
	write_secret("Aladdin:open sesame", 19, 0600);
	assert_int_equal(nrs_auth_open(&auth, &config, NULL), NRS_OK);
	nrs_auth_scrub(auth, text);
	assert_string_equal(
		text, "you sent Basic ****************************, that is "
		      "*******************, or ***********");
	nrs_auth_scrub(NULL, text);
	nrs_auth_close(auth);
}

static void no_auth_sends_no_header(void **state)
{
	const struct nrs_auth_config config = {.kind = NRS_AUTH_NONE};
	struct nrs_auth *auth = NULL;
	struct nrs_http_header header;

	(void)state;
	assert_int_equal(nrs_auth_open(&auth, &config, NULL), NRS_OK);
	assert_false(nrs_auth_header(auth, &header));
	assert_false(nrs_auth_header(NULL, &header));
	nrs_auth_close(auth);
}

#define WITH_FILE(test)                                                        \
	cmocka_unit_test_setup_teardown(test, new_path, remove_path)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FILE(each_kind_gives_its_header),
		WITH_FILE(the_environment_is_a_source_too),
		WITH_FILE(nobody_else_may_be_able_to_read_the_file),
		WITH_FILE(bad_secrets_are_refused_without_being_told),
		WITH_FILE(a_huge_secret_is_refused),
		WITH_FILE(a_secret_has_exactly_one_source),
		WITH_FILE(an_echoed_secret_is_starred),
		cmocka_unit_test(no_auth_sends_no_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
