/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool_desk: the spool of a configuration, opened for a person who looks or
 * decides. The sensor may run beside.
 */
#pragma once

#include "app/given.h"
#include "app/plan.h"
#include "engine/base/store.h"

struct nrs_spool_desk {
	struct nrs_config *config;
	struct nrs_plan *plan;
	struct nrs_store *store;
};

/* What is wrong is said. An exit status: NRS_EXIT_PARTLY without a spool. */
int nrs_spool_desk_open(struct nrs_spool_desk *desk,
			const struct nrs_given *given);
/* The same; where there is no spool yet, it is made. */
int nrs_spool_desk_make(struct nrs_spool_desk *desk,
			const struct nrs_given *given);
void nrs_spool_desk_close(struct nrs_spool_desk *desk);

/* Who decides, where nobody is named: the user's name. Lasts until the next
 * call. */
const char *nrs_spool_desk_user(void);
