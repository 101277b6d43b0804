/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outlets: where hits go at home beside hits.jsonl, as far as the
 * configuration switches it on: eve.json, a log server. Each is a channel with
 * a ceiling (sharing-rules.md rule 3). Emitter's thread; figures for any.
 */
#pragma once

#include "app/config.h"
#include "app/syslog.h"
#include "sightings/eve_out.h"

struct nrs_outlets;

/* *@out stays NULL where nothing is switched on. Borrows @config. NRS_E_IO
 * with @diag; NRS_E_NOMEM. */
int nrs_outlets_new(struct nrs_outlets **out, const struct nrs_config *config,
		    struct nrs_diag *diag);
/* NULL is fine, here and below. */
void nrs_outlets_free(struct nrs_outlets *outlets);

void nrs_outlets_hit(struct nrs_outlets *outlets, const struct nrs_sighted *hit,
		     const struct nrs_hits_run *run);

struct nrs_outlets_figures {
	uint64_t lost;	/* lines of eve.json */
	uint64_t above; /* hits above a ceiling */
	bool has_syslog;
	struct nrs_syslog_figures syslog;
};
void nrs_outlets_figures(struct nrs_outlets *outlets,
			 struct nrs_outlets_figures *out);
