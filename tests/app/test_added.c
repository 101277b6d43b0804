/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_added: what is added is tried, kept whole, and read again.
 */
#include "app/added.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/nrs_test.h"

struct fixture {
	char dir[64];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	if (f == NULL)
		return -1;
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/noroshi-added-XXXXXX");
	return mkdtemp(f->dir) == NULL;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = {
		"added.list",	   "added.d/a.txt",
		"added.d/cut.new", "added.d/some.json",
		"withdrawn.list",  "in/a.txt",
		"in/junk"};
	char path[200];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", f->dir, names[i]);
		(void)unlink(path);
	}
	(void)snprintf(path, sizeof(path), "%s/added.d", f->dir);
	(void)rmdir(path);
	(void)snprintf(path, sizeof(path), "%s/in", f->dir);
	(void)rmdir(path);
	const int failed = rmdir(f->dir);
	free(f);
	return failed;
}

static void write_file(const struct fixture *f, const char *name,
		       const char *text, size_t len)
{
	char path[200];

	(void)snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void holds(const struct fixture *f, const char *name, const char *wanted)
{
	char path[200], text[400];

	(void)snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	const size_t len = fread(text, 1, sizeof(text) - 1, file);
	assert_int_equal(fclose(file), 0);
	text[len] = '\0';
	assert_string_equal(text, wanted);
}

static bool add(const struct fixture *f, const char *one, const char *other,
		struct nrs_text *out)
{
	const struct nrs_span values[] = {nrs_span_of(one), nrs_span_of(other)};

	nrs_text_clear(out);
	const bool is_all = nrs_added_values(f->dir, values,
					     other == NULL ? 1 : 2, NULL, out);
	nrs_text_putc(out, '\0');
	return is_all;
}

static void values_become_lines_once(void **state)
{
	struct fixture *f = *state;
	struct nrs_text out = {0};

	assert_true(add(f, "a.example", "198.51.100.7", &out));
	holds(f, "added.list", "a.example\n198.51.100.7\n");
	assert_true(add(f, "a.example", "hxxp://b[.]example/x", &out));
	assert_non_null(strstr((char *)out.ptr, "was there\n"));
	holds(f, "added.list",
	      "a.example\n198.51.100.7\nhxxp://b[.]example/x\n");
	nrs_text_fini(&out);
}

static void what_was_added_is_withdrawn_again(void **state)
{
	const struct nrs_span values[] = {nrs_span_of("b.example"),
					  nrs_span_of("a.txt"),
					  nrs_span_of("c.example")};
	struct fixture *f = *state;
	struct nrs_text out = {0};
	char path[200];

	(void)snprintf(path, sizeof(path), "%s/added.d", f->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	write_file(f, "added.d/a.txt", "d.example\n", 10);
	write_file(f, "added.list", "a.example\nb[.]example\nbb.example", 32);
	assert_true(nrs_added_withdraw(f->dir, values, 3, &out));
	holds(f, "added.list", "a.example\nbb.example\n");
	(void)snprintf(path, sizeof(path), "%s/added.d/a.txt", f->dir);
	assert_int_not_equal(access(path, F_OK), 0);
	/* No way out of the folder. */
	const struct nrs_span outside[] = {nrs_span_of("../added.list"),
					   nrs_span_of(".."), nrs_span_of("")};
	for (unsigned int i = 0; i < 3; i++)
		assert_false(nrs_added_withdraw(f->dir, outside + i, 1, &out));
	holds(f, "added.list", "a.example\nbb.example\n");
	nrs_text_fini(&out);
}

static void what_sources_say_is_taken_off_until_it_is_added(void **state)
{
	const struct nrs_span values[] = {nrs_span_of("c[.]example"),
					  nrs_span_of("indicator--x"),
					  nrs_span_of("no value")};
	const struct nrs_span again = nrs_span_of("c.example");
	struct fixture *f = *state;
	struct nrs_text out = {0};

	assert_false(nrs_added_withdraw(f->dir, values, 3, &out));
	holds(f, "withdrawn.list", "c[.]example\nindicator--x\n");
	assert_true(nrs_added_withdraw(f->dir, values, 2, &out)); /* once */
	holds(f, "withdrawn.list", "c[.]example\nindicator--x\n");
	/* It is as before, and not one's own beside. */
	assert_true(nrs_added_values(f->dir, &again, 1, NULL, &out));
	assert_true(nrs_added_values(f->dir, values + 1, 1, NULL, &out));
	holds(f, "withdrawn.list", "");
	assert_true(nrs_added_values(f->dir, &again, 1, NULL, &out));
	holds(f, "added.list", "c.example\n");
	nrs_text_fini(&out);
}

static void what_is_no_value_is_told_and_the_rest_is_kept(void **state)
{
	static const char *const bad[] = {"no value at all", "", "a\nb.example",
					  "a.example\r", "\x1b[2J"};
	struct fixture *f = *state;
	struct nrs_text out = {0};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_false(add(f, bad[i], NULL, &out));
		assert_non_null(strstr((char *)out.ptr, "not added"));
		assert_null(strchr((char *)out.ptr, '\x1b'));
	}
	assert_false(add(f, "no value at all", "b.example", &out));
	holds(f, "added.list", "b.example\n");
	nrs_text_fini(&out);
}

static struct nrs_prefix prefix_of(const char *text)
{
	struct nrs_prefix prefix;

	assert_int_equal(nrs_prefix_parse(nrs_span_of(text), &prefix), NRS_OK);
	return prefix;
}

static void what_a_guard_refuses_is_told_which_and_not_added(void **state)
{
	static const struct {
		const char *value, *said; /* NULL: it is added */
	} cases[] = {
		{"127.0.0.1", "127[.]0[.]0[.]1: not added: guard: loopback"},
		{"127[.]0[.]0[.]1",
		 "127[.]0[.]0[.]1: not added: guard: loopback"},
		{"10.1.2.3", "10[.]1[.]2[.]3: not added: guard: "},
		{"com", "com: not added: "},
		{"192.0.2.9", NULL},
		{"a.example", NULL},
		{"169.254.7.7", NULL}};
	const struct nrs_prefix own = prefix_of("10.0.0.0/8");
	const struct nrs_prefix allowed = prefix_of("169.254.7.7");
	struct nrs_build_options building = {
		.seats = 1, .guards = true, .own = {&own, 1, &allowed, 1}};
	struct nrs_span values[sizeof(cases) / sizeof(*cases)];
	struct fixture *f = *state;
	struct nrs_text out = {0};
	char path[200];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		values[i] = nrs_span_of(cases[i].value);
	assert_false(nrs_added_values(f->dir, values,
				      sizeof(cases) / sizeof(*cases), &building,
				      &out));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (cases[i].said != NULL &&
		    nrs_span_find_text(nrs_text_span(&out), cases[i].said) ==
			    SIZE_MAX)
			fail_msg("%s: %.*s", cases[i].value, (int)out.len,
				 (const char *)out.ptr);
	}
	holds(f, "added.list", "192.0.2.9\na.example\n169.254.7.7\n");
	/* A site may have none. */
	(void)snprintf(path, sizeof(path), "%s/added.list", f->dir);
	assert_int_equal(unlink(path), 0);
	building.guards = false;
	assert_true(nrs_added_values(f->dir, values, 1, &building, &out));
	holds(f, "added.list", "127.0.0.1\n");
	nrs_text_fini(&out);
}

static void a_list_without_a_last_line_feed_is_gone_on_with(void **state)
{
	struct fixture *f = *state;
	struct nrs_text out = {0};

	write_file(f, "added.list", "x.example", 9);
	assert_true(add(f, "y.example", NULL, &out));
	holds(f, "added.list", "x.example\ny.example\n");
	nrs_text_fini(&out);
}

static void files_are_copied_and_loaded_but_no_halves(void **state)
{
	const struct nrs_loader_options options = {0};
	struct fixture *f = *state;
	struct nrs_text out = {0};
	struct nrs_set *set = NULL;
	char path[200];

	(void)snprintf(path, sizeof(path), "%s/in", f->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	write_file(f, "in/a.txt", "c.example\nd.example\n", 20);
	write_file(f, "in/junk", "\x00\x01\x02", 3);
	(void)snprintf(path, sizeof(path), "%s/in/a.txt", f->dir);
	assert_true(nrs_added_file(f->dir, path, NULL, &out));
	assert_true(
		nrs_added_file(f->dir, path, NULL, &out)); /* again: replaced */
	holds(f, "added.d/a.txt", "c.example\nd.example\n");
	(void)snprintf(path, sizeof(path), "%s/in/junk", f->dir);
	assert_false(nrs_added_file(f->dir, path, NULL, &out));
	(void)snprintf(path, sizeof(path), "%s/in/absent", f->dir);
	assert_false(nrs_added_file(f->dir, path, NULL, &out));
	/* A copy that kill -9 cut off is not read. */
	write_file(f, "added.d/cut.new", "e.example\n", 10);
	(void)snprintf(path, sizeof(path), "%s/added.d", f->dir);
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_added_load(path, &options, set, NULL), NRS_OK);
	assert_int_equal(nrs_set_count(set), 2);
	(void)snprintf(path, sizeof(path), "%s/nothing", f->dir);
	assert_int_equal(nrs_added_load(path, &options, set, NULL), NRS_OK);
	nrs_set_free(set);
	nrs_text_fini(&out);
}

static void a_file_says_what_finds_no_room_now(void **state)
{
	static const struct {
		const char *name;
		struct nrs_later_room room;
		const char *said;
	} cases[] = {{"all", {10, {2, 0}}, ": 3 indicators, 0 refused\n"},
		     {"too many rows",
		      {2, {2, 0}},
		      ": 3 indicators, 0 refused; 1 of them wait until all is "
		      "compiled anew\n"},
		     {"too many expressions",
		      {10, {0, 1}},
		      ": 3 indicators, 0 refused; 1 of them wait until all is "
		      "compiled anew\n"}};
	static const char stix[] =
		"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":"
		"\"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3%u\","
		"\"created\":\"2026-01-01T00:00:00Z\",\"modified\":"
		"\"2026-01-01T00:00:00Z\",\"valid_from\":"
		"\"2026-01-01T00:00:00Z\",\"pattern_type\":\"stix\","
		"\"pattern\":\"[domain-name:value %s]\"}\n";
	struct fixture *f = *state;
	struct nrs_text out = {0}, file = {0};
	char path[200];

	nrs_text_printf(&file, stix, 1, "LIKE 'a%b.example'");
	nrs_text_printf(&file, stix, 2, "= 'c.example'");
	nrs_text_printf(&file, stix, 3, "MATCHES 'd[0-9]'");
	write_file(f, "some.json", (const char *)file.ptr, file.len);
	(void)snprintf(path, sizeof(path), "%s/some.json", f->dir);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		nrs_text_clear(&out);
		assert_true(nrs_added_file(f->dir, path, &cases[i].room, &out));
		nrs_text_putc(&out, '\0');
		print_message("%s: %s", cases[i].name, (const char *)out.ptr);
		assert_string_equal((const char *)out.ptr + strlen(path),
				    cases[i].said);
	}
	assert_int_equal(unlink(path), 0);
	nrs_text_fini(&file);
	nrs_text_fini(&out);
}

static void a_folder_changes_with_any_of_its_files(void **state)
{
	const struct fixture *f = *state;
	char folder[128], path[160], other[160];
	struct stat before, now;

	(void)snprintf(folder, sizeof(folder), "%s/in", f->dir);
	(void)snprintf(path, sizeof(path), "%s/a.txt", folder);
	(void)snprintf(other, sizeof(other), "%s/junk", folder);
	nrs_added_look(folder, &before); /* not there */
	assert_int_equal(before.st_size, 0);
	assert_int_equal(mkdir(folder, 0700), 0);
	write_file(f, "in/a.txt", "a.example\n", 10);
	nrs_added_look(folder, &before);
	assert_int_equal(before.st_size, 10);
	/* written to, in place */
	write_file(f, "in/a.txt", "aa.example\n", 11);
	nrs_added_look(folder, &now);
	assert_int_not_equal(before.st_size, now.st_size);
	/* replaced by another of the same size */
	write_file(f, "in/junk", "bb.example\n", 11);
	assert_int_equal(rename(other, path), 0);
	nrs_added_look(folder, &before);
	assert_true(before.st_mtim.tv_sec != now.st_mtim.tv_sec ||
		    before.st_mtim.tv_nsec != now.st_mtim.tv_nsec);
	assert_int_equal(unlink(path), 0);
	nrs_added_look(folder, &now);
	assert_int_equal(now.st_size, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_become_lines_once),
		TEST(what_was_added_is_withdrawn_again),
		TEST(what_sources_say_is_taken_off_until_it_is_added),
		TEST(what_is_no_value_is_told_and_the_rest_is_kept),
		TEST(what_a_guard_refuses_is_told_which_and_not_added),
		TEST(a_list_without_a_last_line_feed_is_gone_on_with),
		TEST(files_are_copied_and_loaded_but_no_halves),
		TEST(a_file_says_what_finds_no_room_now),
		TEST(a_folder_changes_with_any_of_its_files),
	};

	return cmocka_run_group_tests_name("added", tests, NULL, NULL);
}
