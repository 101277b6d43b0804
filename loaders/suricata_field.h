/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suricata_field: what the values of a dataset are, by the keyword that it is
 * used with.
 */
#pragma once

#include "loaders/typed.h"

struct nrs_diag;

/* The type of "dns.query", "http.user_agent", ... or a type's own name; of the
 * empty one NRS_TYPED_ANY. NRS_E_USAGE: the diag says that there is none. */
int nrs_suricata_field(struct nrs_span field, enum nrs_typed *type,
		       struct nrs_diag *diag);
