/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quoted: a refusal that begins with what is refused.
 */
#pragma once

#include "engine/set.h"

/* "START OF THE TEXT...: reason" as refusal of @source at @place. Never half
 * a character, never a control character. NRS_E_NOMEM. */
int nrs_refuse_quoted(struct nrs_set *set, uint32_t source, uint64_t place,
		      struct nrs_span text, const char *reason);
