/* SPDX-License-Identifier: Apache-2.0 */
/*
 * observe_json: what was seen as one JSON object per transaction: its time,
 * its flow, its values, and the same as STIX cyber-observable objects.
 */
#pragma once

#include "capture/worker.h"

struct nrs_observe_json;

/* Values of one transaction beyond this are counted, not shown. */
#define NRS_OBSERVE_VALUES_MAX 4096u

int nrs_observe_json_new(struct nrs_observe_json **out, nrs_field_set fields);
void nrs_observe_json_free(struct nrs_observe_json *observe);

/* The worker's callbacks (struct nrs_match_sink). */
void nrs_observe_json_value(struct nrs_observe_json *observe,
			    const struct nrs_txn *txn, enum nrs_field field,
			    unsigned int object, struct nrs_span value);

/* @txn is over: its line is appended to @line, if it has any of the fields. */
void nrs_observe_json_end(struct nrs_observe_json *observe,
			  const struct nrs_txn *txn,
			  const struct nrs_flow_info *flow,
			  struct nrs_text *line);
