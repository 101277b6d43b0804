/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table_out: sightings as a table for people: defanged, without control or
 * bidirectional characters, columns by display width.
 */
#pragma once

#include "sightings/aggregate.h"

/* Append the table, and below it what to do about what was seen, where a source
 * says so; at most @rows rows (0: all), and a line that says so. */
void nrs_table(struct nrs_text *out, const struct nrs_aggregate *aggregate,
	       const struct nrs_set *set, const struct nrs_home_nets *home,
	       size_t rows);

/* Append @text as a terminal may show it, cut to @width columns (0: not). */
void nrs_table_safe(struct nrs_text *out, struct nrs_span text,
		    unsigned int width);
