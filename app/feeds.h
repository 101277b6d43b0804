/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feeds: is what a source says now to be believed beside what it said before?
 * A feed that suddenly loses or gains most of itself is broken, or not itself,
 * more often than it is right.
 */
#pragma once

#include "engine/set.h"

struct nrs_feed_limits {
	uint64_t shrink_percent; /* may lose so much of itself; 0: anything */
	uint64_t grow_percent;	 /* may gain so much; 0: anything */
	uint64_t least;		 /* below that it may do what it likes */
};

/*
 * Compare each source of @before with the one of its name in @now, both
 * settled. What it revoked counts as said: a source may revoke everything.
 * NRS_OK; NRS_E_LIMIT: @diag names the first that is not believed, with its
 * counts and the setting; NRS_E_NOMEM.
 */
int nrs_feeds_check(const struct nrs_set *before, const struct nrs_set *now,
		    const struct nrs_feed_limits *limits,
		    struct nrs_diag *diag);
