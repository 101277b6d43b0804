/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp_event: what an event of MISP says about its attributes, for all of
 * them at once when the event ends.
 */
#pragma once

#include "loaders/misp_attribute.h"

/*
 * Complete the indicators of the set from @first on with what @event says: its
 * name as report, organisation, marking (the stricter one counts), tags, and
 * where the attribute says none, confidence and time. NRS_E_NOMEM.
 */
int nrs_misp_event(struct nrs_adder *adder, const struct nrs_json *event,
		   uint32_t first);
