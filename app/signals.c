/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signals: signalfd.
 */
#include "app/signals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

int nrs_signals_open(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return -1;
	(void)signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

enum nrs_signal nrs_signals_next(int fd)
{
	struct signalfd_siginfo info;
	ssize_t got;

	do
		got = read(fd, &info, sizeof(info));
	while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof(info))
		return NRS_SIGNAL_NONE;
	return info.ssi_signo == SIGHUP ? NRS_SIGNAL_RELOAD : NRS_SIGNAL_STOP;
}
