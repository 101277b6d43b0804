/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pattern_check: what a single comparison must satisfy beyond the grammar
 * (section 1.2 of the specification).
 */
#pragma once

#include "engine/pattern.h"

/* NRS_OK, or NRS_E_FORMAT with the text of @diag: a hash literal that cannot
 * be one of its algorithm, or IN over mixed types. */
int nrs_pattern_check_test(const struct nrs_test *test, struct nrs_diag *diag);
