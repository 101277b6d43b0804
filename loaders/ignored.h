/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ignored: why entries of a file are nothing to look for, counted by reason.
 */
#pragma once

#include "engine/base/text.h"

/* A row of the table in ignored.c each. */
enum nrs_ignored {
	NRS_IGNORED_TO_IDS, /* of MISP: not for detection */
	NRS_IGNORED_TYPE,
	NRS_IGNORED_DELETED,
	NRS_IGNORED_FALSE_POSITIVE,
	NRS_IGNORED_STATUS,
	NRS_IGNORED_CATEGORY,
	NRS_IGNORED_OBSERVABLE,
	NRS_IGNORED_INDEX,
	NRS_IGNORED_COUNT
};

/* Append the reasons that have a @counts, each with it where there are several;
 * nothing if there is none. At most 1 KiB. */
void nrs_ignored_say(const uint64_t counts[NRS_IGNORED_COUNT],
		     struct nrs_text *out);
