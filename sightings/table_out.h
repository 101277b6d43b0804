/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table_out: sightings as a table for people: defanged, without control or
 * bidirectional characters, columns by display width.
 */
#pragma once

#include "sightings/aggregate.h"

struct nrs_table_options {
	const struct nrs_set *set;
	const struct nrs_home_nets *home;
	/* Columns of the terminal: what does not fit is cut or left out, and a
	 * line says so; 0: as many as it takes. */
	unsigned int width;
	size_t rows; /* at most, and a line that says so; 0: all */
	/* The terminal's ceiling (sharing-rules.md rule 3): what is marked
	 * stricter is an opaque id, its times and the own host, and counted.
	 * NRS_TLP_NONE: none. */
	enum nrs_tlp max_tlp;
};

/* Append the table, and below it what to do about what was seen, where a source
 * says so. */
void nrs_table(struct nrs_text *out, const struct nrs_aggregate *aggregate,
	       const struct nrs_table_options *options);

/* Append @text as a terminal may show it, cut to @width columns (0: not). */
void nrs_table_safe(struct nrs_text *out, struct nrs_span text,
		    unsigned int width);

/* Append JSON, the same to whoever parses it, as a terminal may show it: what
 * nrs_table_safe takes out is written as an escape. */
void nrs_table_json(struct nrs_text *out, struct nrs_span json);
