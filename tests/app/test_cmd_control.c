/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cmd_control: noroshi status, reload and add against a socket whose
 * sensor says what it was asked: the exit status is the sensor's.
 */
#include <stdatomic.h>

#include "app/command.h"
#include "app/control.h"
#include "app/threads.h"
#include "tests/app/echo_ops.h"
#include "tests/app/spoken.h"
#include "tests/app/workshop.h"

static char path[WORKSHOP_PATH];
static struct nrs_control *control;
static struct nrs_thread *server;
static _Atomic(bool) is_over;

static void serve(void *arg)
{
	struct pollfd fds[NRS_CONTROL_FDS_MAX];

	(void)arg;
	while (!atomic_load_explicit(&is_over, memory_order_relaxed)) {
		const unsigned int count = nrs_control_fds(control, fds);

		(void)poll(fds, count, 20);
		nrs_control_step(control, nrs_wall_ns());
	}
}

static int setup(void **state)
{
	struct nrs_diag diag = {0};

	if (workshop_open(state) != 0)
		return -1;
	(void)snprintf(path, sizeof(path), "%s", workshop_path("socket"));
	return nrs_control_open(&control, path, &echo_ops, NULL, &diag) ==
				       NRS_OK &&
			       nrs_thread_start(&server, "server", serve,
						NULL) == NRS_OK
		       ? 0
		       : -1;
}

static int teardown(void **state)
{
	atomic_store_explicit(&is_over, true, memory_order_relaxed);
	nrs_thread_join(server);
	nrs_control_close(control);
	return workshop_close(state);
}

static void status_asks_and_passes_the_answer_on(void **state)
{
	const char *gone = workshop_path("no-socket");
	const struct spoken_row rows[] = {
		{"for people", {"status", "--socket", path}, 0, "status", NULL},
		/* the echo's status of JSON is 1 */
		{"for programs",
		 {"status", "--json", "--socket", path},
		 1,
		 "status json",
		 NULL},
		{"no sensor there",
		 {"status", "--socket", gone},
		 2,
		 NULL,
		 gone},
		{"something more", {"status", "now"}, 2, NULL, "usage:"},
		{"no such option", {"status", "--x"}, 2, NULL, "--x"},
		{"help",
		 {"status", "--help"},
		 0,
		 "noroshi status --json",
		 NULL},
	};

	(void)state;
	spoken_check(nrs_cmd_status, rows, sizeof(rows) / sizeof(*rows));
}

static void reload_takes_nothing_but_the_socket(void **state)
{
	const struct spoken_row rows[] = {
		{"asked", {"reload", "--socket", path}, 0, "reload", NULL},
		{"all again",
		 {"reload", "--refresh", "--socket", path},
		 0,
		 "reload refresh",
		 NULL},
		{"both",
		 {"reload", "--refresh", "--accept", "--socket", path},
		 0,
		 "reload accept refresh",
		 NULL},
		{"no sensor there",
		 {"reload", "--socket", "/nonexistent/s"},
		 2,
		 NULL,
		 "/nonexistent/s"},
		{"something more", {"reload", "all"}, 2, NULL, "usage:"},
		{"help", {"reload", "--help"}, 0, "example: ", NULL},
	};

	(void)state;
	spoken_check(nrs_cmd_reload, rows, sizeof(rows) / sizeof(*rows));
}

static void add_tells_files_from_values(void **state)
{
	const char *file = workshop_write("indicators", "192.0.2.1\n");
	const struct spoken_row rows[] = {
		{"values go together",
		 {"add", "--socket", path, "192.0.2.1", "c2[.]example"},
		 0,
		 "add|192.0.2.1|c2[.]example",
		 NULL},
		{"a file goes by its whole path",
		 {"add", "--socket", path, file},
		 0,
		 file,
		 NULL},
		{"what is named as files are and is not there is no value",
		 {"add", "--socket", path, "a.example", "nothere.json",
		  "no/such.txt"},
		 1,
		 "add|a.example",
		 "noroshi: nothere.json: No such file or directory\n"
		 "noroshi: no/such.txt: No such file or directory\n"},
		{"of both, the values come after",
		 {"add", "--socket", path, "a.example", file, "b.example"},
		 0,
		 "add|a.example|b.example",
		 NULL},
		{"no sensor there",
		 {"add", "--socket", "/nonexistent/s", "a.example"},
		 2,
		 NULL,
		 "/nonexistent/s"},
		{"nothing to add",
		 {"add", "--socket", path},
		 2,
		 NULL,
		 "usage:"},
		{"help", {"add", "--help"}, 0, "example: ", NULL},
	};

	(void)state;
	spoken_check(nrs_cmd_add, rows, sizeof(rows) / sizeof(*rows));
}

static void only_status_knows_json(void **state)
{
	(void)state;
	assert_int_equal(
		spoken_run(nrs_cmd_reload,
			   (const char *const[]){"reload", "--json", NULL}),
		2);
	assert_true(SPOKEN_ERR[0] != '\0');
	assert_int_equal(
		spoken_run(nrs_cmd_add,
			   (const char *const[]){"add", "--json", "a", NULL}),
		2);
	assert_true(SPOKEN_ERR[0] != '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_asks_and_passes_the_answer_on),
		cmocka_unit_test(reload_takes_nothing_but_the_socket),
		cmocka_unit_test(add_tells_files_from_values),
		cmocka_unit_test(only_status_knows_json),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
