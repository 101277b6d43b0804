/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signals: the signals that a long run answers, as something to poll. Block
 * them before any thread is made: threads inherit that.
 */
#pragma once

enum nrs_signal {
	NRS_SIGNAL_NONE,
	NRS_SIGNAL_STOP,   /* SIGINT, SIGTERM */
	NRS_SIGNAL_RELOAD, /* SIGHUP */
};

/* A descriptor that is readable when a signal came, or -1 (errno). SIGPIPE is
 * ignored from here on. */
int nrs_signals_open(void);

/* The next signal; waits for it. */
enum nrs_signal nrs_signals_next(int fd);
