/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log: lines for people. To a terminal or file with a time, to the journal
 * with a priority (sd-daemon(3): "<4>") and without one, because the journal
 * has its own. The same line again within a minute is counted, not written.
 *
 * One thread at a time: main's; others hand it their lines. Secrets never
 * come this far: nobody has them in a text (hub/auth.h).
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

enum nrs_log_level {
	NRS_LOG_ERROR,
	NRS_LOG_WARNING,
	NRS_LOG_NOTICE,
	NRS_LOG_INFO,
	NRS_LOG_DEBUG,
};

enum nrs_log_form {
	NRS_LOG_TIMED,	 /* 2026-03-01T12:00:00Z noroshi: text */
	NRS_LOG_PLAIN,	 /* noroshi: text */
	NRS_LOG_JOURNAL, /* <6>text */
};

#define NRS_LOG_LINE_MAX 1024
#define NRS_LOG_SEEN 16 /* lines whose repeats are counted */

struct nrs_log_seen {
	uint64_t digest; /* of level and text; 0: free */
	int64_t since_ns;
	uint64_t repeats;
	char text[80]; /* its beginning, for the count */
	enum nrs_log_level level;
};

/* Where finished lines go, each with its line feed. */
typedef void nrs_log_write_fn(void *ctx, const char *line, unsigned int len);

struct nrs_log {
	enum nrs_log_level level; /* nothing above it is written */
	enum nrs_log_form form;
	nrs_log_write_fn *write;
	void *ctx;
	uint64_t suppressed; /* repeats, all in all */
	struct nrs_log_seen seen[NRS_LOG_SEEN];
};

/* To standard error: its form is found out ($JOURNAL_STREAM, terminal). */
void nrs_log_open(struct nrs_log *log, enum nrs_log_level level);

/* Write a line at @now_ns (wall time). Control characters are made visible. */
__attribute__((format(printf, 4, 5))) void
nrs_log_line(struct nrs_log *log, int64_t now_ns, enum nrs_log_level level,
	     const char *format, ...);

/* Say what was counted and is older than a minute; @is_end: everything. */
void nrs_log_flush(struct nrs_log *log, int64_t now_ns, bool is_end);

const char *nrs_log_level_name(enum nrs_log_level level);
