/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notify: sd_notify's words.
 */
#include "app/notify.h"

#include <stddef.h>
#include <systemd/sd-daemon.h>

#include "engine/base/clock.h"

/* A line feed would begin another assignment: the text ends there. */
static int line_len(const char *text)
{
	int len = 0;

	while (len < 400 && (unsigned char)text[len] >= 0x20)
		len++;
	return len;
}

void nrs_notify_ready(const char *status)
{
	if (status == NULL)
		(void)sd_notify(0, "READY=1");
	else
		(void)sd_notifyf(0, "READY=1\nSTATUS=%.*s", line_len(status),
				 status);
}

void nrs_notify_reloading(void)
{
	/* Type=notify-reload tells reloads apart by this clock. */
	(void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu",
			 (unsigned long long)nrs_monotonic_ns() / 1000);
}

void nrs_notify_stopping(void)
{
	(void)sd_notify(0, "STOPPING=1");
}

void nrs_notify_status(const char *status)
{
	(void)sd_notifyf(0, "STATUS=%.*s", line_len(status), status);
}

void nrs_notify_alive(void)
{
	(void)sd_notify(0, "WATCHDOG=1");
}

uint64_t nrs_notify_watchdog_us(void)
{
	uint64_t us = 0;

	return sd_watchdog_enabled(0, &us) > 0 ? us : 0;
}
