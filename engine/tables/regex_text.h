/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex_text: an expression of regexdb.h written out as PCRE text.
 */
#pragma once

#include "engine/base/text.h"
#include "engine/tables/regexdb.h"

bool nrs_regex_has_prefix(const struct nrs_regex *regex);

/* For pcre2: without the prefix, which is compared before. Clears @out. */
void nrs_regex_body(struct nrs_text *out, const struct nrs_regex *regex);

/*
 * For Hyperscan: with the prefix, over octets, and a NUL behind it. False if
 * that cannot be said, as for the empty expression. Clears @out.
 */
bool nrs_regex_whole(struct nrs_text *out, const struct nrs_regex *regex);

/*
 * For Hyperscan over octets that come piece by piece, with a NUL behind: what
 * need not wait for the end does not, and characters of MATCHES are octets
 * (specification, section 1.3). LIKE, PCRE and OCTETS only. NRS_E_RANGE: names
 * a character that no octet is. NRS_E_UNSUPPORTED: such characters in \Q \E.
 * Clears @out.
 */
int nrs_regex_stream(struct nrs_text *out, const struct nrs_regex *regex);

/* May it depend on where a value begins, or ends? */
bool nrs_regex_from_start(const struct nrs_regex *regex);
bool nrs_regex_to_end(const struct nrs_regex *regex);
