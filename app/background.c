/* SPDX-License-Identifier: Apache-2.0 */
/*
 * background: a thread that gives way to every other one.
 */
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "app/threads.h"

void nrs_thread_background(void)
{
	const struct sched_param none = {0};
	/* ioprio_set(2): this thread, class idle. libc has no name for it. */
	const int whom = 1, idle = 3 << 13;

	(void)sched_setscheduler(0, SCHED_IDLE, &none);
	(void)syscall(SYS_ioprio_set, whom, 0, idle);
}
