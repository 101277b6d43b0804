/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: a screen of its own (as editors have), so that what stood on the
 * terminal before is there again afterwards. Lines are cut to the window's
 * height, and each clears what was right of it: nothing flickers.
 */
#include "app/watch.h"

#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "app/signals.h"
#include "engine/base/file.h"

#define ENTER "\033[?1049h\033[?25l\033[H\033[J" /* its screen, no cursor */
#define LEAVE "\033[?25h\033[?1049l"
#define HOME "\033[H"
#define REST_OF_LINE "\033[K"
#define REST_OF_SCREEN "\033[J"
#define END_OF_INPUT 4 /* Ctrl-D */

struct watch {
	const struct nrs_watch_options *options;
	struct nrs_text said, shown;
	struct termios before;
	bool has_keys, has_screen;
	int status;
};

/* Keys one by one, and not shown. */
static void take_keys(struct watch *w)
{
	struct termios now;

	if (tcgetattr(w->options->in, &w->before) != 0)
		return;
	now = w->before;
	now.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	now.c_cc[VMIN] = 1;
	now.c_cc[VTIME] = 0;
	w->has_keys = tcsetattr(w->options->in, TCSANOW, &now) == 0;
}

static struct winsize size_of(int fd)
{
	struct winsize size = {0};

	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0)
		size.ws_row = 24;
	if (size.ws_col == 0)
		size.ws_col = 80;
	return size;
}

static bool show_screen(struct watch *w)
{
	struct nrs_span rest = nrs_text_span(&w->said), line;
	const struct winsize size = size_of(w->options->out);
	size_t lines = size.ws_row;

	nrs_text_clear(&w->shown);
	nrs_text_puts(&w->shown, HOME);
	/* The last line has no line feed: that would scroll. */
	while (lines > 0 && nrs_span_split(&rest, '\n', &line)) {
		/* A long one takes several, or as much of it as there is. */
		line = nrs_span_part(line, 0,
				     line.len < lines * size.ws_col
					     ? line.len
					     : lines * size.ws_col - 1);
		nrs_text_add(&w->shown, line);
		nrs_text_puts(&w->shown, REST_OF_LINE);
		lines -= 1 + (line.len == 0 ? 0 : (line.len - 1) / size.ws_col);
		if (lines > 0)
			nrs_text_putc(&w->shown, '\n');
	}
	nrs_text_puts(&w->shown, REST_OF_SCREEN);
	return nrs_write_all(w->options->out, nrs_text_span(&w->shown));
}

/* False: it is over. */
static bool step(struct watch *w, bool is_first)
{
	const struct nrs_watch_options *o = w->options;
	bool goes_on = true;

	nrs_text_clear(&w->said);
	w->status = o->ask(o->ctx, &w->said, &goes_on);
	if (!goes_on || w->said.failed)
		return false;
	if (is_first && isatty(o->out)) {
		w->has_screen = nrs_write_all(o->out, nrs_span_of(ENTER));
		if (isatty(o->in))
			take_keys(w);
	}
	if (w->has_screen)
		return show_screen(w);
	return (is_first || nrs_write_all(o->out, nrs_span_of("\n"))) &&
	       nrs_write_all(o->out, nrs_text_span(&w->said));
}

/* False: it is to end. Sleeps for the pause, whatever is typed meanwhile. */
static bool pause_for(const struct watch *w)
{
	const struct nrs_watch_options *o = w->options;
	struct pollfd fds[2] = {
		{.fd = o->signals, .events = POLLIN},
		{.fd = w->has_keys ? o->in : -1, .events = POLLIN}};
	char key;

	while (poll(fds, 2, o->pause_ms) > 0) {
		if (fds[0].revents != 0)
			return false;
		if (fds[1].revents != 0 &&
		    (read(o->in, &key, 1) != 1 || key == 'q' || key == 'Q' ||
		     key == END_OF_INPUT))
			return false;
	}
	return true;
}

int nrs_watch(const struct nrs_watch_options *options)
{
	struct watch w = {.options = options};
	bool is_first = true;

	while (step(&w, is_first) && pause_for(&w))
		is_first = false;
	if (w.has_keys)
		(void)tcsetattr(options->in, TCSANOW, &w.before);
	if (w.has_screen && nrs_write_all(options->out, nrs_span_of(LEAVE)))
		(void)nrs_write_all(options->out, nrs_text_span(&w.said));
	nrs_text_fini(&w.said);
	nrs_text_fini(&w.shown);
	return w.status;
}
