/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp: events and attribute lists of MISP (specification, section 8.1): a
 * bare event, {"Event"}, {"response"}, attributes with or without an event.
 *
 * Only attributes meant for detection (to_ids) are taken; each is one
 * indicator with the attribute's uuid and timestamp as its version. What the
 * event says (name, marking, confidence, tags) may stand behind them.
 *
 * Parameters: to_ids=any takes the others too; seen=validity takes first and
 * last seen for the time of validity; false-positive=skip leaves out what is
 * tagged false-positive:risk="high"; roles=strict takes ip-src for a source and
 * ip-dst for a destination, where otherwise both are any address; objects=and
 * makes one indicator of an object, which wants all its attributes.
 */
#pragma once

#include "loaders/reader.h"

bool nrs_misp_detect(struct nrs_span head);
nrs_reader_open_fn nrs_misp_open;
