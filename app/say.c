/* SPDX-License-Identifier: Apache-2.0 */
/*
 * say: standard error is the process's, and so is the one log here.
 */
#include "app/say.h"

#include <stdio.h>

#include "app/threads.h"
#include "sightings/table_out.h"

static struct {
	struct nrs_log log;
	struct nrs_lock *lock; /* NULL: no long run */
} said;

__attribute__((format(printf, 2, 0))) static void
say(enum nrs_log_level level, const char *format, va_list args)
{
	char raw[NRS_LOG_LINE_MAX];
	struct nrs_text safe = {0};

	(void)vsnprintf(raw, sizeof(raw), format, args);
	nrs_table_safe(&safe, nrs_span_of(raw), 0);
	if (said.lock == NULL) {
		fprintf(stderr, "noroshi: %.*s\n", (int)safe.len,
			(const char *)safe.ptr);
	} else {
		nrs_lock_take(said.lock);
		nrs_log_line(&said.log, nrs_wall_ns(), level, "%.*s",
			     (int)safe.len, (const char *)safe.ptr);
		nrs_lock_give(said.lock);
	}
	nrs_text_fini(&safe);
}

void nrs_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(NRS_LOG_INFO, format, args);
	va_end(args);
}

void nrs_complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(NRS_LOG_WARNING, format, args);
	va_end(args);
}

void nrs_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(NRS_LOG_ERROR, format, args);
	va_end(args);
}

int nrs_say_begin(enum nrs_log_level level)
{
	nrs_log_open(&said.log, level);
	return nrs_lock_new(&said.lock);
}

void nrs_say_tick(void)
{
	if (said.lock == NULL)
		return;
	nrs_lock_take(said.lock);
	nrs_log_flush(&said.log, nrs_wall_ns(), false);
	nrs_lock_give(said.lock);
}

void nrs_say_end(void)
{
	if (said.lock == NULL)
		return;
	nrs_log_flush(&said.log, nrs_wall_ns(), true);
	nrs_lock_free(said.lock);
	said.lock = NULL;
}
