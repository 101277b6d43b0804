/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answers: what others say of our sightings at a hub: notes, opinions,
 * sightings and later versions that name one of ours (sharing-rules.md rule
 * 19). They lie in the spool's file, beside what they answer.
 *
 * Text and ids are the hub's, hostile; the number kept for one sighting and
 * their length are bounded.
 */
#pragma once

#include "engine/base/json.h"
#include "engine/base/store.h"

#define NRS_ANSWERS_MAX 100 /* of one sighting */
#define NRS_ANSWER_TEXT_MAX 300u

/* Of the spool's schema. */
extern const char nrs_answers_sql[];

enum nrs_answer_kind {
	NRS_ANSWER_WORD,      /* a note, a sighting, a later version, ... */
	NRS_ANSWER_CONFIRMED, /* an opinion that agrees */
	NRS_ANSWER_FALSE,     /* an opinion that disagrees */
};
const char *nrs_answer_kind_name(enum nrs_answer_kind kind);

/*
 * Look at @object, any STIX object that was pulled: does it name sightings of
 * ours? Those that it names are answered from now on; *@count says how many.
 * What it said before in an older version is replaced, and taken back when it
 * is revoked. Errors as in store.h.
 */
int nrs_answers_take(struct nrs_store *store, const struct nrs_json *object,
		     unsigned int *count, struct nrs_diag *diag);

/* Of the sightings to @audience: how many are answered, and of those, how many
 * confirmed, and how many called false by somebody. */
struct nrs_answers_counts {
	uint64_t answered, confirmed, refuted;
};
int nrs_answers_count(struct nrs_store *store, struct nrs_span audience,
		      struct nrs_answers_counts *out, struct nrs_diag *diag);

/* One of them; spans valid during the call. */
struct nrs_answer {
	struct nrs_span audience, sighting, object, type, text;
	enum nrs_answer_kind kind;
	int64_t modified_ns;
};
typedef int nrs_answer_fn(void *ctx, const struct nrs_answer *answer);
/* Each in the order of its sightings; what @fn returns but NRS_OK ends it. */
int nrs_answers_list(struct nrs_store *store, nrs_answer_fn *fn, void *ctx,
		     struct nrs_diag *diag);
