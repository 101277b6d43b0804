/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own_group: a cgroup of the test's own. Wants root, and a mounted tree of
 * version 2.
 */
#pragma once

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/nrs_test.h"

/* Its folder; remove it at the end. Skips where there can be none. */
static inline const char *own_group(void)
{
	static const char *const roots[] = {"/sys/fs/cgroup",
					    "/sys/fs/cgroup/unified"};
	static char own[200];

	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(own, sizeof(own), "%s/cgroup.controllers",
			       roots[i]);
		if (access(own, F_OK) != 0)
			continue;
		(void)snprintf(own, sizeof(own), "%s/nrs-test-%ld", roots[i],
			       (long)getpid());
		if (mkdir(own, 0755) == 0)
			return own;
	}
	print_message("skipped: no cgroup of version 2 of our own\n");
	exit(NRS_SKIP);
}
