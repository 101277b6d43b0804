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
