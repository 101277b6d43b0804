/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strict: the evaluator of the specification (section 1.3): STIX documents in,
 * verdict out, without any leniency of the sensor.
 *
 * For cold paths only: it allocates in the caller's arenas. Documents are
 * borrowed and must outlive what is loaded. One thread at a time. Caps and a
 * work budget bound what a hostile document or pattern can cost: NRS_E_LIMIT.
 */
#pragma once

#include "engine/base/json.h"
#include "engine/pattern.h"

#define NRS_STRICT_OBSERVED_MAX 4096u /* observed-data objects */
#define NRS_STRICT_OBJECTS_MAX 65536u /* SCOs over all of them */
#define NRS_STRICT_SLOTS_MAX 1024u    /* observations in one binding */
#define NRS_STRICT_WORK_MAX UINT64_C(50000000)

/* Closed interval, nanoseconds since 1970. */
struct nrs_strict_interval {
	int64_t first, last;
};

struct nrs_strict_observed {
	struct nrs_span id; /* empty in 2.0 */
	struct nrs_strict_interval seen;
	uint64_t count;			 /* number_observed */
	unsigned int object, object_end; /* in objects */
};

struct nrs_strict_object {
	struct nrs_span id; /* 2.0: the key in "objects" */
	struct nrs_span type;
	const struct nrs_json *json;
	bool is_never_root; /* SDO, SRO or meta object: no type matches it */
};

struct nrs_strict_documents {
	struct nrs_strict_observed *observed;
	unsigned int observed_count;
	struct nrs_strict_object *objects;
	unsigned int object_count;
};

/*
 * @documents: an array of observed-data and bundles, or one of them. 2.1: the
 * objects of all bundles are one pool. NRS_E_FORMAT: an observed-data without
 * number_observed, first_observed or last_observed, or with bad ones.
 * NRS_E_LIMIT, NRS_E_NOMEM.
 */
int nrs_strict_load(struct nrs_strict_documents *out,
		    const struct nrs_json *documents,
		    enum nrs_stix_version version, struct nrs_arena *arena,
		    struct nrs_diag *diag);

struct nrs_strict_binding {
	const unsigned int *observed; /* one per bound observation */
	unsigned int count;
};

/*
 * 1: matches, 0: does not. NRS_E_FORMAT: evaluation error (a timestamp against
 * a string that is none); NRS_E_SYNTAX: an expression pcre2 refuses;
 * NRS_E_LIMIT, NRS_E_NOMEM. @binding (may be NULL) is one binding that
 * matches; it lives in @arena.
 */
int nrs_strict_match(const struct nrs_strict_documents *documents,
		     const struct nrs_pattern *pattern, struct nrs_arena *arena,
		     struct nrs_strict_binding *binding, struct nrs_diag *diag);

/* What is known of one [ ] of a pattern: an element per observed-data. */
struct nrs_strict_known {
	const struct nrs_node *node;
	const bool *can;
};

struct nrs_strict_question {
	const struct nrs_node *root;
	const struct nrs_strict_known *known; /* every [ ] of it */
	unsigned int known_count;
	uint64_t work_max; /* steps */
	uint64_t work;	   /* out: done */
};

/* As nrs_strict_match where what each [ ] says is known already: of the
 * documents only observed and observed_count are read. */
int nrs_strict_bind(const struct nrs_strict_documents *documents,
		    struct nrs_strict_question *question,
		    struct nrs_arena *arena,
		    struct nrs_strict_binding *binding);

/* Both are addresses or prefixes of one family, @inner within @outer. */
bool nrs_strict_inside(struct nrs_span inner, struct nrs_span outer);

/* Rule 5: every interval intersects [t, t + @duration], t the least last. */
bool nrs_strict_within(const struct nrs_strict_interval *intervals,
		       unsigned int count, int64_t duration);

enum nrs_strict_overlap {
	NRS_STRICT_APART,
	NRS_STRICT_OVERLAP,
	NRS_STRICT_TOUCH_INNER, /* the first ends where the second begins */
	NRS_STRICT_TOUCH_OUTER, /* the first begins where the second ends */
	NRS_STRICT_TOUCH_POINT, /* both are one and the same instant */
};

enum nrs_strict_overlap nrs_strict_overlap(struct nrs_strict_interval a,
					   struct nrs_strict_interval b);
