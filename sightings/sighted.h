/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sighted: a hit with its text: which side is own, the direction, what the
 * indicator is. Made in the emitter when a flow ends; borrows everything.
 */
#pragma once

#include "engine/home.h"
#include "engine/record.h"
#include "engine/set.h"

struct nrs_sighted {
	const struct nrs_record_hit *hit;
	const struct nrs_set *set;
	const struct nrs_indicator *indicator;
	struct nrs_hit_value values[NRS_HIT_VALUES_MAX];
	unsigned int value_count;
	enum nrs_direction direction;
	bool own_is_src; /* else dst; meaningless in transit */
	enum nrs_outcome outcome;
	uint32_t protocols;
	struct nrs_span
		resolved_from; /* a name that led to the peer; or empty */
	/* Of a pattern of several observations: the records of all by their
	 * time, one behind another, the hit's own among them. Else empty. */
	struct nrs_span parts;
};

/* The part at *@at (from 0), or NULL at the end; moves on. */
const struct nrs_record_hit *nrs_sighted_part(const struct nrs_sighted *s,
					      size_t *at);

/* How sure a match is, of 100 (sharing-rules.md rule 12): a subdomain or a
 * prefix 75; and of two the less sure one. */
int nrs_how_grade(enum nrs_how how);
enum nrs_how nrs_how_weaker(enum nrs_how a, enum nrs_how b);

/*
 * How sure the whole match is: the least sure of all values that took part, of
 * all parts too. Of an OR whose sides both hold the less sure one counts: a
 * grade is never rounded up.
 */
enum nrs_how nrs_sighted_how(const struct nrs_sighted *s);

/* The values behind a hit's record; returns how many. */
unsigned int nrs_hit_values(const struct nrs_record_hit *hit,
			    struct nrs_hit_value values[NRS_HIT_VALUES_MAX]);

/* Fill @out from a hit's record and what the end of its flow told. */
void nrs_sighted_read(struct nrs_sighted *out, const struct nrs_record_hit *hit,
		      const struct nrs_set *set,
		      const struct nrs_home_nets *home);

const struct nrs_addr *nrs_sighted_own(const struct nrs_sighted *s);
const struct nrs_addr *nrs_sighted_peer(const struct nrs_sighted *s);

/* nrs_exercise_of its indicator. */
struct nrs_span nrs_sighted_exercise(const struct nrs_sighted *s);

/* STIX id of the indicator, and its time "modified", appended to @out. */
void nrs_sighted_id(const struct nrs_sighted *s, struct nrs_text *out);
void nrs_sighted_modified(const struct nrs_sighted *s, struct nrs_text *out);
