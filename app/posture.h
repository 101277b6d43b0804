/* SPDX-License-Identifier: Apache-2.0 */
/*
 * posture: by which policy a sensor chooses: normal, that of its configuration;
 * heightened, that of the file that the configuration names.
 *
 * A person switches it (noroshi posture), which survives a restart in the state
 * folder; and where the configuration says so a source does (a hub's
 * collection): the posture is heightened as long as an indicator of it is valid
 * that has the label "posture:heightened".
 *
 * Any thread may ask; each of the others has its thread.
 */
#pragma once

#include "app/choice.h"
#include "engine/set.h"

#define NRS_POSTURE_LABEL "posture:heightened"

struct nrs_posture;

/* All is borrowed, and outlives it. Reads the file and the state. NRS_E_FORMAT:
 * the file cannot be read, @diag says why; NRS_E_NOMEM. */
int nrs_posture_new(struct nrs_posture **out, const struct nrs_config *config,
		    const struct nrs_choice *normal, struct nrs_diag *diag);
void nrs_posture_free(struct nrs_posture *posture);

/* Main thread: a person's word, "normal" or "heightened"; what becomes of it is
 * appended to @out. False: nothing changed. */
bool nrs_posture_set(struct nrs_posture *posture, struct nrs_span word,
		     int64_t now_ns, struct nrs_text *out);

/* Builder: @set is in force; what does the source say? */
void nrs_posture_force(struct nrs_posture *posture, const struct nrs_set *set);

/* Builder: what to choose by at @now_ns; or NULL, to keep everything. Lives as
 * long as the posture. */
const struct nrs_select_policy *nrs_posture_policy(struct nrs_posture *posture,
						   int64_t now_ns);

struct nrs_posture_state {
	bool is_there;	    /* the configuration names a file */
	bool is_heightened; /* as the policy was asked for last */
	bool by_person, by_source;
	int64_t since_ns;
};
void nrs_posture_state(const struct nrs_posture *posture,
		       struct nrs_posture_state *out);
