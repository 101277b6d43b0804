/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_watch: on a terminal (a pseudo-terminal of our own) one screen that is
 * written over, ended by a key, and left as it was; elsewhere one block after
 * another, ended by a signal or a reader that went.
 */
#include "app/watch.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "tests/nrs_test.h"

struct asked {
	unsigned int times, lines;
	unsigned int wide; /* columns of a line; 0: as it comes */
	int ends_at;	   /* then a key or a signal is there; 0: never */
	int end_fd;
	const char *end; /* what is written there */
	size_t end_len;
};

static int on_ask(void *ctx, struct nrs_text *out, bool *goes_on)
{
	struct asked *a = ctx;

	a->times++;
	for (unsigned int i = 1; i <= a->lines; i++)
		nrs_text_printf(out, "time %u line %u%*s\n", a->times, i,
				a->wide == 0 ? 0 : (int)a->wide - 13, "");
	if (a->ends_at != 0 && a->times == (unsigned int)a->ends_at)
		assert_int_equal(write(a->end_fd, a->end, a->end_len),
				 a->end_len);
	*goes_on = a->times < 100; /* of a test that would not end */
	return a->times == 3 ? 1 : 0;
}

/* All that can be read now. */
static const char *drained(int fd)
{
	static char text[65536];
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	size_t len = 0;

	while (poll(&ready, 1, 20) > 0 && (ready.revents & POLLIN) != 0) {
		const ssize_t got =
			read(fd, text + len, sizeof(text) - 1 - len);

		if (got <= 0)
			break;
		len += (size_t)got;
	}
	text[len] = '\0';
	return text;
}

static int watch(int in, int out, int signals, struct asked *asked)
{
	const struct nrs_watch_options options = {.in = in,
						  .out = out,
						  .signals = signals,
						  .pause_ms = 30,
						  .ctx = asked,
						  .ask = on_ask};

	return nrs_watch(&options);
}

struct terminal {
	int master, slave, signals;
	struct termios before;
};

static struct terminal open_terminal(unsigned int lines)
{
	const struct winsize size = {.ws_row = (unsigned short)lines,
				     .ws_col = 80};
	struct terminal t = {.master = posix_openpt(O_RDWR | O_NOCTTY),
			     .signals = eventfd(0, EFD_CLOEXEC)};

	assert_true(t.master >= 0);
	assert_int_equal(grantpt(t.master), 0);
	assert_int_equal(unlockpt(t.master), 0);
	t.slave = open(ptsname(t.master), O_RDWR | O_NOCTTY);
	assert_true(t.slave >= 0);
	assert_int_equal(ioctl(t.master, TIOCSWINSZ, &size), 0);
	assert_int_equal(tcgetattr(t.slave, &t.before), 0);
	return t;
}

/* Ended by its key, the terminal is as it was. */
static int watch_on(const struct terminal *t, struct asked *asked)
{
	struct termios after;

	asked->end_fd = t->master;
	asked->end_len = 1;
	const int status = watch(t->slave, t->slave, t->signals, asked);
	assert_int_equal(tcgetattr(t->slave, &after), 0);
	assert_int_equal(after.c_lflag, t->before.c_lflag);
	return status;
}

static void close_terminal(const struct terminal *t)
{
	(void)close(t->master);
	(void)close(t->slave);
	(void)close(t->signals);
}

static void a_terminal_has_one_screen_until_q(void **state)
{
	static const char *const keys[] = {"q", "Q", "\x04"};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const struct terminal t = open_terminal(24);
		struct asked asked = {.lines = 2, .ends_at = 3, .end = keys[i]};

		print_message("key %d\n", keys[i][0]);
		assert_int_equal(watch_on(&t, &asked), 1);
		assert_int_equal(asked.times, 3);
		const char *text = drained(t.master);
		assert_int_equal(strncmp(text, "\033[?1049h", 8), 0);
		const char *leave = strstr(text, "\033[?25h\033[?1049l");
		assert_non_null(leave);
		/* what was said last stays on the terminal as it was before */
		assert_string_equal(leave + 14,
				    "time 3 line 1\r\ntime 3 line 2\r\n");
		assert_non_null(strstr(text, "\033[Htime 2 line 1\033[K\r\n"
					     "time 2 line 2\033[K"));
		close_terminal(&t);
	}
}

static void a_low_window_is_not_scrolled(void **state)
{
	const struct terminal t = open_terminal(3);
	struct asked asked = {.lines = 9, .ends_at = 1, .end = "q"};

	(void)state;
	assert_int_equal(watch_on(&t, &asked), 0);
	const char *text = drained(t.master);
	const char *screen = strstr(text, "line 3\033[K\033[J");
	assert_non_null(screen);
	assert_true(strstr(text, "line 4") > screen); /* at the end alone */
	close_terminal(&t);
}

static void a_line_that_takes_two_rows_does_not_scroll(void **state)
{
	const struct terminal t = open_terminal(4);
	struct asked asked = {
		.lines = 3, .wide = 100 /* of 80 */, .ends_at = 1, .end = "q"};

	(void)state;
	assert_int_equal(watch_on(&t, &asked), 0);
	const char *text = drained(t.master);
	const char *screen = strstr(text, "\033[K\033[J");
	assert_non_null(screen);
	const char *second = strstr(text, "line 2");
	assert_true(second != NULL && second < screen);
	assert_true(strstr(text, "line 3") > screen); /* at the end alone */
	close_terminal(&t);
}

static void a_pipe_gets_blocks_until_a_signal(void **state)
{
	static const uint64_t one = 1;
	const int signals = eventfd(0, EFD_CLOEXEC);
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	struct asked asked = {.lines = 1,
			      .ends_at = 2,
			      .end_fd = signals,
			      .end = (const char *)&one,
			      .end_len = sizeof(one)};
	const int nothing = open("/dev/null", O_RDONLY);
	assert_int_equal(watch(nothing, ends[1], signals, &asked), 0);
	assert_string_equal(drained(ends[0]),
			    "time 1 line 1\n\ntime 2 line 1\n");
	(void)close(nothing);
	(void)close(ends[0]);
	(void)close(ends[1]);
	(void)close(signals);
}

static void a_reader_that_went_ends_it(void **state)
{
	const int signals = eventfd(0, EFD_CLOEXEC);
	int ends[2];

	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	(void)close(ends[0]);
	struct asked asked = {.lines = 1};
	assert_int_equal(watch(-1, ends[1], signals, &asked), 0);
	assert_int_equal(asked.times, 1);
	(void)close(ends[1]);
	(void)close(signals);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_terminal_has_one_screen_until_q),
		cmocka_unit_test(a_low_window_is_not_scrolled),
		cmocka_unit_test(a_line_that_takes_two_rows_does_not_scroll),
		cmocka_unit_test(a_pipe_gets_blocks_until_a_signal),
		cmocka_unit_test(a_reader_that_went_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
