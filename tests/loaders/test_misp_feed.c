/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_misp_feed: the folder of a feed: what its manifest names is read, what
 * is missing or broken costs itself, and no name leads out of the folder.
 */
#include "tests/nrs_test.h"

#include <sys/stat.h>

#include "loaders/loader.h"

#define UUID "5bbe5d08-e794-4329-b715-0155000000"
#define EVENT(name)                                                            \
	"{\"Event\":{\"info\":\"x\",\"Attribute\":[{\"type\":\"domain\","      \
	"\"value\":\"" name "\",\"to_ids\":true}]}}"

static char folder[64];

static void put(const char *name, const char *text)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void drop(const char *name)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	unlink(path);
}

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/nrs_test_misp_feed.XXXXXX");
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int drop_folder(void **state)
{
	static const char *const names[] = {"manifest.json", UUID "00.json",
					    UUID "01.json", UUID "02.json",
					    "other.json"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		drop(names[i]);
	return rmdir(folder);
}

static int load(struct nrs_set **set, const char *format,
		struct nrs_loader_result *result, struct nrs_diag *diag)
{
	const struct nrs_loader_options options = {.format =
							   nrs_span_of(format)};

	assert_int_equal(nrs_set_new(set), NRS_OK);
	return nrs_load_file(*set, folder, &options, result, diag);
}

static void the_manifest_says_what_is_read(void **state)
{
	const struct nrs_set_refusal *refusals;
	struct nrs_loader_result result;
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;

	(void)state;
	put("manifest.json",
	    "{\"" UUID "00\":{\"info\":\"x\"},\"" UUID
	    "01\":{},\"../other\":{},\"" UUID "02\":{},\"" UUID "03\":7}");
	put(UUID "00.json", EVENT("a.example"));
	put(UUID "01.json", "{\"Event\":{\"Attribute\":[{\"type\":\"domain\","
			    "\"value\":\"b.example\",\"to_ids\":true},{");
	put("other.json", EVENT("c.example"));
	assert_int_equal(load(&set, "", &result, &diag), NRS_OK);
	assert_string_equal(result.format, "MISP feed");
	assert_int_equal(result.indicators, 2);
	assert_true(nrs_span_is(nrs_set_at(set, 0)->pattern, "a.example"));
	assert_true(nrs_span_is(nrs_set_at(set, 1)->pattern, "b.example"));
	/* Two names that are none, two files of which one is not there, and
	 * the attribute that is cut. */
	assert_int_equal(result.refused, 5);
	const size_t count = nrs_set_refusals(set, &refusals);
	assert_int_equal(count, 4);
	assert_true(nrs_span_is(refusals[0].text,
				"manifest.json: 2 members are no events"));
	assert_true(nrs_span_starts(refusals[count - 1].text,
				    UUID "02.json: No such file"));
	nrs_set_free(set);
}

static void a_manifest_that_is_none_is_an_error(void **state)
{
	static const struct {
		const char *text;
		int err;
	} cases[] = {
		{"", NRS_E_FORMAT},
		{"[1]", NRS_E_FORMAT},
		{"{\"" UUID "00\":{", NRS_E_TRUNCATED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nrs_loader_result result;
		struct nrs_diag diag = {0};
		struct nrs_set *set = NULL;

		put("manifest.json", cases[i].text);
		assert_int_equal(load(&set, "", &result, &diag), cases[i].err);
		assert_int_not_equal(diag.text[0], '\0');
		nrs_set_free(set);
	}
}

static void only_misp_can_be_read_from_a_folder(void **state)
{
	struct nrs_loader_result result;
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;

	(void)state;
	put("manifest.json", "{}");
	assert_int_equal(load(&set, "csv", &result, &diag), NRS_E_USAGE);
	nrs_set_free(set);
	assert_int_equal(load(&set, "misp:to_ids=any", &result, &diag), NRS_OK);
	nrs_set_free(set);
	drop("manifest.json");
	assert_int_equal(load(&set, "", &result, &diag), NRS_E_IO);
	assert_string_equal(diag.text, "is a directory");
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_manifest_says_what_is_read),
		cmocka_unit_test(a_manifest_that_is_none_is_an_error),
		cmocka_unit_test(only_misp_can_be_read_from_a_folder),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
