/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_file: octets that a descriptor takes in pieces.
 */
#include "tests/nrs_test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>

#include "engine/base/file.h"

static void wake(int number)
{
	(void)number;
}

struct reading {
	pthread_t writer;
	int fd;
	size_t len;
	uint64_t sum;
};

/* Slowly, while the writer is interrupted again and again. */
static void *take_all(void *arg)
{
	struct reading *reading = arg;
	uint8_t octets[4096];
	ssize_t got;

	for (unsigned int i = 0; i < 20; i++) {
		(void)pthread_kill(reading->writer, SIGUSR1);
		(void)poll(NULL, 0, 1);
	}
	while ((got = read(reading->fd, octets, sizeof(octets))) > 0) {
		for (ssize_t i = 0; i < got; i++)
			reading->sum += octets[i];
		reading->len += (size_t)got;
	}
	return NULL;
}

static void a_pipe_gets_all_whatever_interrupts_it(void **state)
{
	static uint8_t octets[1 << 20];
	const struct sigaction action = {.sa_handler = wake};
	struct reading reading = {.writer = pthread_self()};
	uint64_t sum = 0;
	pthread_t reader;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	for (size_t i = 0; i < sizeof(octets); i++)
		sum += octets[i] = (uint8_t)(i * 31);
	reading.fd = ends[0];
	assert_int_equal(pthread_create(&reader, NULL, take_all, &reading), 0);
	assert_true(nrs_write_all(ends[1], nrs_span(octets, sizeof(octets))));
	(void)close(ends[1]);
	(void)pthread_join(reader, NULL);
	(void)close(ends[0]);
	assert_int_equal(reading.len, sizeof(octets));
	assert_int_equal(reading.sum, sum);
}

static void what_cannot_be_written_says_why(void **state)
{
	const int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_false(nrs_write_all(fd, nrs_span_of("a")));
	assert_int_equal(errno, ENOSPC);
	assert_true(nrs_write_all(fd, nrs_span(NULL, 0)));
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pipe_gets_all_whatever_interrupts_it),
		cmocka_unit_test(what_cannot_be_written_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
