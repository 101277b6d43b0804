/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: the emitter's side of a live run: hits to the local file at once,
 * and a line more when a flow with hits turns out better than was known; and
 * to the outbox, which decides what may be told to whom.
 *
 * Used by the emitter thread; the figures may be read by any.
 */
#pragma once

#include "app/look_new.h"
#include "app/outlets.h"
#include "app/selftest.h"
#include "app/site.h"
#include "app/supply.h"
#include "app/tally.h"
#include "capture/source/cgroups.h"
#include "sightings/correlate.h"
#include "sightings/hits_file.h"
#include "sightings/outbox.h"

struct nrs_report;

struct nrs_report_options {
	struct nrs_supply *supply;
	const struct nrs_home_nets *home;
	const char *const *interfaces; /* names by index */
	struct nrs_hits_file *hits;    /* or NULL */
	struct nrs_outbox *outbox;     /* or NULL: nothing is told to anybody */
	struct nrs_outlets *outlets;   /* or NULL */
	struct nrs_tally *tally;       /* or NULL */
	struct nrs_selftest *selftest; /* or NULL */
	struct nrs_logging *logging;   /* or NULL: no logs of all traffic */
	struct nrs_cgroups *groups;    /* that processes are of; or NULL */
	struct nrs_look_new *look;     /* or NULL: nobody looks back */
	struct nrs_site *site;	       /* taken; or NULL */
	unsigned int workers;
	struct nrs_correlator_options correlating; /* its bounds */
};

/* All but the site is borrowed, that also on error. NRS_E_NOMEM. */
int nrs_report_new(struct nrs_report **out,
		   const struct nrs_report_options *options);
void nrs_report_free(struct nrs_report *report);

/* The emitter whose hits come here; the crew's thread steps it. */
struct nrs_emitter *nrs_report_emitter(const struct nrs_report *report);

/* Any thread, one at a time: another site from the next step on; taken. */
void nrs_report_adopt(struct nrs_report *report, struct nrs_site *site);

/* For nrs_crew_options.step. */
void nrs_report_step(void *report, bool is_end);

/* A hit that was found in the log @log: told as others are, but nothing of it
 * rises any more. Emitter's thread, as below; the hit is borrowed. */
void nrs_report_found(void *report, const struct nrs_record_hit *hit,
		      const char *log);
/* For nrs_crew_options.more: what was found in logs meanwhile. */
bool nrs_report_more(void *report);

struct nrs_report_figures {
	uint64_t hits, raised;
	uint64_t real;	     /* hits that no self-test made */
	uint64_t lines_lost; /* of the local file */
	uint64_t classes[NRS_CLASS_URGENT + 1]; /* sightings, with an outbox */
	uint64_t put, refused;			/* of the outbox */
	uint64_t untold;    /* hits that no sighting counts: no memory */
	bool is_failing;    /* the spool takes nothing: sightings wait here */
	uint64_t forgotten; /* observations of patterns over several */
	uint64_t undecided; /* such patterns, for want of work */
	struct nrs_logging_figures logs; /* of all traffic */
};
void nrs_report_figures(const struct nrs_report *report,
			struct nrs_report_figures *out);
