/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allow_ask: one value asked of the table, for allow_veto.c.
 */
#pragma once

#include "loaders/allow_inside.h"

/* The entry that covers the value, or NULL. */
const struct nrs_allow_entry *
nrs_allow_ask_value(struct nrs_allow *allow, const struct nrs_allow_ask *ask);

void nrs_allow_told(const struct nrs_allow_entry *entry,
		    struct nrs_allow_veto *veto);
