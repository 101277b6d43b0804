/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log: levels, forms, repeats.
 *
 * A trouble that lasts says the same each second. The first line is written;
 * those that follow within a minute are counted, and the count is a line when
 * the minute is over, or when another line needs the place.
 */
#include "app/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/checksum.h"
#include "engine/base/span.h"

#define QUIET_NS (60 * INT64_C(1000000000))

const char *nrs_log_level_name(enum nrs_log_level level)
{
	static const char *const names[] = {"error", "warning", "notice",
					    "info", "debug"};

	return names[level];
}

/* syslog(3) has emerg, alert and crit above these. */
static int priority(enum nrs_log_level level)
{
	return (int)level + 3;
}

static void to_stderr(void *ctx, const char *line, unsigned int len)
{
	(void)ctx;
	(void)!write(STDERR_FILENO, line, len);
}

/* The journal says which file it reads: systemd.exec(5), $JOURNAL_STREAM. */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	return stream != NULL &&
	       sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device &&
	       st.st_ino == inode;
}

void nrs_log_open(struct nrs_log *log, enum nrs_log_level level)
{
	*log = (struct nrs_log){.level = level, .write = to_stderr};
	log->form = is_journal()		 ? NRS_LOG_JOURNAL
		    : isatty(STDERR_FILENO) == 1 ? NRS_LOG_PLAIN
						 : NRS_LOG_TIMED;
}

static unsigned int put_head(const struct nrs_log *log, int64_t now_ns,
			     enum nrs_log_level level, char *out, size_t room)
{
	const time_t seconds = (time_t)(now_ns / 1000000000);
	struct tm tm;
	char time[32] = "";
	int len;

	switch (log->form) {
	case NRS_LOG_JOURNAL:
		len = snprintf(out, room, "<%d>", priority(level));
		break;
	case NRS_LOG_TIMED:
		if (gmtime_r(&seconds, &tm) != NULL)
			(void)strftime(time, sizeof(time),
				       "%Y-%m-%dT%H:%M:%SZ ", &tm);
		len = snprintf(
			out, room, "%snoroshi: %s%s", time,
			level < NRS_LOG_NOTICE ? nrs_log_level_name(level) : "",
			level < NRS_LOG_NOTICE ? ": " : "");
		break;
	default:
		len = snprintf(out, room, "noroshi: ");
	}
	return len < 0 ? 0 : (unsigned int)len;
}

/* One line whatever is in it: no line feeds, no escapes. */
static void clean(char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
}

static uint64_t digest_of(enum nrs_log_level level, const char *text)
{
	struct nrs_hash_key key;

	nrs_hash_key_init(&key, (uint64_t)level);
	return nrs_hash(&key, nrs_span_of(text)) | 1; /* 0: free */
}

static void write_line(struct nrs_log *log, int64_t now_ns,
		       enum nrs_log_level level, const char *text)
{
	char line[NRS_LOG_LINE_MAX + 64];
	unsigned int len = put_head(log, now_ns, level, line, 64);
	const size_t text_len = strnlen(text, NRS_LOG_LINE_MAX - 1);

	memcpy(line + len, text, text_len);
	len += (unsigned int)text_len;
	line[len++] = '\n';
	log->write(log->ctx, line, len);
}

static void close_seen(struct nrs_log *log, int64_t now_ns,
		       struct nrs_log_seen *seen)
{
	char text[160];

	if (seen->digest != 0 && seen->repeats > 0) {
		(void)snprintf(text, sizeof(text), "%llu times more: %s",
			       (unsigned long long)seen->repeats, seen->text);
		write_line(log, now_ns, seen->level, text);
	}
	*seen = (struct nrs_log_seen){0};
}

void nrs_log_flush(struct nrs_log *log, int64_t now_ns, bool is_end)
{
	for (unsigned int i = 0; i < NRS_LOG_SEEN; i++)
		if (is_end || now_ns < log->seen[i].since_ns ||
		    now_ns - log->seen[i].since_ns >= QUIET_NS)
			close_seen(log, now_ns, &log->seen[i]);
}

/* True: this line was written not long ago, and is counted. */
static bool is_repeat(struct nrs_log *log, int64_t now_ns,
		      enum nrs_log_level level, const char *text)
{
	const uint64_t digest = digest_of(level, text);
	struct nrs_log_seen *oldest = &log->seen[0];

	nrs_log_flush(log, now_ns, false);
	for (unsigned int i = 0; i < NRS_LOG_SEEN; i++) {
		struct nrs_log_seen *seen = &log->seen[i];

		if (seen->digest == digest) {
			seen->repeats++;
			log->suppressed++;
			return true;
		}
		if (seen->digest == 0 ||
		    (oldest->digest != 0 && seen->since_ns < oldest->since_ns))
			oldest = seen;
	}
	close_seen(log, now_ns, oldest);
	oldest->digest = digest;
	oldest->since_ns = now_ns;
	oldest->level = level;
	(void)snprintf(oldest->text, sizeof(oldest->text), "%.*s",
		       (int)sizeof(oldest->text) - 1, text);
	return false;
}

void nrs_log_line(struct nrs_log *log, int64_t now_ns, enum nrs_log_level level,
		  const char *format, ...)
{
	char text[NRS_LOG_LINE_MAX];
	va_list args;

	if (level > log->level)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	clean(text);
	if (!is_repeat(log, now_ns, level, text))
		write_line(log, now_ns, level, text);
}
