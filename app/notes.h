/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notes: what of a sensor's figures a person should know, in words, each with
 * the key that changes it. Trouble is what a person should do something about.
 */
#pragma once

#include "app/live_crew.h"
#include "app/outlets.h"
#include "app/report.h"
#include "app/status.h"
#include "app/supply.h"
#include "sightings/spool.h"

#define NRS_NOTES_MAX 14 /* as many as there are */
#define NRS_NOTE_ROOM 300

/* All borrowed. */
struct nrs_notes_view {
	const struct nrs_supply_state *set;
	const struct nrs_crew_figures *crew;
	const struct nrs_report_figures *report;
	const struct nrs_outlets_figures *outlets;
	const struct nrs_spool_losses *lost; /* NULL: not known */
	const char *state_dir;
	bool loses;		     /* lines or records, more than before */
	unsigned int silent_threads; /* that hang */
};

struct nrs_notes {
	struct nrs_status_note notes[NRS_NOTES_MAX]; /* point into text */
	char text[NRS_NOTES_MAX][NRS_NOTE_ROOM];
	unsigned int count;
};

/* Replaces what @out says; it must stay where it is while it is read. */
void nrs_notes_make(struct nrs_notes *out, const struct nrs_notes_view *view);
