/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suppress: indicators that a person called false: their hits are noise, at
 * home and counted, until the line expires (sharing-rules.md rule 20).
 *
 * A file of JSON lines that other sensors can load, the later line holds:
 * {"indicator":ID,"modified":TIME,"own":CIDR,"until":TIME,"verdict":"false",
 *  "by":WHO,"time":TIME,"why":TEXT}. "modified": of the version that was
 * judged; a newer one is another statement and is heard again. "own": only
 * hits of these own hosts; without it, of all. "verdict":"true" lifts what an
 * earlier line of the same scope said. Never changed once it is in use.
 */
#pragma once

#include "engine/base/addr.h"
#include "engine/base/err.h"
#include "engine/base/stamp.h"
#include "engine/base/text.h"

#define NRS_SUPPRESSIONS_MAX 100000u

struct nrs_suppression {
	struct nrs_span indicator;
	int64_t modified_ns; /* NRS_TIME_MAX: of every version */
	struct nrs_prefix own;
	bool has_own;
	bool is_lifted;
	int64_t until_ns; /* NRS_TIME_MAX: for ever */
	int64_t time_ns;  /* when it was said */
	struct nrs_span by, why;
};

struct nrs_suppressions;

int nrs_suppressions_new(struct nrs_suppressions **out);
void nrs_suppressions_free(struct nrs_suppressions *suppressions);

/* A bad line is counted in *@refused, the first told in @diag with its number;
 * the others hold. NRS_E_LIMIT, NRS_E_NOMEM. */
int nrs_suppressions_read(struct nrs_suppressions *suppressions,
			  struct nrs_span text, uint64_t *refused,
			  struct nrs_diag *diag);

/* What keeps a hit at @at_ns of this version and own host quiet, or NULL. */
const struct nrs_suppression *
nrs_suppressions_find(const struct nrs_suppressions *suppressions,
		      struct nrs_span indicator, int64_t modified_ns,
		      const struct nrs_addr *own, int64_t at_ns);
unsigned int
nrs_suppressions_count(const struct nrs_suppressions *suppressions);

/* Append the line of @what, with its line feed. */
void nrs_suppression_line(struct nrs_text *out,
			  const struct nrs_suppression *what);
