/* SPDX-License-Identifier: Apache-2.0 */
/*
 * when: points in time as hubs write them into headers: RFC 3339 with Z or an
 * offset, as TAXII asks; an HTTP date (RFC 9110 section 5.6.7, the two old
 * forms too); and what JavaScript prints, "Thu Feb 20 2020 20:52:39 GMT+0000".
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/stamp.h"

/* NRS_E_SYNTAX ("undefined", ""), NRS_E_DATE, NRS_E_RANGE. */
int nrs_hub_when(struct nrs_span text, int64_t *out_ns);
