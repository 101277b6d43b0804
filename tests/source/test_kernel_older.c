/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_kernel_older: a process that holds sockets, in a group of its own, and
 * what of it is noted. Wants root.
 */
#include "capture/source/kernel_older.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "capture/source/kernel_table.h"
#include "tests/source/own_group.h"

static const char *own; /* the group's folder */
static struct nrs_kernel_table *table;
static const struct nrs_live_options one = {.interface_count = 1};

static int group_setup(void **state)
{
	struct nrs_diag diag = {0};

	(void)state;
	own = own_group();
	if (nrs_kernel_table_new(&table, &one, &diag) == NRS_OK)
		return 0;
	(void)rmdir(own);
	print_message("skipped: %s\n", diag.text);
	exit(NRS_SKIP);
}

static int group_teardown(void **state)
{
	(void)state;
	nrs_kernel_table_free(table);
	return rmdir(own);
}

/* In the group, with three sockets of the Internet and two others, until it is
 * killed; @ready is closed when it is so far. */
static void hold_sockets(int ready)
{
	char path[300];
	FILE *procs;

	(void)snprintf(path, sizeof(path), "%s/cgroup.procs", own);
	procs = fopen(path, "w");
	if (procs == NULL)
		_exit(1);
	(void)fprintf(procs, "%ld", (long)getpid());
	(void)fclose(procs);
	(void)socket(AF_INET, SOCK_STREAM, 0);
	(void)socket(AF_INET6, SOCK_STREAM, 0);
	(void)socket(AF_INET, SOCK_DGRAM, 0);
	(void)socket(AF_UNIX, SOCK_STREAM, 0);
	(void)socket(AF_NETLINK, SOCK_RAW, 0);
	(void)close(ready);
	for (;;)
		(void)pause();
}

static pid_t start_holder(void)
{
	int pipe_ends[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(pipe_ends), 0);
	pid = fork();
	if (pid == 0) {
		(void)close(pipe_ends[0]);
		hold_sockets(pipe_ends[1]);
	}
	(void)close(pipe_ends[1]);
	assert_int_equal(read(pipe_ends[0], &byte, 1), 0);
	(void)close(pipe_ends[0]);
	return pid;
}

static void end_holder(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void sockets_that_a_group_holds_are_noted_once(void **state)
{
	unsigned int noted[2] = {0};
	struct nrs_diag diag = {0};
	const pid_t pid = start_holder();

	(void)state;
	const int err = nrs_kernel_table_own_older(table, own, noted, &diag);
	(void)nrs_kernel_table_own_older(table, own, noted + 1, &diag);
	end_holder(pid);
	if (err == NRS_E_UNSUPPORTED) {
		print_message("skipped: %s\n", diag.text);
		exit(NRS_SKIP);
	}
	assert_int_equal(err, NRS_OK);
	assert_int_equal(noted[0], 3);
	assert_int_equal(noted[1], 0); /* what is noted stays */
}

static void another_groups_sockets_are_left_alone(void **state)
{
	const int held = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	unsigned int noted = 1;

	(void)state;
	assert_int_equal(nrs_kernel_table_own_older(table, own, &noted, NULL),
			 NRS_OK);
	assert_int_equal(noted, 0);
	(void)close(held);
}

/* A child without rights asks of one that may not be traced. */
static int ask_without_rights(void)
{
	struct nrs_diag diag = {0};
	unsigned int noted;

	if (setuid(65534) != 0)
		return 1;
	return nrs_kernel_table_own_older(table, own, &noted, &diag) ==
				       NRS_E_UNSUPPORTED &&
			       strstr(diag.text, "older than the sensor") !=
				       NULL
		       ? 0
		       : 2;
}

static void what_cannot_be_looked_at_is_said(void **state)
{
	const pid_t holder = start_holder();
	int status = -1;
	const pid_t asking = fork();

	(void)state;
	if (asking == 0)
		_exit(ask_without_rights());
	assert_int_equal(waitpid(asking, &status, 0), asking);
	end_holder(holder);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sockets_that_a_group_holds_are_noted_once),
		cmocka_unit_test(another_groups_sockets_are_left_alone),
		cmocka_unit_test(what_cannot_be_looked_at_is_said),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
