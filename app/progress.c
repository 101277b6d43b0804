/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progress: rewritten in place with a carriage return.
 */
#include "app/progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR 20
#define INTERVAL_NS 200000000

static double since(const struct timespec *then, const struct timespec *now)
{
	return (double)(now->tv_sec - then->tv_sec) +
	       (double)(now->tv_nsec - then->tv_nsec) / 1e9;
}

unsigned int nrs_terminal_width(void)
{
	struct winsize size = {0};

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void nrs_progress_begin(struct nrs_progress *p)
{
	*p = (struct nrs_progress){.is_terminal = isatty(STDERR_FILENO) == 1};
	(void)clock_gettime(CLOCK_MONOTONIC, &p->began);
	p->shown = p->began;
}

bool nrs_progress_due(struct nrs_progress *p)
{
	struct timespec now;

	if (!p->is_terminal)
		return false;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	if (since(&p->shown, &now) * 1e9 < INTERVAL_NS)
		return false;
	p->shown = now;
	return true;
}

static void put_left(double seconds, char *out, size_t len)
{
	const unsigned long left = (unsigned long)(seconds + 0.5);

	if (left >= 3600)
		(void)snprintf(out, len, "%lu:%02lu:%02lu left", left / 3600,
			       left / 60 % 60, left % 60);
	else
		(void)snprintf(out, len, "%lu:%02lu left", left / 60,
			       left % 60);
}

void nrs_progress_line(const struct nrs_progress_state *s, double seconds,
		       char out[NRS_PROGRESS_LEN])
{
	const double rate =
		seconds > 0 ? (double)s->packets / seconds / 1e3 : 0;
	char bar[BAR + 1], left[32];

	if (s->total_bytes == 0 || s->done_bytes == 0 ||
	    s->done_bytes > s->total_bytes) {
		(void)snprintf(out, NRS_PROGRESS_LEN,
			       "%.1f MB  %.0f k packets/s  %llu hits",
			       (double)s->done_bytes / 1e6, rate,
			       (unsigned long long)s->hits);
		return;
	}
	const double part = (double)s->done_bytes / (double)s->total_bytes;
	for (unsigned int i = 0; i < BAR; i++)
		bar[i] = (double)i < part * BAR ? '#' : '.';
	bar[BAR] = '\0';
	put_left(seconds / part - seconds, left, sizeof(left));
	(void)snprintf(out, NRS_PROGRESS_LEN,
		       "[%s] %.1f of %.1f MB  %.0f k packets/s  %llu hits  %s",
		       bar, (double)s->done_bytes / 1e6,
		       (double)s->total_bytes / 1e6, rate,
		       (unsigned long long)s->hits, left);
}

void nrs_progress_show(struct nrs_progress *p,
		       const struct nrs_progress_state *state)
{
	char line[NRS_PROGRESS_LEN];

	nrs_progress_line(state, since(&p->began, &p->shown), line);
	fprintf(stderr, "\r%s\x1b[K", line);
	p->is_shown = true;
}

void nrs_progress_end(struct nrs_progress *p)
{
	if (p->is_shown)
		fputs("\r\x1b[K", stderr);
	p->is_shown = false;
}
