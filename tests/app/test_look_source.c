/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_look_source: files become units: blocks, and whole lines; what is
 * damaged is said, and the next file goes on.
 */
#include "app/look_source.h"

#include <sys/stat.h>

#include "engine/base/unpack.h"
#include "tests/app/workshop.h"
#include "tests/logs/seen_made.h"

struct told {
	unsigned int problems;
	int err;
};

static void on_problem(void *ctx, const char *path, int err,
		       const struct nrs_diag *diag)
{
	struct told *told = ctx;

	(void)path, (void)diag;
	told->problems++;
	told->err = err;
}

static struct nrs_look_source *open_it(const char *const *path,
				       struct told *told)
{
	const struct nrs_look_source_options options = {.paths = path,
							.path_count = 1,
							.want_digests = true,
							.ctx = told,
							.problem = on_problem};
	struct nrs_look_source *source = NULL;

	*told = (struct told){0};
	assert_int_equal(nrs_look_source_new(&source, &options), NRS_OK);
	return source;
}

/* A file of @count blocks, then @more. */
static void write_blocks(const char *name, unsigned int count,
			 struct nrs_span more)
{
	struct nrs_pack *pack = nrs_pack_new(1);
	struct nrs_text out = {0};
	const struct nrs_seen_row row = {.value = nrs_span_of("a.example"),
					 .first_ns = SEEN_NOON,
					 .last_ns = SEEN_NOON,
					 .count = 1,
					 .field = NRS_F_TLS_SNI};
	FILE *file = fopen(workshop_path(name), "wb");

	assert_non_null(file);
	for (unsigned int i = 0; i < count; i++)
		assert_int_equal(nrs_seen_block_write(&out, pack, &row, 1),
				 NRS_OK);
	nrs_text_add(&out, more);
	assert_int_equal(fwrite(out.ptr, 1, out.len, file), out.len);
	assert_int_equal(fclose(file), 0);
	nrs_text_fini(&out);
	nrs_pack_free(pack);
}

static void blocks_are_units_and_a_cut_is_said(void **state)
{
	static const struct {
		const char *name;
		unsigned int blocks;
		struct nrs_span more;
		int err;
	} rows[] = {
		{"whole", 3, {NULL, 0}, NRS_OK},
		{"a head is cut",
		 2,
		 {(const uint8_t *)"NRSSEEN1..", 10},
		 NRS_E_TRUNCATED},
		{"no head",
		 1,
		 {(const uint8_t *)"0123456789012345678901234567890123456789",
		  40},
		 NRS_E_FORMAT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *const path = workshop_path("a.nrslog");
		struct nrs_look_unit unit = {0};
		struct told told;
		unsigned int units = 0;

		write_blocks("a.nrslog", rows[i].blocks, rows[i].more);
		assert_true(nrs_look_is_log(path));
		struct nrs_look_source *source = open_it(&path, &told);
		while (nrs_look_source_next(source, &unit) == 1) {
			assert_true(unit.is_block);
			assert_int_equal(unit.octets.len, unit.head.packed);
			units++;
		}
		if (units != rows[i].blocks || told.err != rows[i].err)
			fail_msg("%s: %u units, error %d", rows[i].name, units,
				 told.err);
		assert_int_equal(nrs_look_source_file(source, 0)->has_digest,
				 rows[i].err == NRS_OK);
		nrs_look_source_free(source);
		nrs_text_fini(&unit.octets);
	}
}

/* Three MiB of lines: units hold whole ones, all of them once. */
static void lines_are_never_cut(void **state)
{
	const char *const path = workshop_path("a.jsonl");
	FILE *file = fopen(path, "wb");
	struct nrs_look_unit unit = {0};
	unsigned int lines = 0, units = 0, made = 0;
	struct told told;
	long octets = 0;

	(void)state;
	assert_non_null(file);
	while (octets < 3 << 20) {
		octets += fprintf(file, "{\"n\":%u,\"x\":\"%*s\"}\n", made,
				  (int)(made % 700), "");
		made++;
	}
	assert_true(fprintf(file, "{\"n\":%u}", made++) > 0); /* no end */
	assert_int_equal(fclose(file), 0);
	struct nrs_look_source *source = open_it(&path, &told);
	while (nrs_look_source_next(source, &unit) == 1) {
		struct nrs_span rest = nrs_text_span(&unit.octets), line;

		assert_false(unit.is_block);
		assert_int_equal(unit.place, lines);
		units++;
		while (nrs_span_split(&rest, '\n', &line)) {
			char want[32];

			if (line.len == 0)
				continue;
			const int len = snprintf(want, sizeof(want),
						 "{\"n\":%u", lines++);
			assert_memory_equal(line.ptr, want, (size_t)len);
			assert_int_equal(line.ptr[line.len - 1], '}');
		}
	}
	assert_int_equal(lines, made);
	assert_true(units >= 3);
	assert_int_equal(told.problems, 0);
	nrs_look_source_free(source);
	nrs_text_fini(&unit.octets);
}

static void a_folder_is_its_logs_in_order(void **state)
{
	char folder[WORKSHOP_PATH];
	const char *const path = folder;
	struct nrs_look_unit unit = {0};
	unsigned int units = 0;
	struct told told;

	(void)state;
	(void)snprintf(folder, sizeof(folder), "%s", workshop_path("logs"));
	assert_int_equal(mkdir(folder, 0700), 0);
	write_blocks("logs/seen-2.nrslog", 1, nrs_span(NULL, 0));
	write_blocks("logs/seen-1.nrslog", 1, nrs_span(NULL, 0));
	(void)workshop_write("logs/flows.jsonl", "{}\n");
	(void)workshop_write("logs/notes.txt", "mine");
	(void)workshop_write("logs/hours-1.jsonl.zst", "{}\n");
	(void)workshop_write("logs/empty.jsonl", "");
	(void)workshop_write("logs/other.jsonl", "no log");
	assert_true(nrs_look_is_log(folder));
	struct nrs_look_source *source = open_it(&path, &told);
	assert_int_equal(nrs_look_source_files(source), 5);
	while (nrs_look_source_next(source, &unit) == 1)
		units++;
	assert_int_equal(units, 3);
	assert_int_equal(told.problems, 1);
	assert_int_equal(told.err, NRS_E_FORMAT);
	assert_non_null(
		strstr(nrs_look_source_file(source, 3)->path, "seen-1.nrslog"));
	nrs_look_source_free(source);
	nrs_text_fini(&unit.octets);
}

/* Units of the folder "kept" that are asked for; @ended: a file gets its name
 * after it was listed. */
static unsigned int units_of(const char *stem, const char *first, bool ended)
{
	const char *const path = workshop_path("kept");
	struct told told = {0};
	const struct nrs_look_source_options options = {.paths = &path,
							.path_count = 1,
							.stem = stem,
							.first = first,
							.ctx = &told,
							.problem = on_problem};
	struct nrs_look_source *source = NULL;
	struct nrs_look_unit unit = {0};
	unsigned int units = 0;

	assert_int_equal(nrs_look_source_new(&source, &options), NRS_OK);
	if (ended)
		assert_int_equal(
			rename(workshop_path("kept/seen-3.nrslog.part"),
			       workshop_path("kept/seen-3.nrslog")),
			0);
	while (nrs_look_source_next(source, &unit) == 1)
		units++;
	assert_int_equal(told.problems, 0);
	nrs_look_source_free(source);
	nrs_text_fini(&unit.octets);
	return units;
}

static void of_a_folder_some_can_be_asked_for(void **state)
{
	static const struct {
		const char *stem, *first;
		unsigned int units;
	} rows[] = {
		{NULL, NULL, 7},
		{"seen-", NULL, 6},
		{"flows-", NULL, 1},
		{"seen-", "seen-1.nrslog", 6},
		{"seen-", "seen-2.nrslog", 5},
		{"seen-", "seen-3.nrslog", 3},
		{"seen-", "seen-4.nrslog", 0},
	};

	(void)state;
	assert_int_equal(mkdir(workshop_path("kept"), 0700), 0);
	write_blocks("kept/seen-1.nrslog", 1, nrs_span(NULL, 0));
	write_blocks("kept/seen-2.nrslog", 2, nrs_span(NULL, 0));
	write_blocks("kept/seen-3.nrslog.part", 3, nrs_span(NULL, 0));
	(void)workshop_write("kept/flows-1.jsonl", "{}\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const unsigned int units =
			units_of(rows[i].stem, rows[i].first, false);

		if (units != rows[i].units)
			fail_msg("row %zu: %u units", i, units);
	}
	assert_int_equal(units_of("seen-", "seen-3.nrslog", true), 3);
}

static void captures_and_what_is_not_there_are_no_logs(void **state)
{
	(void)state;
	assert_false(nrs_look_is_log("-"));
	assert_false(nrs_look_is_log(workshop_path("gone")));
	assert_false(
		nrs_look_is_log(workshop_write("a.pcap", "\xd4\xc3\xb2\xa1")));
	assert_false(nrs_look_is_log(workshop_write("empty", "")));
	assert_int_equal(mkdir(workshop_path("bare"), 0700), 0);
	assert_false(nrs_look_is_log(workshop_path("bare")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_units_and_a_cut_is_said),
		cmocka_unit_test(lines_are_never_cut),
		cmocka_unit_test(a_folder_is_its_logs_in_order),
		cmocka_unit_test(of_a_folder_some_can_be_asked_for),
		cmocka_unit_test(captures_and_what_is_not_there_are_no_logs),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
