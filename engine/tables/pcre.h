/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcre: one regular expression (the only door to pcre2 and libunistring).
 *
 * For the expressions Hyperscan cannot take, and for those that speak of
 * characters beyond ASCII: both sides are brought to NFC then, as STIX asks.
 * Match, depth and heap limits bound the cost of a hostile expression.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

struct nrs_pcre;

/* Dot matches newlines, case-sensitive. NRS_E_SYNTAX with pcre2's reason. */
int nrs_pcre_new(struct nrs_pcre **out, struct nrs_span expression,
		 struct nrs_diag *diag);
void nrs_pcre_free(struct nrs_pcre *pcre);

/*
 * True if it matches characters, not octets: it is not ASCII, or names
 * characters by \p, \P, \X, \x{...}, \o{...}, \N{...} or (*UTF).
 */
bool nrs_pcre_is_unicode(const struct nrs_pcre *pcre);

/* Memory for matching: one per thread, shared by all expressions. */
struct nrs_pcre_scratch;
struct nrs_pcre_scratch *nrs_pcre_scratch_new(void);
void nrs_pcre_scratch_free(struct nrs_pcre_scratch *scratch);

/*
 * 1: found somewhere in @subject, 0: not, NRS_E_LIMIT: gave up. Never
 * allocates while @subject is ASCII or the expression is of octets, else
 * NRS_E_NOMEM. What is no UTF-8 is matched as it is, between its bad octets.
 */
int nrs_pcre_search(const struct nrs_pcre *pcre,
		    struct nrs_pcre_scratch *scratch, struct nrs_span subject);
