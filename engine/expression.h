/* SPDX-License-Identifier: Apache-2.0 */
/*
 * expression: a regular expression by itself, for lists that people write. For
 * indicators there is the matcher.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

struct nrs_expression;

/* Perl's syntax. NRS_E_SYNTAX with the reason, NRS_E_NOMEM. One thread. */
int nrs_expression_new(struct nrs_expression **out, struct nrs_span text,
		       bool ignores_case, struct nrs_diag *diag);
void nrs_expression_free(struct nrs_expression *expression);

/* True if it is found in @subject. One that gives up (its limits bound what a
 * hostile text can cost) is not found. */
bool nrs_expression_finds(struct nrs_expression *expression,
			  struct nrs_span subject);
