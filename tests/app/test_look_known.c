/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_look_known: what is new is wanted once, over restarts too; what was in
 * force first, or with a file that nobody can read, is not.
 */
#include "app/look_known.h"

#include <sys/stat.h>
#include <unistd.h>

#include "app/look_file.h"
#include "app/supply.h"
#include "tests/app/workshop.h"

struct bench {
	struct nrs_supply_file file;
	struct nrs_supply *supply;
	struct nrs_look_known *known;
	int64_t now_ns;
	char path[WORKSHOP_PATH];
};

static void on_force(void *ctx, const struct nrs_set *set)
{
	struct bench *b = ctx;

	assert_int_equal(nrs_look_known_force(b->known, set, ++b->now_ns),
			 NRS_OK);
}

/* A sensor's life with @names, remembering in @memory. @large: from how many
 * on changes are laid over. */
static void begin(struct bench *b, const char *memory, const char *names,
		  uint32_t large, size_t most)
{
	struct nrs_diag diag = {0};

	(void)snprintf(b->path, sizeof(b->path), "%s",
		       workshop_write("list", names));
	b->file = (struct nrs_supply_file){.path = b->path};
	const struct nrs_supply_options options = {.files = &b->file,
						   .file_count = 1,
						   .building = {.seats = 1},
						   .ctx = b,
						   .in_force = on_force,
						   .large = large};
	assert_int_equal(nrs_look_known_open(
				 &b->known,
				 memory == NULL ? NULL : workshop_path(memory),
				 most),
			 NRS_OK);
	assert_int_equal(nrs_supply_new(&b->supply, &options), NRS_OK);
	assert_int_equal(nrs_supply_build(b->supply, &diag), NRS_OK);
}

static void end(struct bench *b)
{
	nrs_supply_free(b->supply);
	nrs_look_known_close(b->known);
}

/* Another list. */
static void turn(struct bench *b, const char *names)
{
	struct nrs_diag diag = {0};
	char beside[WORKSHOP_PATH];

	(void)snprintf(beside, sizeof(beside), "%s",
		       workshop_write("list.new", names));
	assert_int_equal(rename(beside, b->file.path), 0);
	assert_true(nrs_supply_changed(b->supply));
	assert_int_equal(nrs_supply_update(b->supply, &diag), NRS_OK);
}

static uint64_t wanted(struct bench *b)
{
	struct nrs_look_known_figures figures;

	nrs_look_known_figures(b->known, &figures);
	return figures.wanted;
}

/* Looks for all that is wanted; how many that is. */
static size_t look(struct bench *b)
{
	struct nrs_look_list list;

	assert_int_equal(nrs_look_known_take(b->known, &list), NRS_OK);
	const size_t count = list.count;
	nrs_look_known_done(b->known);
	nrs_look_list_fini(&list);
	return count;
}

static void what_is_new_is_wanted_once(void **state)
{
	static const uint32_t larges[] = {0, 1};
	struct bench b = {0};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		begin(&b, NULL, "a.example\nb.example\n", larges[i], 0);
		assert_int_equal(wanted(&b), 0);
		turn(&b, "a.example\nb.example\nc.example\n");
		assert_int_equal(wanted(&b), 1);
		turn(&b, "a.example\nb.example\nc.example\nd.example\n");
		assert_int_equal(wanted(&b), 2);
		assert_int_equal(look(&b), 2);
		assert_int_equal(wanted(&b), 0);
		/* gone, and there again */
		turn(&b, "a.example\nc.example\n");
		turn(&b, "a.example\nb.example\nc.example\n");
		assert_int_equal(wanted(&b), 0);
		assert_int_equal(look(&b), 0);
		end(&b);
	}
}

static void what_comes_during_a_look_is_for_the_next(void **state)
{
	struct bench b = {0};
	struct nrs_look_list list;

	(void)state;
	begin(&b, NULL, "a.example\n", 0, 0);
	turn(&b, "a.example\nb.example\n");
	const int64_t since_ns = b.now_ns;
	assert_int_equal(nrs_look_known_take(b.known, &list), NRS_OK);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.items[0].since_ns, since_ns);
	assert_string_equal(list.from.file, "");
	assert_ptr_equal(nrs_look_list_find(&list, list.items[0].identity),
			 list.items);
	assert_null(nrs_look_list_find(&list, list.items[0].identity + 1));
	turn(&b, "a.example\nb.example\nc.example\n");
	nrs_look_known_done(b.known);
	nrs_look_list_fini(&list);
	assert_int_equal(look(&b), 1);
	assert_int_equal(look(&b), 0);
	end(&b);
}

static void a_new_version_is_new_and_a_self_test_is_not_wanted(void **state)
{
	static const char line[] =
		"{\"type\":\"bundle\",\"id\":"
		"\"bundle--00000001-0000-4000-8000-000000000000\","
		"\"objects\":[{\"type\":\"indicator\",\"spec_version\":\"2.1\","
		"\"id\":\"indicator--00000001-0000-4000-8000-000000000000\","
		"\"created\":\"2026-01-01T00:00:00Z\",\"modified\":"
		"\"2026-01-0%uT00:00:00Z\",\"labels\":[\"%s\"],"
		"\"pattern_type\":\"stix\",\"pattern\":"
		"\"[domain-name:value = 'a.example']\","
		"\"valid_from\":\"2026-01-01T00:00:00Z\"}]}";
	struct bench b = {0};
	char text[1000];

	(void)state;
	(void)snprintf(text, sizeof(text), line, 1, "x");
	begin(&b, NULL, text, 0, 0);
	(void)snprintf(text, sizeof(text), line, 2, "x");
	turn(&b, text);
	assert_int_equal(look(&b), 1);
	(void)snprintf(text, sizeof(text), line, 3, "exercise:selftest");
	turn(&b, text);
	assert_int_equal(wanted(&b), 0);
	(void)snprintf(text, sizeof(text), line, 4, "exercise:spring");
	turn(&b, text);
	assert_int_equal(wanted(&b), 1);
	end(&b);
}

static void a_restart_remembers(void **state)
{
	struct bench b = {0};
	struct nrs_look_list list;

	(void)state;
	begin(&b, "looked", "a.example\n", 0, 0);
	turn(&b, "a.example\nb.example\n");
	const int64_t since_ns = b.now_ns;
	end(&b); /* before it was looked for */
	begin(&b, "looked", "a.example\nb.example\nc.example\n", 0, 0);
	assert_int_equal(nrs_look_known_take(b.known, &list), NRS_OK);
	assert_int_equal(list.count, 2);
	/* live hits told of it since then */
	assert_true(list.items[0].since_ns == since_ns ||
		    list.items[1].since_ns == since_ns);
	nrs_look_list_fini(&list);
	nrs_look_known_done(b.known);
	end(&b);
	begin(&b, "looked", "a.example\nb.example\nc.example\n", 0, 0);
	assert_int_equal(wanted(&b), 0);
	end(&b);
	/* nothing at all was in force when it ended */
	begin(&b, "looked", "\n", 0, 0);
	end(&b);
	begin(&b, "looked", "c.example\n", 0, 0);
	assert_int_equal(wanted(&b), 0);
	end(&b);
	begin(&b, "empty", "# none\n", 0, 0);
	end(&b);
	begin(&b, "empty", "c.example\n", 0, 0);
	assert_int_equal(wanted(&b), 1);
	end(&b);
}

static void a_look_goes_on_where_it_stopped(void **state)
{
	const struct nrs_look_place place = {
		.file = "seen-1.nrslog", .place = 77, .item = 512};
	struct bench b = {0};
	struct nrs_look_list list;

	(void)state;
	begin(&b, "stopped", "a.example\n", 0, 0);
	turn(&b, "a.example\nb.example\n");
	assert_int_equal(nrs_look_known_take(b.known, &list), NRS_OK);
	nrs_look_list_fini(&list);
	turn(&b, "a.example\nb.example\nc.example\n");
	nrs_look_known_keep(b.known, &place);
	end(&b);
	begin(&b, "stopped", "a.example\nb.example\nc.example\n", 0, 0);
	assert_int_equal(wanted(&b), 2);
	assert_int_equal(nrs_look_known_take(b.known, &list), NRS_OK);
	assert_int_equal(list.count, 1); /* the other was not looked for */
	assert_string_equal(list.from.file, "seen-1.nrslog");
	assert_int_equal(list.from.place, 77);
	assert_int_equal(list.from.item, 512);
	nrs_look_list_fini(&list);
	nrs_look_known_done(b.known);
	assert_int_equal(nrs_look_known_take(b.known, &list), NRS_OK);
	assert_int_equal(list.count, 1);
	assert_string_equal(list.from.file, "");
	nrs_look_list_fini(&list);
	nrs_look_known_done(b.known);
	assert_int_not_equal(access(workshop_path("stopped.at"), F_OK), 0);
	end(&b);
}

/* What a file may hold instead. */
static void what_cannot_be_read_is_as_if_it_were_not_there(void **state)
{
	static const char *const files[] = {"", "NRSLOOK1",
					    "NRSLOOK2 of another version",
					    "0123456789abcdef"};
	struct bench b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		(void)workshop_write("damaged", files[i]);
		begin(&b, "damaged", "a.example\n", 0, 0);
		assert_int_equal(wanted(&b), 0);
		end(&b);
		begin(&b, "damaged", "a.example\nb.example\n", 0, 0);
		if (wanted(&b) != 1)
			fail_msg("file %zu", i);
		end(&b);
	}
}

static void a_cut_end_is_written_over(void **state)
{
	struct bench b = {0};
	struct stat now;
	char path[WORKSHOP_PATH];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s", workshop_path("cut"));
	begin(&b, "cut", "a.example\n", 0, 0);
	turn(&b, "a.example\nb.example\n");
	end(&b);
	assert_int_equal(stat(path, &now), 0);
	assert_int_equal(now.st_size % 16, 0);
	assert_int_equal(truncate(path, now.st_size - 5), 0);
	begin(&b, "cut", "a.example\nb.example\n", 0, 0);
	assert_int_equal(look(&b), 1);
	end(&b);
	assert_int_equal(stat(path, &now), 0);
	assert_int_equal(now.st_size % 16, 0);
	begin(&b, "cut", "a.example\nb.example\n", 0, 0);
	assert_int_equal(wanted(&b), 0);
	end(&b);
}

static void there_is_a_cap_and_what_is_gone_is_forgotten_first(void **state)
{
	struct bench b = {0};
	struct nrs_look_known_figures figures;

	(void)state;
	begin(&b, "cap", "a.example\nb.example\n", 0, 3);
	turn(&b, "c.example\n");
	assert_int_equal(look(&b), 1);
	turn(&b, "c.example\nd.example\n");
	nrs_look_known_figures(b.known, &figures);
	assert_int_equal(figures.wanted, 1);
	assert_int_equal(figures.known, 2);
	assert_int_equal(figures.forgotten, 1);
	assert_int_equal(figures.refused, 0);
	end(&b);
	begin(&b, "cap", "c.example\nd.example\n", 0, 3);
	assert_int_equal(look(&b), 1);
	/* more than there is room for */
	turn(&b, "c.example\nd.example\ne.example\nf.example\ng.example\n");
	nrs_look_known_figures(b.known, &figures);
	assert_int_equal(figures.wanted, 1);
	assert_int_equal(figures.refused, 2);
	end(&b);
	begin(&b, "cap", "c.example\nd.example\n", 0, 3);
	assert_int_equal(wanted(&b), 1);
	end(&b);
}

static void what_cannot_be_written_is_counted_and_written_later(void **state)
{
	struct bench b = {0};
	struct nrs_look_known_figures figures;

	(void)state;
	begin(&b, "away/looked", "a.example\n", 0, 0);
	turn(&b, "a.example\nb.example\n");
	assert_int_equal(wanted(&b), 1);
	nrs_look_known_figures(b.known, &figures);
	assert_true(figures.unwritten > 0);
	assert_int_equal(mkdir(workshop_path("away"), 0700), 0);
	assert_int_equal(look(&b), 1);
	turn(&b, "a.example\nb.example\nc.example\n");
	end(&b);
	begin(&b, "away/looked", "a.example\nb.example\nc.example\n", 0, 0);
	assert_int_equal(look(&b), 1);
	end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_new_is_wanted_once),
		cmocka_unit_test(what_comes_during_a_look_is_for_the_next),
		cmocka_unit_test(
			a_new_version_is_new_and_a_self_test_is_not_wanted),
		cmocka_unit_test(a_restart_remembers),
		cmocka_unit_test(a_look_goes_on_where_it_stopped),
		cmocka_unit_test(
			what_cannot_be_read_is_as_if_it_were_not_there),
		cmocka_unit_test(a_cut_end_is_written_over),
		cmocka_unit_test(
			there_is_a_cap_and_what_is_gone_is_forgotten_first),
		cmocka_unit_test(
			what_cannot_be_written_is_counted_and_written_later),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
