/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgroups: groups of processes (version 2) by their number, which is all that
 * the kernel says of them with a packet: their paths as /proc/PID/cgroup has
 * them. One thread.
 */
#pragma once

#include <stdint.h>

#include "engine/base/err.h"

#define NRS_CGROUPS_MAX 8192u
#define NRS_CGROUP_PATH 4096

/* Where a group is: "/sys/fs/cgroup" and "/system.slice". */
struct nrs_cgroup_place {
	char mount[NRS_CGROUP_PATH];
	char path[NRS_CGROUP_PATH]; /* "/" for the first one */
};

/* Of a folder. NRS_E_IO: it cannot be opened, NRS_E_UNSUPPORTED: it is no group
 * of version 2; @diag says which. */
int nrs_cgroup_place(struct nrs_cgroup_place *out, const char *folder,
		     struct nrs_diag *diag);

/* Of the group at @path, as /proc has it; 0: it is gone, or neither the one at
 * @place nor below it. */
uint64_t nrs_cgroup_number(const struct nrs_cgroup_place *place,
			   const char *path);

struct nrs_cgroups;

/* @folder and the groups below it, at most @max of them. NRS_E_NOMEM; else as
 * nrs_cgroup_place. */
int nrs_cgroups_new(struct nrs_cgroups **out, const char *folder,
		    unsigned int max, struct nrs_diag *diag);
void nrs_cgroups_free(struct nrs_cgroups *groups);

/*
 * The path of group @number, or NULL. One that is not known yet has the folders
 * read again, at most once a second by @now_ns; one that is gone stays known as
 * long as there is room.
 */
const char *nrs_cgroups_path(struct nrs_cgroups *groups, uint64_t number,
			     int64_t now_ns);
