/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loaded: what a command was given to match with: files loaded and compiled,
 * or one image opened.
 */
#pragma once

#include "app/command.h"

struct nrs_loaded {
	struct nrs_set *set;
	struct nrs_db *db;
	unsigned int failed; /* files and values that are not in it whole */
};

/*
 * Fill @out, to be ended by nrs_loaded_fini, also on error. Problems are said.
 * NRS_E_IO and NRS_E_FORMAT: an image that cannot be used, said too.
 */
int nrs_loaded_read(struct nrs_loaded *out, const struct nrs_load *load,
		    const struct nrs_build_options *building);

/* The same for who asks about the set alone: files are judged and not compiled,
 * their db stays NULL. */
int nrs_loaded_judge(struct nrs_loaded *out, const struct nrs_load *load,
		     const struct nrs_build_options *building);
void nrs_loaded_fini(struct nrs_loaded *loaded);
