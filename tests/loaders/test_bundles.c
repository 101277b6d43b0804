/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_bundles: every STIX 2.x file of the shared bundles loads with the
 * number of indicators that the table in their README gives.
 */
#include "tests/nrs_test.h"

#include "loaders/loader.h"

struct row {
	char path[256];
	unsigned int indicators;
	bool is_20;
};

/* "| path | repository | there | bytes | indicators | format | licence |" */
static bool parse_row(char *line, struct row *row)
{
	char *cells[8] = {0}, *rest = line;
	unsigned int count = 0;

	while (count < 8 && (cells[count] = strsep(&rest, "|")) != NULL)
		count++;
	if (count < 8)
		return false;
	row->is_20 = strcmp(cells[6], " 2.0 ") == 0;
	return (row->is_20 || strcmp(cells[6], " 2.1 ") == 0) &&
	       sscanf(cells[1], " %255s", row->path) == 1 &&
	       sscanf(cells[5], " %u", &row->indicators) == 1;
}

static void check_file(const struct row *row)
{
	const struct nrs_loader_options options = {.default_tlp = 0};
	struct nrs_loader_result result;
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;
	char name[300], path[4096];

	snprintf(name, sizeof(name), "bundles/%s", row->path);
	assert_true(nrs_test_shared(name, path, sizeof(path)));
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	const int err = nrs_load_file(set, path, &options, &result, &diag);
	if (err != NRS_OK || result.indicators != row->indicators ||
	    result.refused != 0 || nrs_set_count(set) != row->indicators ||
	    strcmp(result.format,
		   row->is_20 ? "STIX 2.0 bundle" : "STIX 2.1 bundle") != 0) {
		print_error("%s: %d '%s', %llu indicators, not %u, %llu "
			    "refused, %s\n",
			    row->path, err, diag.text,
			    (unsigned long long)result.indicators,
			    row->indicators, (unsigned long long)result.refused,
			    result.format);
		fail();
	}
	/* Real files hold nothing that must be rejected here. */
	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		if (nrs_set_at(set, i)->status == NRS_STATUS_REJECTED) {
			print_error("%s: object %u: %s\n", row->path,
				    nrs_set_at(set, i)->place,
				    nrs_set_reason(set, i));
			fail();
		}
	}
	nrs_set_free(set);
}

static void every_bundle_has_the_indicators_of_its_readme(void **state)
{
	char path[4096], line[1024];
	unsigned int files = 0;
	struct row row;

	(void)state;
	assert_true(nrs_test_shared("bundles/README.md", path, sizeof(path)));
	FILE *readme = fopen(path, "r");
	assert_non_null(readme);
	while (fgets(line, sizeof(line), readme) != NULL) {
		if (!parse_row(line, &row))
			continue;
		check_file(&row);
		files++;
	}
	fclose(readme);
	assert_true(files > 90); /* else the table was not understood */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bundle_has_the_indicators_of_its_readme),
	};
	char path[4096];

	if (!nrs_test_shared("bundles/README.md", path, sizeof(path)))
		return NRS_SKIP;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
