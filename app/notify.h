/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notify: the only door to libsystemd: tells the service manager how we are
 * (sd_notify(3)). Without one ($NOTIFY_SOCKET unset) everything does nothing.
 * Any thread; never waits.
 */
#pragma once

#include <stdint.h>

/* Everything runs; also after a reload. @status: a line for `systemctl
 * status`, or NULL. */
void nrs_notify_ready(const char *status);

/* A reload has begun; ready ends it. */
void nrs_notify_reloading(void);
void nrs_notify_stopping(void);
void nrs_notify_status(const char *status);

/* Still alive: call when half of the time below has gone by. */
void nrs_notify_alive(void);

/* Within how many microseconds the manager wants to hear that; 0: never. */
uint64_t nrs_notify_watchdog_us(void);
