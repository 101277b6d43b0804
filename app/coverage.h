/* SPDX-License-Identifier: Apache-2.0 */
/*
 * coverage: what could not be inspected and why (engine/base/blind.h), without
 * which nobody knows what "no sighting" means. The same for any number of
 * workers.
 */
#pragma once

#include "engine/base/counter.h"
#include "engine/base/json.h"

/* Lines for people: all flows, those without a mark, and each reason that
 * occurred, with its share of them or of all packets. */
void nrs_coverage_text(struct nrs_text *out, const struct nrs_counters *c);

/*
 * Members of the object that is open: "seen" and "clear", each with flows,
 * packets and bytes; "not_inspected", an object with every reason by its name,
 * those that did not occur too. Reasons of packets have no "flows".
 */
void nrs_coverage_json(struct nrs_jsonw *w, const struct nrs_counters *c);
