/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eve_out: a hit as an alert in the form of Suricata's EVE JSON, so that what
 * reads eve.json reads it unchanged (docs.suricata.io, "Eve JSON Format"; its
 * etc/schema.json). For use at home: nothing is masked in it, but what is
 * marked above the output's ceiling (sharing-rules.md rule 3).
 */
#pragma once

#include "sightings/hits_out.h"

struct nrs_eve_options {
	const struct nrs_hits_run *run;
	enum nrs_tlp max_tlp; /* NRS_TLP_NONE: AMBER+STRICT, our organisation */
	/* Of opaque ids; the same as long as it lasts. */
	struct nrs_span key;
};

/* Append the line of @s with its newline. True: it was above the ceiling, and
 * holds an opaque id, the time and the own endpoint, nothing else. */
bool nrs_eve_line(struct nrs_text *out, const struct nrs_sighted *s,
		  const struct nrs_eve_options *options);

/* Unmarked is AMBER+STRICT; NRS_TLP_NONE as @ceiling too. */
bool nrs_is_above(enum nrs_tlp tlp, enum nrs_tlp ceiling);

/* What may be said of a hit above a ceiling: for all outputs. Appends 16
 * hexadecimal digits. */
void nrs_opaque_id(struct nrs_text *out, const struct nrs_sighted *s,
		   struct nrs_span key);
