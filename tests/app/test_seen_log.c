/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_seen_log: when what was gathered is written, and that nothing is lost
 * on the way.
 */
#include "app/seen_log.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/look_source.h"
#include "tests/app/workshop.h"
#include "tests/logs/seen_made.h"

#define HOUR NRS_SEEN_HOUR_NS

static struct nrs_home_nets home;

static struct nrs_seen_log *open_it(const char *name, uint32_t rows_max,
				    bool is_live)
{
	static char folder[WORKSHOP_PATH];
	struct nrs_seen_log *log = NULL;
	struct nrs_diag diag = {0};

	(void)snprintf(folder, sizeof(folder), "%s", workshop_path(name));
	assert_true(mkdir(folder, 0700) == 0 || errno == EEXIST);
	nrs_home_nets_default(&home);
	const struct nrs_seen_log_options options = {.folder = folder,
						     .home = &home,
						     .rows_max = rows_max,
						     .is_live = is_live,
						     .write_ns = HOUR};
	assert_int_equal(nrs_seen_log_open(&log, &options, &diag), NRS_OK);
	return log;
}

static void add(struct nrs_seen_log *log, unsigned int number, int64_t ts_ns)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "n%u.example", number);
	const struct seen_made made =
		seen_make(NRS_F_TLS_SNI, name, "10.0.0.1", ts_ns);
	assert_int_equal(nrs_seen_log_add(log, &made.seen), NRS_OK);
}

static void no_problem(void *ctx, const char *path, int err,
		       const struct nrs_diag *diag)
{
	(void)ctx, (void)path, (void)err;
	fail_msg("%s", diag->text);
}

/* Rows in all files of the folder @name, and how often they were seen. */
static uint64_t rows_in(const char *name, unsigned int *files, uint64_t *times)
{
	const char *const path = workshop_path(name);
	const struct nrs_look_source_options options = {
		.paths = &path, .path_count = 1, .problem = no_problem};
	struct nrs_look_source *source = NULL;
	struct nrs_look_unit unit = {0};
	struct nrs_seen_room room = {0};
	uint64_t rows = 0;
	size_t count;

	*times = 0;
	assert_int_equal(nrs_look_source_new(&source, &options), NRS_OK);
	while (nrs_look_source_next(source, &unit) == 1) {
		assert_true(unit.is_block);
		assert_int_equal(nrs_seen_block_read(
					 &room, &unit.head,
					 nrs_text_span(&unit.octets), &count),
				 NRS_OK);
		for (size_t i = 0; i < count; i++)
			*times += room.rows[i].count;
		rows += count;
	}
	*files = nrs_look_source_files(source);
	nrs_look_source_free(source);
	nrs_text_fini(&unit.octets);
	nrs_seen_room_fini(&room);
	return rows;
}

static void an_hour_is_written_when_it_is_over(void **state)
{
	struct nrs_seen_log *log = open_it("hours", 100, false);
	struct nrs_seen_log_figures figures;
	unsigned int files;
	uint64_t times;

	(void)state;
	add(log, 1, SEEN_NOON);
	add(log, 1, SEEN_NOON + HOUR);
	add(log, 1, SEEN_NOON + 1); /* a late one of the hour before */
	nrs_seen_log_figures(log, &figures);
	assert_int_equal(figures.rows, 0);
	add(log, 1, SEEN_NOON + 2 * HOUR);
	nrs_seen_log_figures(log, &figures);
	assert_int_equal(figures.rows, 2);
	assert_int_equal(nrs_seen_log_close(log), NRS_OK);
	assert_int_equal(rows_in("hours", &files, &times), 3);
	assert_int_equal(files, 3);
	assert_int_equal(times, 4);
}

static void a_crowd_is_written_before_its_hour_is_over(void **state)
{
	struct nrs_seen_log *log = open_it("crowd", 10, false);
	struct nrs_seen_log_figures figures;
	unsigned int files;
	uint64_t times;

	(void)state;
	for (unsigned int i = 0; i < 35; i++)
		add(log, i, SEEN_NOON);
	nrs_seen_log_figures(log, &figures);
	assert_int_equal(figures.seen, 35);
	assert_int_equal(figures.crowded, 3);
	assert_int_equal(figures.lost, 0);
	assert_int_equal(nrs_seen_log_close(log), NRS_OK);
	assert_int_equal(rows_in("crowd", &files, &times), 35);
}

static void live_what_was_taken_is_written_and_the_rest_counted(void **state)
{
	struct nrs_seen_log *log = open_it("live", 50, true);
	struct nrs_seen_log_figures figures;
	unsigned int files;
	uint64_t times;

	(void)state;
	for (unsigned int i = 0; i < 5000; i++)
		add(log, i, SEEN_NOON);
	nrs_seen_log_step(log, SEEN_NOON);
	nrs_seen_log_step(log, SEEN_NOON + HOUR);
	nrs_seen_log_figures(log, &figures);
	assert_int_equal(figures.seen, 5000);
	const uint64_t lost = figures.lost;
	assert_int_equal(nrs_seen_log_close(log), NRS_OK);
	assert_true(rows_in("live", &files, &times) == 5000 - lost);
	/* a later run goes on behind it */
	log = open_it("live", 50, true);
	add(log, 1, SEEN_NOON);
	assert_int_equal(nrs_seen_log_close(log), NRS_OK);
	assert_true(rows_in("live", &files, &times) == 5001 - lost);
}

/* Steps until what was asked for is written. */
static void flush(struct nrs_seen_log *log, int64_t now_ns)
{
	const uint32_t asked = nrs_seen_log_ask(log);

	for (unsigned int i = 0; nrs_seen_log_answered(log) != asked; i++) {
		assert_true(i < 100000);
		nrs_seen_log_step(log, now_ns);
		(void)usleep(100);
	}
}

static void what_was_gathered_is_written_when_it_is_asked_for(void **state)
{
	struct nrs_seen_log *log = open_it("asked", 50, true);
	unsigned int files;
	uint64_t times;

	(void)state;
	flush(log, SEEN_NOON); /* nothing was gathered */
	add(log, 1, SEEN_NOON);
	add(log, 2, SEEN_NOON);
	nrs_seen_log_step(log, SEEN_NOON + 1);
	assert_int_equal(rows_in("asked", &files, &times), 0);
	flush(log, SEEN_NOON + 1);
	assert_int_equal(rows_in("asked", &files, &times), 2);
	add(log, 1, SEEN_NOON + 2);
	flush(log, SEEN_NOON + 3);
	assert_int_equal(rows_in("asked", &files, &times), 3);
	assert_int_equal(nrs_seen_log_close(log), NRS_OK);
}

static void what_cannot_be_written_is_an_error_offline(void **state)
{
	struct nrs_seen_log *log = open_it("full", 1, false);
	struct nrs_seen_log_figures figures;
	const struct seen_made made =
		seen_make(NRS_F_TLS_SNI, "b.example", "10.0.0.1", SEEN_NOON);

	(void)state;
	assert_int_equal(
		mkdir(workshop_path("full/seen-20260301T12-0001.nrslog.part"),
		      0700),
		0);
	add(log, 1, SEEN_NOON);
	assert_int_equal(nrs_seen_log_add(log, &made.seen), NRS_E_IO);
	nrs_seen_log_figures(log, &figures);
	assert_int_equal(figures.failed, 1);
	assert_int_equal(nrs_seen_log_close(log), NRS_E_IO);
}

/* What would say an own address, in whatever form. */
static void with_tokens_no_own_address_is_written(void **state)
{
	static const struct {
		enum nrs_field field;
		const char *value;
		bool is_kept;
	} rows[] = {{NRS_F_IP_SRC, "10.0.0.1", false},
		    {NRS_F_IP_DST, "192.0.2.80", true},
		    {NRS_F_DNS_A, "10.9.9.9", false},
		    {NRS_F_DNS_A, "198.51.100.7", true},
		    {NRS_F_HTTP_HOST, "10.0.0.7:8080", false},
		    {NRS_F_HTTP_HOST, "198.51.100.7", true},
		    {NRS_F_HTTP_URL, "http://a.example/?h=192.168.1.1", false},
		    {NRS_F_DNS_QUERY, "1.0.0.10.in-addr.arpa", false},
		    {NRS_F_TLS_SNI, "c2.example", true}};
	static const uint8_t key[NRS_OWN_KEY_LEN] = {7};
	char folder[WORKSHOP_PATH];
	struct nrs_seen_log_options options = {
		.folder = folder, .home = &home, .rows_max = 1000};
	struct nrs_seen_log_figures figures;
	struct nrs_seen_log *log = NULL;
	struct nrs_diag diag = {0};
	uint64_t kept = 0, times;
	unsigned int files;

	(void)state;
	(void)snprintf(folder, sizeof(folder), "%s", workshop_path("tokens"));
	assert_int_equal(mkdir(folder, 0700), 0);
	nrs_home_nets_default(&home);
	options.own_key = key;
	assert_int_equal(nrs_seen_log_open(&log, &options, &diag), NRS_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct seen_made made = seen_make(
			rows[i].field, rows[i].value, "10.0.0.1", SEEN_NOON);

		assert_int_equal(nrs_seen_log_add(log, &made.seen), NRS_OK);
		kept += rows[i].is_kept;
		nrs_seen_log_figures(log, &figures);
		print_message("%s\n", rows[i].value);
		assert_int_equal(figures.hidden, i + 1 - kept);
	}
	assert_int_equal(nrs_seen_log_close(log), NRS_OK);
	assert_int_equal(rows_in("tokens", &files, &times), kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_tokens_no_own_address_is_written),
		cmocka_unit_test(an_hour_is_written_when_it_is_over),
		cmocka_unit_test(a_crowd_is_written_before_its_hour_is_over),
		cmocka_unit_test(
			live_what_was_taken_is_written_and_the_rest_counted),
		cmocka_unit_test(
			what_was_gathered_is_written_when_it_is_asked_for),
		cmocka_unit_test(what_cannot_be_written_is_an_error_offline),
	};

	return cmocka_run_group_tests(tests, workshop_open, workshop_close);
}
