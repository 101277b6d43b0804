/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site: what a configuration says about own hosts and about what hits are
 * worth, read from it and its files into tables that never change. An edited
 * file makes another site.
 */
#pragma once

#include "app/config.h"
#include "engine/base/err.h"
#include "sightings/judge.h"

/* This sensor's own verdicts, in state.dir. */
#define NRS_SITE_VERDICTS "suppressions.jsonl"

struct nrs_site;

/*
 * Lines that are no assets or suppressions are said, the others hold; a file
 * that cannot be read is an error: without it something would be worth less
 * than the site says, or more. NRS_E_IO, NRS_E_LIMIT, NRS_E_SYNTAX with @diag;
 * NRS_E_NOMEM. Borrows @config.
 */
int nrs_site_new(struct nrs_site **out, const struct nrs_config *config,
		 struct nrs_diag *diag);
void nrs_site_free(struct nrs_site *site);

/* Lives as long as @site. */
const struct nrs_judge *nrs_site_judge(const struct nrs_site *site);

/* Is any of its files another one than when this was asked last (or it was
 * made)? One thread asks; the judge may be in use by another. */
bool nrs_site_changed(struct nrs_site *site);
