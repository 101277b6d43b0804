/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hits_out: one line of hits.jsonl for each hit (sharing-rules.md section 6).
 * For use at home: nothing is masked in it.
 */
#pragma once

#include "sightings/judge.h"

/* What all lines of a run share. */
struct nrs_hits_run {
	struct nrs_span set_digest;
	const char *const *captures; /* by file index; live: interfaces */
	const char *group; /* the path of the process's cgroup; or NULL */
	bool is_live;
	bool is_retro;		       /* found in logs: `captures` are these */
	uint64_t number;	       /* of the hit, from 1; live only */
	const struct nrs_judge *judge; /* NULL: the shipped rules */
};

/* Append the line of @s with its newline. */
void nrs_hits_line(struct nrs_text *out, const struct nrs_sighted *s,
		   const struct nrs_hits_run *run);

/* Append the line that says that hit @number's flow rose to @flow's outcome,
 * which makes it of class @grade. @group: as above. */
void nrs_hits_raise(struct nrs_text *out, uint64_t number,
		    const struct nrs_record_flow *flow, enum nrs_class grade,
		    const char *group);
