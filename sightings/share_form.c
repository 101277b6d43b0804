/* SPDX-License-Identifier: Apache-2.0 */
/*
 * share_form: the settings of an audience that say how much is told, in one
 * number.
 */
#include "sightings/share_form.h"

#include <assert.h>

/* From the lowest bit 1, own_host in two, two blocks, the reporter in
 * two, and the grain of times in seconds. */
enum {
	OWN_AT = 1,
	TECHNIQUE = 1 << 3,
	DAMAGE = 1 << 4,
	REPORTER_AT = 5,
	GRAIN_AT = 7
};

static_assert(NRS_SHARE_FORM_UNKNOWN ==
		      (1 | NRS_SHARE_OWN_FULL << OWN_AT | TECHNIQUE | DAMAGE |
		       (NRS_SHARE_ANONYMOUS - NRS_SHARE_NAMED) << REPORTER_AT),
	      "all that there is");

int64_t nrs_share_form(const struct nrs_share_audience *audience)
{
	return 1 | (int64_t)audience->own_host << OWN_AT |
	       (audience->tells_technique ? TECHNIQUE : 0) |
	       (audience->tells_damage ? DAMAGE : 0) |
	       (int64_t)(NRS_SHARE_ANONYMOUS - nrs_share_as(audience))
		       << REPORTER_AT |
	       audience->grain_ns / NRS_SECOND_NS << GRAIN_AT;
}

const char *nrs_share_form_tightened(int64_t was,
				     const struct nrs_share_audience *audience,
				     unsigned int *rule)
{
	const int64_t now = nrs_share_form(audience);
	const int64_t blocks = TECHNIQUE | DAMAGE;

	if (was == 0)
		return NULL;
	*rule = 13;
	if ((was >> OWN_AT & 3) > (now >> OWN_AT & 3))
		return "own_host";
	*rule = 16;
	if (was >> GRAIN_AT < now >> GRAIN_AT)
		return "time";
	*rule = 17;
	if ((was >> REPORTER_AT & 3) > (now >> REPORTER_AT & 3))
		return "reporter";
	*rule = 18;
	return (was & ~now & blocks) != 0 ? "blocks" : NULL;
}
