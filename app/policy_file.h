/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_file: the configuration behind --policy: its rules, what it says
 * about sources, guards and own networks, for commands that are no sensor.
 */
#pragma once

#include "app/choice.h"
#include "app/exceptions.h"
#include "engine/db.h"

struct nrs_policy_file {
	struct nrs_config *config;
	struct nrs_choice *choice;
	struct nrs_allow *allow; /* exceptions; or NULL */
};

/* Problems are said. NRS_E_USAGE: it cannot be read or is wrong; NRS_E_NOMEM.
 * NULL for @path: no policy, and everything is kept. */
int nrs_policy_open(struct nrs_policy_file *out, const char *path);

/* The exception lists that it names, and @count more at @paths. As above. */
int nrs_policy_except(struct nrs_policy_file *policy, char *const *paths,
		      unsigned int count);
void nrs_policy_close(struct nrs_policy_file *policy);

/* What it says about how to build, into @building. */
void nrs_policy_build(const struct nrs_policy_file *policy,
		      struct nrs_build_options *building);

/*
 * Load what the configuration names into @set: its files, what was added, what
 * was pulled (no network). Problems are said; *@failed counts what could not
 * be read whole. NRS_E_NOMEM.
 */
int nrs_policy_load(const struct nrs_policy_file *policy, struct nrs_set *set,
		    unsigned int *failed);
