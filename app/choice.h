/* SPDX-License-Identifier: Apache-2.0 */
/*
 * choice: the policy of a configuration, ready to choose by. Borrows the
 * configuration; lives no longer.
 */
#pragma once

#include "app/config.h"
#include "loaders/select.h"

struct nrs_choice;

/* NRS_E_NOMEM; NRS_E_FORMAT with @diag, for what a read configuration cannot
 * have. */
int nrs_choice_new(struct nrs_choice **out, const struct nrs_config *config,
		   struct nrs_diag *diag);
void nrs_choice_free(struct nrs_choice *choice);

/* What the guards have to know: own networks, if the configuration says which
 * (the default is every private network, and sites do share addresses of
 * those), and what is allowed. Lives as long as the choice. */
struct nrs_guard_own nrs_choice_guards(const struct nrs_choice *choice);

/* NULL: it says nothing about what is wanted. */
struct nrs_select *nrs_choice_select(const struct nrs_choice *choice);
const struct nrs_select_policy *
nrs_choice_policy(const struct nrs_choice *choice);
