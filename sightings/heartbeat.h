/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heartbeat: what a sensor holds, and since when: reports by their ids, how
 * many of their indicators it can match, the set's digest, the version. As a
 * file of JSON it stays at home; as a STIX note it goes to an audience under
 * the rules of sightings (sharing-rules.md): of each source only to who
 * supplied it, nothing above the ceiling, held where a person decides.
 *
 * The digest is over the sources of all communities: two that compared it would
 * know a pseudonym again (rule 17), so only a named reporter tells it.
 */
#pragma once

#include "engine/sco.h"
#include "sightings/disclose.h"

/* A report of one source, of which something can be matched now. */
struct nrs_beat_report {
	struct nrs_span source, id, name;
	int64_t since_ns; /* in force, without a break */
	bool is_exercise; /* its indicators are: no audience hears of it */
	/* Indicators that can be matched, by marking: an audience hears of
	 * those alone that it may hear of. */
	uint32_t indicators[NRS_TLP_RED + 1];
};

/* All borrowed. */
struct nrs_beat {
	struct nrs_span sensor, version;
	struct nrs_span digest; /* of the set; empty: not made yet */
	int64_t now_ns, since_ns;
	uint64_t received, full, partial;
	const struct nrs_beat_report *reports;
	size_t report_count;
};

/* One JSON object and a line feed, appended to @out. For home. */
void nrs_heartbeat_json(const struct nrs_beat *beat, struct nrs_text *out);

/* What goes to one audience. fini frees it; starts as {0}. */
struct nrs_heartbeat_note {
	char id[NRS_SCO_ID_LEN];
	struct nrs_share_verdict verdict; /* of the strictest that it tells */
	struct nrs_share_item item;	  /* likewise: to ask again */
	struct nrs_text objects; /* marking, reporter, note: a comma between */
	uint8_t digest[32];	 /* of what it says, but for its time */
	unsigned int reports;	 /* 0: nothing that may be told; no note */
};

/* NRS_E_NOMEM. */
int nrs_heartbeat_note(const struct nrs_beat *beat,
		       const struct nrs_share_policy *policy, unsigned int to,
		       struct nrs_heartbeat_note *out);
void nrs_heartbeat_note_fini(struct nrs_heartbeat_note *note);
