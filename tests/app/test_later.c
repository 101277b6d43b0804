/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_later: what changes in a large set, or beside an image, is laid over
 * it, and is what all of it compiled together would be.
 */
#include "app/later.h"

#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "app/supply.h"
#include "app/threads.h"
#include "engine/image.h"
#include "engine/set_over.h"
#include "tests/base/replaced.h"

static char path[] = "/tmp/nrs-later-XXXXXX";

#define FILES 3
static char paths[FILES][64];

static void write_file(unsigned int index, const char *text)
{
	replace_file(paths[index], text);
}

static struct nrs_supply_file files[FILES];
static char hand[80];

static _Atomic(bool) is_woken;

static void wake(void *ctx)
{
	(void)ctx;
	atomic_store_explicit(&is_woken, true, memory_order_release);
}

static const struct nrs_select_policy *policy; /* or NULL */

/* @large: from how many on changes are laid over. */
static struct nrs_supply *supply_of(uint32_t large)
{
	struct nrs_supply_options options = {.files = files,
					     .file_count = FILES,
					     .building = {.seats = 1},
					     .by_hand = hand,
					     .wake = wake,
					     .policy = policy,
					     .large = large};
	struct nrs_supply *supply = NULL;
	struct nrs_diag diag = {0};

	snprintf(hand, sizeof(hand), "%s.hand", path);
	/* Once: another supply's thread may be reading them. */
	for (unsigned int i = 0; i < FILES && paths[FILES - 1][0] == '\0';
	     i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s.%u", path, i);
		files[i].path = paths[i];
		files[i].options.name = nrs_span_of(i == 0 ? "feed" : "added");
	}
	assert_int_equal(nrs_supply_new(&supply, &options), NRS_OK);
	if (access(paths[0], F_OK) != 0) {
		for (unsigned int i = 0; i < FILES; i++)
			write_file(i, "a.example\n");
	}
	assert_int_equal(nrs_supply_build(supply, &diag), NRS_OK);
	return supply;
}

static void update(struct nrs_supply *supply)
{
	struct nrs_diag diag = {0};

	assert_true(nrs_supply_changed(supply));
	if (nrs_supply_update(supply, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
}

/* What is made aside is there, and the builder is woken. */
static void wait_for_merge(struct nrs_supply *supply)
{
	unsigned int idle = 0;

	while (!nrs_supply_changed(supply) ||
	       !atomic_load_explicit(&is_woken, memory_order_acquire))
		nrs_pause(&idle);
	update(supply);
}

/* In force in the generation that is published last. */
static bool is_in_force(struct nrs_supply *supply, const char *value)
{
	struct nrs_supply_state state;
	struct nrs_text text = {0};
	bool is = false;

	nrs_supply_state(supply, &state);
	const struct nrs_set *set = nrs_supply_set_of(supply, state.generation);
	assert_int_equal(nrs_db_generation(nrs_supply_db(supply)),
			 state.generation);
	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		nrs_text_clear(&text);
		nrs_set_pattern(set, i, &text);
		is |= nrs_set_status(set, i) == NRS_STATUS_FULL &&
		      nrs_span_find_text(nrs_text_span(&text), value) !=
			      SIZE_MAX;
	}
	nrs_text_fini(&text);
	return is;
}

static bool is_laid_over(struct nrs_supply *supply)
{
	struct nrs_supply_state state;

	nrs_supply_state(supply, &state);
	return nrs_set_under(nrs_supply_set_of(supply, state.generation)) !=
	       NULL;
}

static bool always(void *ctx)
{
	(void)ctx;
	return true;
}

static void what_changes_in_a_large_set_is_laid_over_it(void **state)
{
	struct nrs_supply_state first, now;

	(void)state;
	struct nrs_supply *supply = supply_of(1);
	write_file(0, "one.example\ntwo.example\n");
	write_file(1, "own.example\n");
	write_file(2, "own.example\n");
	nrs_supply_want_all(supply);
	update(supply);
	wait_for_merge(supply);
	assert_false(nrs_supply_changed(supply));
	assert_false(is_laid_over(supply));
	nrs_supply_state(supply, &first);
	assert_int_equal(first.kept, 3);
	assert_int_equal(first.funnel.duplicates, 1);
	/* added */
	write_file(1, "own.example\nnew.example\n");
	update(supply);
	assert_false(nrs_supply_changed(supply));
	assert_true(is_laid_over(supply));
	assert_true(is_in_force(supply, "new.example"));
	assert_true(is_in_force(supply, "own.example"));
	assert_true(is_in_force(supply, "two.example"));
	nrs_supply_state(supply, &now);
	assert_int_equal(now.kept, 4);
	assert_int_equal(now.funnel.received, first.funnel.received + 1);
	assert_int_equal(now.funnel.duplicates, 1);
	assert_int_equal(now.unmarked, 4);
	assert_int_equal(strncmp(now.digest, "generation ", 11), 0);
	assert_null(nrs_supply_set_of(supply, first.generation));
	nrs_supply_rest(supply, always, NULL);
	nrs_supply_state(supply, &now);
	assert_int_equal(strncmp(now.digest, "generation ", 11), 0);
	nrs_supply_rest(supply, NULL, NULL);
	nrs_supply_state(supply, &now);
	assert_int_equal(strncmp(now.digest, "sha256:", 7), 0);
	/* withdrawn again: all is as at first */
	write_file(1, "own.example\n");
	update(supply);
	assert_false(is_in_force(supply, "new.example"));
	assert_true(is_in_force(supply, "own.example"));
	nrs_supply_rest(supply, NULL, NULL);
	nrs_supply_state(supply, &now);
	assert_string_equal(now.digest, first.digest);
	assert_int_equal(now.kept, 3);
	nrs_supply_free(supply);
}

static void withdraw(const char *text)
{
	replace_file(hand, text);
}

/* Of a set that is compiled whole each time, and of one that is laid over. */
static void what_is_taken_off_by_hand_stays_off(void **state)
{
	static const uint32_t larges[] = {1000, 1};

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct nrs_supply *supply = supply_of(larges[i]);
		struct nrs_supply_state now;

		write_file(0, "one.example\ntwo.example\n");
		write_file(1, "three.example\n");
		nrs_supply_want_all(supply);
		update(supply);
		if (larges[i] == 1)
			wait_for_merge(supply);
		assert_false(nrs_supply_changed(supply));
		withdraw("two.example\nthree.example\n");
		update(supply);
		assert_false(nrs_supply_changed(supply));
		assert_true(is_in_force(supply, "one.example"));
		assert_false(is_in_force(supply, "two.example"));
		assert_false(is_in_force(supply, "three.example"));
		nrs_supply_state(supply, &now);
		assert_int_equal(now.funnel.excepted, 2);
		assert_int_equal(now.changes, 0);
		/* its source says it once more */
		write_file(1, "three.example\nfour.example\n");
		update(supply);
		assert_false(is_in_force(supply, "three.example"));
		assert_true(is_in_force(supply, "four.example"));
		/* and all is compiled anew */
		nrs_supply_want_all(supply);
		update(supply);
		if (larges[i] == 1)
			wait_for_merge(supply);
		assert_false(is_in_force(supply, "two.example"));
		assert_false(is_in_force(supply, "three.example"));
		assert_true(is_in_force(supply, "four.example"));
		withdraw("two.example\n");
		update(supply);
		assert_false(is_in_force(supply, "two.example"));
		assert_true(is_in_force(supply, "three.example"));
		withdraw("");
		update(supply);
		assert_true(is_in_force(supply, "two.example"));
		assert_false(nrs_supply_changed(supply));
		nrs_supply_free(supply);
		assert_int_equal(unlink(hand), 0);
	}
}

/* Random lists, each replaced at random: laid over or compiled whole, it is
 * the same set. */
static void laid_over_or_compiled_whole_is_the_same(void **state)
{
	uint64_t seed = (uint64_t)time(NULL);
	struct nrs_supply_state over, whole;
	unsigned int laid = 0;

	(void)state;
	printf("seed %llu\n", (unsigned long long)seed);
	struct nrs_supply *large = supply_of(1), *small;
	for (unsigned int round = 0; round < 60; round++) {
		struct nrs_text text = {0};

		seed = seed * UINT64_C(6364136223846793005) + 1;
		for (unsigned int i = 0; i < 12; i++)
			if ((seed >> (20 + i) & 1) != 0)
				nrs_text_printf(&text,
						i % 4 == 3 ? "bad line %u (\n"
							   : "v%u.example\n",
						i);
		nrs_text_puts(&text, "always.example\n");
		nrs_text_putc(&text, '\0');
		write_file((unsigned int)(seed >> 40) % FILES,
			   (const char *)text.ptr);
		nrs_text_fini(&text);
		update(large);
		small = supply_of(1000000);
		laid += is_laid_over(large);
		nrs_supply_state(large, &over);
		nrs_supply_state(small, &whole);
		if (over.is_merging) /* something is compiled again */
			wait_for_merge(large);
		nrs_supply_rest(large, NULL, NULL);
		nrs_supply_state(large, &over);
		assert_string_equal(over.digest, whole.digest);
		assert_int_equal(over.kept, whole.kept);
		assert_int_equal(over.unmarked, whole.unmarked);
		assert_int_equal(over.funnel.received, whole.funnel.received);
		assert_int_equal(over.funnel.rejected, whole.funnel.rejected);
		assert_int_equal(over.funnel.duplicates,
				 whole.funnel.duplicates);
		nrs_supply_free(small);
	}
	assert_true(laid > 20);
	nrs_supply_free(large);
}

/* Until nothing is to be done. */
static void settle(struct nrs_supply *supply)
{
	struct nrs_supply_state now = {.is_merging = true};
	unsigned int idle = 0;

	while (now.is_merging || nrs_supply_changed(supply)) {
		if (nrs_supply_changed(supply))
			update(supply);
		else
			nrs_pause(&idle);
		nrs_supply_state(supply, &now);
	}
}

/* What a limit lets in of a source is known when all of it is seen: what came
 * is in force at once, and all compiled anew only if it may be too much. */
static void a_limit_is_kept(void **state)
{
	static const struct nrs_select_rule rule = {.action = NRS_SELECT_LIMIT,
						    .most = 4};
	static const struct nrs_select_policy limited = {.rules = &rule,
							 .rule_count = 1};
	struct nrs_supply_state now;

	(void)state;
	policy = &limited;
	struct nrs_supply *supply = supply_of(1);
	write_file(0, "one.example\ntwo.example\n");
	write_file(1, "a.example\n");
	write_file(2, "c.example\n");
	nrs_supply_want_all(supply);
	settle(supply);
	write_file(1, "a.example\nb.example\n");
	update(supply);
	assert_true(is_laid_over(supply));
	assert_true(is_in_force(supply, "b.example"));
	nrs_supply_state(supply, &now);
	assert_false(now.is_merging);
	/* the other file is called like it: two and three are too many */
	write_file(2, "c.example\nd.example\ne.example\n");
	update(supply);
	nrs_supply_state(supply, &now);
	assert_true(now.is_merging);
	settle(supply);
	nrs_supply_state(supply, &now);
	assert_int_equal(now.kept, 2 + 4);
	nrs_supply_free(supply);
	policy = NULL;
}

static void write_many(unsigned int index, unsigned int count)
{
	struct nrs_text text = {0};

	for (unsigned int i = 0; i < count; i++)
		nrs_text_printf(&text, "m%u.example\n", i);
	nrs_text_putc(&text, '\0');
	write_file(index, (const char *)text.ptr);
	nrs_text_fini(&text);
}

static void many_changes_are_merged_aside(void **state)
{
	struct nrs_supply_state now;

	(void)state;
	struct nrs_supply *supply = supply_of(1);
	write_many(1, 3000);
	update(supply);
	assert_true(is_in_force(supply, "m2999.example"));
	nrs_supply_state(supply, &now);
	assert_true(now.is_merging);
	/* what changes meanwhile is in force at once, and stays so */
	write_file(2, "meanwhile.example\n");
	if (!nrs_supply_changed(supply))
		fail_msg("not seen");
	update(supply);
	while (now.is_merging) {
		if (nrs_supply_changed(supply))
			update(supply);
		nrs_supply_state(supply, &now);
	}
	assert_true(is_in_force(supply, "m2999.example"));
	assert_true(is_in_force(supply, "meanwhile.example"));
	assert_true(now.changes < 10);
	/* more than a delta holds waits for the merge, which comes */
	write_many(2, 12000);
	update(supply);
	nrs_supply_state(supply, &now);
	assert_true(now.funnel.waiting == 2000);
	assert_true(now.is_merging);
	wait_for_merge(supply);
	nrs_supply_state(supply, &now);
	assert_int_equal(now.funnel.waiting, 0);
	assert_true(is_in_force(supply, "m11999.example"));
	nrs_supply_free(supply);
}

/* The list @values compiled into the first file. */
static void write_image(const char *values)
{
	const struct nrs_build_options building = {.seats = 1};
	const struct nrs_loader_options loading = {.name = nrs_span_of("feed")};
	struct nrs_loader_result result;
	struct nrs_set *set = NULL;
	struct nrs_db *db = NULL;
	struct nrs_diag diag = {0};

	write_file(0, values);
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_load_file(set, paths[0], &loading, &result, &diag),
			 NRS_OK);
	assert_int_equal(nrs_set_settle(set), NRS_OK);
	assert_int_equal(nrs_db_build(&db, set, &building), NRS_OK);
	if (nrs_image_write(paths[0], db, nrs_span(NULL, 0), &diag) != NRS_OK)
		fail_msg("%s", diag.text);
	nrs_db_free(db);
	nrs_set_free(set);
}

/* Of two lists under the names of the files' sources. */
static void digest_of(const char *feed, const char *added, char out[80])
{
	const char *const texts[] = {feed, added};
	struct nrs_text digest = {0};
	struct nrs_set *set = NULL;

	assert_int_equal(nrs_set_new(&set), NRS_OK);
	for (unsigned int i = 0; i < 2; i++) {
		struct nrs_loader_result result;

		write_file(2, texts[i]);
		assert_int_equal(nrs_load_file(set, paths[2], &files[i].options,
					       &result, NULL),
				 NRS_OK);
	}
	assert_int_equal(nrs_set_settle(set), NRS_OK);
	assert_int_equal(nrs_set_digest(set, &digest), NRS_OK);
	snprintf(out, 80, "%.*s", (int)digest.len, (const char *)digest.ptr);
	nrs_text_fini(&digest);
	nrs_set_free(set);
}

static void an_image_is_mapped_and_the_rest_laid_over_it(void **state)
{
	char digest[80];
	char list[64];
	const char *const lists[] = {list};
	struct nrs_supply_options options = {.files = files,
					     .file_count = 2,
					     .building = {.seats = 1},
					     .exceptions = lists,
					     .exception_count = 1};
	struct nrs_supply *supply = NULL;
	struct nrs_supply_state now;
	struct nrs_diag diag = {0};

	(void)state;
	nrs_supply_free(supply_of(1)); /* fills in the files */
	write_image("one.example\ntwo.example\nthree.example\n");
	write_file(1, "own.example\n");
	snprintf(list, sizeof(list), "%s.list", path);
	FILE *out = fopen(list, "wb");
	assert_non_null(out);
	assert_true(fputs("two.example # ours\n", out) >= 0);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(nrs_supply_new(&supply, &options), NRS_OK);
	if (nrs_supply_build(supply, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
	assert_true(is_in_force(supply, "one.example"));
	assert_false(is_in_force(supply, "two.example"));
	assert_true(is_in_force(supply, "own.example"));
	nrs_supply_state(supply, &now);
	assert_int_equal(now.kept, 3);
	assert_int_equal(now.funnel.excepted, 1);
	assert_int_equal(now.funnel.received, 4);
	assert_true(now.has_image);
	nrs_supply_rest(supply, NULL, NULL);
	nrs_supply_state(supply, &now);
	/* as if all of it stood in one file */
	digest_of("one.example\nthree.example\n", "own.example\n", digest);
	assert_string_equal(now.digest, digest);
	/* more than can be laid over it is told, and not for ever merged */
	write_many(1, 10001);
	update(supply);
	nrs_supply_state(supply, &now);
	assert_int_equal(now.funnel.waiting, 1);
	assert_false(now.is_merging);
	write_file(1, "own.example\n");
	update(supply);
	/* another image */
	write_image("four.example\n");
	update(supply);
	wait_for_merge(supply);
	assert_true(is_in_force(supply, "four.example"));
	assert_false(is_in_force(supply, "one.example"));
	assert_true(is_in_force(supply, "own.example"));
	/* a second one */
	(void)unlink(paths[2]);
	assert_int_equal(link(paths[0], paths[2]), 0);
	options.file_count = FILES;
	nrs_supply_free(supply);
	supply = NULL;
	assert_int_equal(nrs_supply_new(&supply, &options), NRS_OK);
	assert_int_equal(nrs_supply_build(supply, &diag), NRS_E_UNSUPPORTED);
	assert_non_null(strstr(diag.text, "one image at a time"));
	nrs_supply_free(supply);
	assert_int_equal(unlink(list), 0);
	assert_int_equal(unlink(paths[0]) + unlink(paths[2]), 0);
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
	for (unsigned int i = 0; i < FILES; i++)
		(void)unlink(paths[i]);
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_changes_in_a_large_set_is_laid_over_it),
		cmocka_unit_test(what_is_taken_off_by_hand_stays_off),
		cmocka_unit_test(laid_over_or_compiled_whole_is_the_same),
		cmocka_unit_test(a_limit_is_kept),
		cmocka_unit_test(many_changes_are_merged_aside),
		cmocka_unit_test(an_image_is_mapped_and_the_rest_laid_over_it),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
