/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix: STIX 2.0 and 2.1 objects into a set (specification, section 3).
 */
#pragma once

#include "engine/base/json_split.h"
#include "loaders/reader.h"

struct nrs_stix;

int nrs_stix_new(struct nrs_stix **out, struct nrs_set *set, uint32_t source,
		 const struct nrs_loader_options *options);
void nrs_stix_free(struct nrs_stix *stix);

/* The next bytes of the file; NRS_E_FORMAT: not JSON. */
int nrs_stix_push(struct nrs_stix *stix, struct nrs_span bytes);

/* The file ends: context that arrived in any order is put together. */
int nrs_stix_end(struct nrs_stix *stix, struct nrs_loader_result *result,
		 struct nrs_diag *diag);

/* Any JSON; and a row's open. */
bool nrs_stix_detect(struct nrs_span head);
nrs_reader_open_fn nrs_stix_open;
