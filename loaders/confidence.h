/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confidence: the scales that people use, as 0 to 100 (STIX 2.1 appendix A,
 * and the tags that communities put on what they share).
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

enum nrs_scale {
	NRS_SCALE_PERCENT,   /* 0 to 100: STIX's own */
	NRS_SCALE_TEN,	     /* 0 to 10 */
	NRS_SCALE_WORDS,     /* none, low, medium, high */
	NRS_SCALE_ADMIRALTY, /* credibility 1 to 6, perhaps behind A to F */
	NRS_SCALE_WEP,	     /* words of estimative probability */
	NRS_SCALE_DNI,	     /* those of the DNI's directive 203 */
	NRS_SCALE_COUNT
};
/* For configurations: "percent", "ten", "words", ... */
const char *nrs_scale_name(enum nrs_scale scale);
#define NRS_SCALES "percent|ten|words|admiralty|wep|dni"

/*
 * What @text says on @scale, in *@out: 0 to 100, or -1 where the scale itself
 * says that nobody knows (Admiralty 6). Words of any case, a blank, "-" or "_"
 * between. NRS_E_FORMAT: not of this scale; NRS_E_RANGE: a number beyond it.
 */
int nrs_confidence_read(enum nrs_scale scale, struct nrs_span text,
			int8_t *out);

/* The same of a tag that states a confidence: 'misp:confidence-level="..."',
 * 'admiralty-scale:information-credibility="2"', 'estimative-language:...'.
 * False: it is none of these. */
bool nrs_confidence_of_tag(struct nrs_span tag, int8_t *out);
