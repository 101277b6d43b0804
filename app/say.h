/* SPDX-License-Identifier: Apache-2.0 */
/*
 * say: what the program says to people, on standard error. A command just
 * says it; a long run says it through the log (log.h): with levels, for the
 * journal or with a time, repeats counted. Any thread.
 */
#pragma once

#include "app/log.h"

/* A line, without control characters of others: news. */
__attribute__((format(printf, 1, 2))) void nrs_say(const char *format, ...);

/* The same: something is wrong. */
__attribute__((format(printf, 1, 2))) void nrs_complain(const char *format,
							...);

/* The same: it ends because of that. */
__attribute__((format(printf, 1, 2))) void nrs_fail(const char *format, ...);

/* From here on through the log. Before any thread. NRS_E_NOMEM, NRS_E_IO. */
int nrs_say_begin(enum nrs_log_level level);

/* Say what was counted; now and then. */
void nrs_say_tick(void);

/* Say all that was counted; no log any more. After all threads. */
void nrs_say_end(void);
