/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_few: LIKE and MATCHES of a property that can have few values only.
 * Each of them is tried when the pattern is compiled, by the strict evaluator;
 * what is left to compare with is a set.
 */
#pragma once

#include "engine/builder.h"

/* Of a _hex property, which is one octet: IN with the octets that @test holds
 * of, as literals of @type (BINARY or INT). NRS_E_NOMEM, NRS_E_FORMAT. */
int nrs_build_octet_set(struct nrs_builder *b, const struct nrs_test *test,
			enum nrs_literal_type type, struct nrs_test *out);

/* Of X_ref.type: IN with those of "ipv4-addr" and "ipv6-addr". */
int nrs_build_type_set(struct nrs_builder *b, const struct nrs_test *test,
		       struct nrs_test *out);
