/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_parts: the forms of STIX 2.1 objects that more than one writer needs:
 * what stays at home (stix_out) and what is posted (stix_post).
 */
#pragma once

#include "engine/base/json.h"
#include "engine/indicator.h"
#include "engine/matcher.h"

/* Unmarked is handled as AMBER+STRICT (sharing-rules.md rule 2). */
enum nrs_tlp nrs_stix_tlp(enum nrs_tlp tlp);
const char *nrs_stix_marking_id(enum nrs_tlp tlp);

/* type, spec_version and id of an object; the caller closes it with '}'. */
void nrs_stix_begin(struct nrs_jsonw *w, const char *type, const char *id);
void nrs_stix_text(struct nrs_jsonw *w, const char *key, const char *text);
void nrs_stix_time(struct nrs_jsonw *w, const char *key, int64_t ns,
		   unsigned int digits);
/* labels of an object of an exercise (rule 8): nothing for an empty @id. */
void nrs_stix_exercise(struct nrs_jsonw *w, struct nrs_span id);
/* A list of one id. */
void nrs_stix_ref(struct nrs_jsonw *w, const char *key, const char *id);

/* The marking-definition of a TLP 2.0 level, not NRS_TLP_NONE. */
void nrs_stix_marking(struct nrs_jsonw *w, enum nrs_tlp tlp);

/* An indicator of our own making, for a value from a list. */
struct nrs_stix_value {
	const char *id;
	const char *created_by;
	struct nrs_span name, pattern;
	struct nrs_span exercise; /* that it is of; empty: none */
	enum nrs_tlp tlp;
};
void nrs_stix_value(struct nrs_jsonw *w, const struct nrs_stix_value *value);

/* The lower of the indicator's and the grade of the match, exact 100,
 * subdomain or prefix 75, partial 50 (rule 12); not for an absent one. */
int nrs_stix_confidence(int confidence, enum nrs_how how, bool is_partial);
