/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine: what a sensor gives away once it holds its packets, so that a fault
 * in a parser is worth little: root, every right but the one that opens an
 * interface again, the way to other programs, writing outside of its own
 * folders, and system calls that it never makes.
 */
#pragma once

#include <stdbool.h>

#include "engine/base/err.h"

#define NRS_CONFINE_FOLDERS 40

struct nrs_confine_options {
	const char *user; /* to become, when we are root; NULL: nobody else */
	/*
	 * Where it will write; made, and given to @user, if need be. Those
	 * behind the first own_count only hold a file of ours (/run, the
	 * working folder): what is there keeps its owner.
	 */
	const char *folders[NRS_CONFINE_FOLDERS];
	unsigned int own_count, folder_count;
	bool uses_maps; /* of programs that are in the kernel already */
};

/* What was had of this kernel. */
struct nrs_confined {
	bool is_root;	    /* still */
	bool is_landlocked; /* it writes in its folders only, and runs nothing
			     */
	bool is_filtered;   /* system calls are */
};

/*
 * Once, before any thread is made. What a kernel does not have is left out and
 * said in *@out. NRS_E_NOTFOUND: no such user; NRS_E_IO: a folder cannot be
 * made or given, or a right cannot be dropped; @diag says which.
 */
int nrs_confine(const struct nrs_confine_options *options,
		struct nrs_confined *out, struct nrs_diag *diag);

/* Its parts. False: this kernel has none of it. */
bool nrs_confine_paths(const struct nrs_confine_options *options);
bool nrs_confine_calls(const struct nrs_confine_options *options);
