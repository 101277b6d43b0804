/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_supply: sources into published sets: what cannot be read whole changes
 * nothing, what did not change is not published again, and a replaced file is
 * noticed.
 */
#include <time.h>
#include <unistd.h>

#include "app/supply.h"
#include "app/threads.h"
#include "engine/image.h"
#include "engine/set_over.h"
#include "tests/base/replaced.h"

static char path[] = "/tmp/nrs-supply-XXXXXX";

static void replace(const char *text)
{
	replace_file(path, text);
}

static void good_sets_replace_each_other_and_bad_ones_nothing(void **state)
{
	const struct nrs_supply_file file = {.path = path};
	const struct nrs_supply_options options = {
		.files = &file, .file_count = 1, .building = {.seats = 2}};
	struct nrs_supply *supply = NULL;
	struct nrs_supply_state one, other;
	struct nrs_diag diag = {0};

	(void)state;
	replace("192.0.2.1\nc2.example\n");
	assert_int_equal(nrs_supply_new(&supply, &options), NRS_OK);
	assert_int_equal(nrs_supply_build(supply, &diag), NRS_OK);
	nrs_supply_state(supply, &one);
	assert_int_equal(one.generation, 1);
	assert_int_equal(one.kept, 2);
	assert_int_equal(one.unmarked, 2);
	assert_int_equal(strncmp(one.digest, "sha256:", 7), 0);
	assert_non_null(nrs_supply_set_of(supply, 1));
	assert_false(nrs_supply_changed(supply));
	/* nothing changed: nothing is published */
	assert_int_equal(nrs_supply_build(supply, &diag), NRS_OK);
	assert_int_equal(nrs_db_generation(nrs_supply_db(supply)), 1);
	/* a file that is none */
	replace("\x01\x02\x03\x04");
	assert_true(nrs_supply_changed(supply));
	assert_int_not_equal(nrs_supply_build(supply, &diag), NRS_OK);
	assert_non_null(strstr(diag.text, path));
	assert_int_equal(nrs_db_generation(nrs_supply_db(supply)), 1);
	assert_false(nrs_supply_changed(supply)); /* said once */
	/* a good one again; the old set is forgotten */
	replace("192.0.2.1\n192.0.2.2\nc2.example\n");
	assert_true(nrs_supply_changed(supply));
	assert_int_equal(nrs_supply_build(supply, &diag), NRS_OK);
	nrs_supply_state(supply, &other);
	assert_int_equal(other.kept, 3);
	assert_true(other.generation > one.generation);
	assert_string_not_equal(one.digest, other.digest);
	assert_null(nrs_supply_set_of(supply, one.generation));
	assert_non_null(nrs_supply_set_of(supply, other.generation));
	nrs_supply_free(supply);
}

static void what_is_added_later_may_be_absent_at_first(void **state)
{
	const struct nrs_supply_file files[] = {
		{.path = path},
		{.path = "/nonexistent/added.list", .may_be_absent = true}};
	const struct nrs_supply_options options = {
		.files = files, .file_count = 2, .building = {.seats = 1}};
	struct nrs_supply *supply = NULL;
	struct nrs_diag diag = {0};

	(void)state;
	replace("192.0.2.1\n");
	assert_int_equal(nrs_supply_new(&supply, &options), NRS_OK);
	assert_int_equal(nrs_supply_build(supply, &diag), NRS_OK);
	nrs_supply_free(supply);
}

static void a_source_that_is_not_believed_changes_nothing(void **state)
{
	const struct nrs_supply_file file = {.path = path};
	const struct nrs_supply_options options = {
		.files = &file,
		.file_count = 1,
		.building = {.seats = 1},
		.feeds = {
			.shrink_percent = 50, .grow_percent = 100, .least = 2}};
	struct nrs_supply *supply = NULL;
	struct nrs_supply_state now;
	struct nrs_diag diag = {0};

	(void)state;
	replace("a.example\nb.example\nc.example\n");
	assert_int_equal(nrs_supply_new(&supply, &options), NRS_OK);
	assert_int_equal(nrs_supply_build(supply, &diag), NRS_OK);
	replace("a.example\n");
	assert_int_equal(nrs_supply_build(supply, &diag), NRS_E_LIMIT);
	assert_non_null(strstr(diag.text, "feeds.shrink"));
	nrs_supply_state(supply, &now);
	assert_int_equal(now.generation, 1);
	assert_int_equal(now.kept, 3);
	assert_int_equal(now.disbelieved, 1);
	assert_string_equal(now.doubt, diag.text);
	/* itself again: there is no doubt any more */
	replace("a.example\nb.example\nc.example\n");
	assert_int_equal(nrs_supply_build(supply, &diag), NRS_OK);
	nrs_supply_state(supply, &now);
	assert_int_equal(now.generation, 1);
	assert_string_equal(now.doubt, "");
	/* somebody says that it is right: once */
	replace("a.example\n");
	nrs_supply_accept(supply);
	assert_int_equal(nrs_supply_build(supply, &diag), NRS_OK);
	replace("a.example\nb.example\nc.example\n");
	assert_int_equal(nrs_supply_build(supply, &diag), NRS_E_LIMIT);
	nrs_supply_state(supply, &now);
	assert_int_equal(now.kept, 1);
	assert_int_equal(now.disbelieved, 2);
	nrs_supply_free(supply);
}

static void what_the_policy_drops_is_not_compiled_but_counted(void **state)
{
	static const char *const word = "b.example";
	const struct nrs_select_rule rule = {
		.action = NRS_SELECT_DROP,
		.words[NRS_SELECT_WITHIN] = {&word, 1}};
	const struct nrs_select_policy policy = {.rules = &rule,
						 .rule_count = 1};
	const struct nrs_supply_file file = {.path = path};
	struct nrs_supply_options options = {
		.files = &file, .file_count = 1, .building = {.seats = 1}};
	struct nrs_supply *supply = NULL;
	struct nrs_supply_state now;
	struct nrs_db_sizes sizes;
	struct nrs_diag diag = {0};

	(void)state;
	replace("a.example\nx.b.example\nb.example\na.example\n::\n(\n");
	options.policy = &policy;
	options.building.guards = true;
	assert_int_equal(nrs_supply_new(&supply, &options), NRS_OK);
	assert_int_equal(nrs_supply_build(supply, &diag), NRS_OK);
	nrs_supply_state(supply, &now);
	assert_int_equal(now.funnel.received, 6);
	assert_int_equal(now.funnel.by_rule[0], 2);
	assert_int_equal(now.funnel.duplicates, 1);
	assert_int_equal(now.funnel.guarded, 1);
	assert_int_equal(now.funnel.rejected, 1);
	assert_int_equal(now.kept, 1);
	nrs_db_sizes(nrs_supply_db(supply), &sizes);
	assert_int_equal(sizes.keys, 1);
	nrs_supply_free(supply);
}

/* Three files: the second and third are small beside the first. */ static void
update(struct nrs_supply *supply)
{
	struct nrs_diag diag = {0};

	assert_true(nrs_supply_changed(supply));
	if (nrs_supply_update(supply, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
}

static int64_t clock_ns;
static int64_t fixed_ns(void)
{
	return clock_ns;
}

static void an_exception_ends_when_it_says(void **state)
{
	const struct nrs_supply_file file = {.path = path};
	char list[64];
	const char *const lists[] = {list};
	const struct nrs_supply_options options = {.files = &file,
						   .file_count = 1,
						   .building = {.seats = 1},
						   .exceptions = lists,
						   .exception_count = 1,
						   .now_ns = fixed_ns};
	struct nrs_supply *supply = NULL;
	struct nrs_supply_state now;
	struct nrs_diag diag = {0};

	(void)state;
	snprintf(list, sizeof(list), "%s.list", path);
	FILE *out = fopen(list, "wb");
	assert_non_null(out);
	assert_true(fputs("a.example until=2026-03-01T12:00:00Z\n"
			  "b.example until=2026-03-01T13:00:00Z\n",
			  out) >= 0);
	assert_int_equal(fclose(out), 0);
	replace("a.example\nb.example\nc.example\n");
	assert_int_equal(
		nrs_stamp_parse(nrs_span_of("2026-03-01T11:59:59Z"), &clock_ns),
		NRS_OK);
	assert_int_equal(nrs_supply_new(&supply, &options), NRS_OK);
	assert_int_equal(nrs_supply_build(supply, &diag), NRS_OK);
	nrs_supply_state(supply, &now);
	assert_int_equal(now.funnel.excepted, 2);
	assert_false(nrs_supply_changed(supply));
	clock_ns += NRS_SECOND_NS;
	update(supply);
	nrs_supply_state(supply, &now);
	assert_int_equal(now.funnel.excepted, 1);
	assert_false(nrs_supply_changed(supply));
	clock_ns += 3600 * NRS_SECOND_NS;
	update(supply);
	nrs_supply_state(supply, &now);
	assert_int_equal(now.funnel.excepted, 0);
	assert_int_equal(now.kept, 3);
	clock_ns += 36000 * NRS_SECOND_NS;
	assert_false(nrs_supply_changed(supply));
	nrs_supply_free(supply);
	assert_int_equal(unlink(list), 0);
}
static int setup(void **state)
{
	const int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			good_sets_replace_each_other_and_bad_ones_nothing),
		cmocka_unit_test(what_is_added_later_may_be_absent_at_first),
		cmocka_unit_test(a_source_that_is_not_believed_changes_nothing),
		cmocka_unit_test(
			what_the_policy_drops_is_not_compiled_but_counted),
		cmocka_unit_test(an_exception_ends_when_it_says),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
