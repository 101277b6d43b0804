/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_notify: what the service manager hears, on an abstract socket as it
 * gives one (sd_notify(3)).
 */
#include "app/notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "tests/nrs_test.h"

static int manager; /* the socket */

static int setup(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char name[60];

	(void)state;
	const int len = snprintf(name, sizeof(name), "@noroshi-test-%ld",
				 (long)getpid());
	memcpy(address.sun_path + 1, name + 1, (size_t)len - 1);
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	return manager < 0 ||
	       bind(manager, (struct sockaddr *)&address,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				(size_t)len)) != 0 ||
	       setenv("NOTIFY_SOCKET", name, 1) != 0;
}

static int teardown(void **state)
{
	(void)state;
	return unsetenv("NOTIFY_SOCKET") || close(manager);
}

static void heard(const char *wanted)
{
	char text[600];
	const ssize_t len = recv(manager, text, sizeof(text) - 1, 0);

	assert_true(len >= 0);
	text[len] = '\0';
	assert_string_equal(text, wanted);
}

static void each_word_arrives(void **state)
{
	(void)state;
	nrs_notify_ready(NULL);
	heard("READY=1");
	nrs_notify_ready("656 indicators\nWATCHDOG=trigger");
	heard("READY=1\nSTATUS=656 indicators");
	nrs_notify_status("isac-a fails");
	heard("STATUS=isac-a fails");
	nrs_notify_alive();
	heard("WATCHDOG=1");
	nrs_notify_stopping();
	heard("STOPPING=1");
}

static void a_reload_carries_the_clock(void **state)
{
	unsigned long long us = 0;
	struct timespec now;
	char text[200];

	(void)state;
	nrs_notify_reloading();
	const ssize_t len = recv(manager, text, sizeof(text) - 1, 0);
	assert_true(len > 0);
	text[len] = '\0';
	static const char head[] = "RELOADING=1\nMONOTONIC_USEC=";
	assert_int_equal(strncmp(text, head, sizeof(head) - 1), 0);
	us = strtoull(text + sizeof(head) - 1, NULL, 10);
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	const unsigned long long then =
		(unsigned long long)now.tv_sec * 1000000 +
		(unsigned long long)now.tv_nsec / 1000;
	assert_true(us <= then && then - us < 60000000);
}

static void the_watchdogs_time_is_the_managers(void **state)
{
	char pid[20];

	(void)state;
	assert_int_equal(nrs_notify_watchdog_us(), 0);
	(void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	assert_int_equal(setenv("WATCHDOG_PID", pid, 1), 0);
	assert_int_equal(setenv("WATCHDOG_USEC", "30000000", 1), 0);
	assert_int_equal(nrs_notify_watchdog_us(), 30000000);
	assert_int_equal(setenv("WATCHDOG_PID", "1", 1), 0);
	assert_int_equal(nrs_notify_watchdog_us(), 0);
}

static void without_a_manager_nothing_happens(void **state)
{
	char text[10];

	(void)state;
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	nrs_notify_ready("x");
	nrs_notify_stopping();
	assert_int_equal(recv(manager, text, sizeof(text), 0), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_word_arrives),
		TEST(a_reload_carries_the_clock),
		TEST(the_watchdogs_time_is_the_managers),
		TEST(without_a_manager_nothing_happens),
	};

	return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
