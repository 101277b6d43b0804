/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_confine: what a confined process may do and may not, each in a child of
 * its own, since nothing of it can be taken back. Becoming another user wants
 * root.
 */
#include "app/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/app/workshop.h"

/* Each returns 0 if it is as it must be. */
static int writes_at_home(const char *home)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/own", home);
	const int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	return fd < 0 || close(fd) != 0 || unlink(path) != 0;
}

/* Where a file of ours stands among those of others. */
static int keeps_its_owner(const char *home)
{
	char path[4096];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s-between", home);
	return stat(path, &st) != 0 || st.st_uid != 0;
}

static int writes_beside_others(const char *home)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s-between/own", home);
	const int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	return fd < 0 || close(fd) != 0 || unlink(path) != 0;
}

static int writes_nowhere_else(const char *home)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s-beside/other", home);
	return open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600) >= 0 ||
	       errno != EACCES;
}

/* Nothing of ours is kept there: store.c asks SQLite for memory. */
static int writes_nothing_in_tmp(const char *home)
{
	char path[] = "/tmp/nrs-confine-XXXXXX";

	(void)home;
	return mkstemp(path) >= 0 || errno != EACCES;
}

static int runs_no_program(const char *home)
{
	char *const arguments[] = {(char *)(uintptr_t) "true", NULL};

	(void)home;
	(void)execv("/bin/true", arguments);
	return errno != EPERM && errno != EACCES;
}

static int makes_no_odd_calls(const char *home)
{
	(void)home;
	return unshare(CLONE_NEWUSER) == 0 || errno != EPERM;
}

/* What its status says of it: a line's value. */
static bool has_line(const char *line)
{
	char text[8192] = "";
	const int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	const ssize_t len = read(fd, text, sizeof(text) - 1);

	(void)close(fd);
	return len > 0 && strstr(text, line) != NULL;
}

static int keeps_one_right(const char *home)
{
	(void)home;
	return !has_line("CapEff:\t0000000000002000") ||
	       !has_line("CapPrm:\t0000000000002000") ||
	       !has_line("CapBnd:\t0000000000002000") ||
	       !has_line("CapAmb:\t0000000000000000") ||
	       !has_line("NoNewPrivs:\t1");
}

static int opens_packets(const char *home)
{
	(void)home;
	return socket(AF_PACKET, SOCK_RAW, 0) < 0;
}

static int is_somebody_else(const char *home)
{
	struct stat st;

	return getuid() == 0 || geteuid() == 0 || getgid() == 0 ||
	       setuid(0) == 0 || stat(home, &st) != 0 || st.st_uid != getuid();
}

static int in_child(const struct nrs_confine_options *options,
		    int (*check)(const char *home))
{
	const pid_t child = fork();
	int status = 0;

	if (child == 0) {
		struct nrs_confined had;

		if (nrs_confine(options, &had, NULL) != NRS_OK)
			_exit(3);
		if (!had.is_landlocked || !had.is_filtered)
			_exit(NRS_SKIP);
		_exit(check(options->folders[0]));
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static const struct {
	const char *name;
	int (*check)(const char *home);
	bool is_of_root; /* only who was root can show it */
} rows[] = {
	{"writes in its folder", writes_at_home, false},
	{"writes nowhere else", writes_nowhere_else, false},
	{"writes nothing in /tmp", writes_nothing_in_tmp, false},
	{"writes where its socket is", writes_beside_others, false},
	{"gives away no folder of others", keeps_its_owner, true},
	{"runs no program", runs_no_program, false},
	{"makes no call that it has no use for", makes_no_odd_calls, false},
	{"keeps CAP_NET_RAW alone", keeps_one_right, true},
	{"can still open packets", opens_packets, true},
	{"is another user, and its folder's owner", is_somebody_else, true},
};

static void what_is_given_away_is_gone(void **state)
{
	const bool is_root = geteuid() == 0;
	char home[4096], beside[4096], between[4096];
	unsigned int skipped = 0;

	(void)state;
	(void)snprintf(home, sizeof(home), "/var/tmp/nrs-confine-%d",
		       (int)getpid());
	(void)snprintf(beside, sizeof(beside), "/var/tmp/nrs-confine-%d-beside",
		       (int)getpid());
	(void)snprintf(between, sizeof(between),
		       "/var/tmp/nrs-confine-%d-between", (int)getpid());
	assert_int_equal(mkdir(beside, 0777), 0);
	assert_int_equal(mkdir(between, 0777), 0);
	assert_int_equal(chmod(between, 0777), 0);
	assert_int_equal(chmod(beside, 0777), 0);
	const struct nrs_confine_options options = {.user = "nobody",
						    .folders = {home, between},
						    .own_count = 1,
						    .folder_count = 2};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int got;

		if (rows[i].is_of_root && !is_root)
			continue;
		got = in_child(&options, rows[i].check);
		skipped += got == NRS_SKIP;
		if (got != 0 && got != NRS_SKIP)
			fail_msg("%s: %d", rows[i].name, got);
	}
	(void)rmdir(home);
	(void)rmdir(beside);
	(void)rmdir(between);
	if (skipped > 0) {
		print_message("skipped: no Landlock or no seccomp here\n");
		skip();
	}
}

static void a_user_that_is_none_is_refused(void **state)
{
	const struct nrs_confine_options options = {.user = "nrs-no-such-user"};
	struct nrs_confined had;
	struct nrs_diag diag = {0};

	(void)state;
	if (geteuid() != 0) {
		print_message("skipped: only root becomes another user\n");
		skip();
	}
	assert_int_equal(nrs_confine(&options, &had, &diag), NRS_E_NOTFOUND);
	assert_non_null(strstr(diag.text, "nrs-no-such-user"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_given_away_is_gone),
		cmocka_unit_test(a_user_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
