/* SPDX-License-Identifier: Apache-2.0 */
/*
 * permit: may an indicator become a counter-measure on another system of this
 * site (sharing-rules.md rules 2 and 3: a file is a channel with a ceiling)?
 *
 * What says nothing about its use may be used; what names its use may be used
 * for that and nothing else: a purpose is kept by not doing the rest.
 */
#pragma once

#include "engine/indicator.h"

enum nrs_use {
	NRS_USE_BLOCK,	/* traffic is stopped or turned away */
	NRS_USE_DETECT, /* traffic is looked at */
	NRS_USE_KEEP	/* text with its markings, for whoever reads it */
};

struct nrs_permit_rules {
	int64_t at_ns;	       /* valid at this time */
	enum nrs_tlp max_tlp;  /* the channel's ceiling; NRS_TLP_NONE:
				* AMBER+STRICT, the organisation */
	int8_t min_confidence; /* 0: none is asked for */
	enum nrs_use use;
};

/* Why not, a text for ever that several share; NULL: it may. Unmarked is
 * AMBER+STRICT. */
const char *nrs_permit(const struct nrs_indicator *item,
		       const struct nrs_permit_rules *rules);
