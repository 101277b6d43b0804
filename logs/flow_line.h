/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow_line: a flow that ended, as one JSON line. For use at home: nothing is
 * masked in it.
 */
#pragma once

#include "engine/home.h"
#include "engine/record_log.h"
#include "logs/as_table.h"

/* What all lines of a run share; texts are NULL where nothing is known. */
struct nrs_flow_line_run {
	const struct nrs_home_nets *home;
	const struct nrs_as_table *as_table; /* or NULL */
	const char *const *captures;	     /* by file index; or interfaces */
	bool is_live;
	const char *sensor;
	const char *location;
};

/* Append the line of @ended with its newline. */
void nrs_flow_line(struct nrs_text *out, const struct nrs_record_ended *ended,
		   const struct nrs_flow_line_run *run);

/* "SA": one letter for each flag, F S R P A U E C (RFC 9293 section 3.1). */
#define NRS_TCP_FLAGS_LEN 9
void nrs_tcp_flags_text(uint8_t flags, char out[NRS_TCP_FLAGS_LEN]);
