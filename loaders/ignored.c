/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ignored: one text per reason.
 */
#include "loaders/ignored.h"

static const char *const reasons[NRS_IGNORED_COUNT] = {
	[NRS_IGNORED_TO_IDS] =
		"not for detection; --format misp:to_ids=any takes them too",
	[NRS_IGNORED_TYPE] = "of a type that no traffic shows",
	[NRS_IGNORED_DELETED] = "deleted",
	[NRS_IGNORED_FALSE_POSITIVE] = "said to be a false positive",
	[NRS_IGNORED_STATUS] = "of the status that is to be skipped",
	[NRS_IGNORED_CATEGORY] = "names of categories",
	[NRS_IGNORED_OBSERVABLE] = "observables of no indicator",
	[NRS_IGNORED_INDEX] = "an index of values: give the folder of the feed",
};

void nrs_ignored_say(const uint64_t counts[NRS_IGNORED_COUNT],
		     struct nrs_text *out)
{
	unsigned int several = 0;
	const char *between = "";

	for (unsigned int i = 0; i < NRS_IGNORED_COUNT; i++)
		several += counts[i] > 0;
	for (unsigned int i = 0; i < NRS_IGNORED_COUNT; i++) {
		if (counts[i] == 0)
			continue;
		nrs_text_puts(out, between);
		if (several > 1)
			nrs_text_printf(out, "%llu ",
					(unsigned long long)counts[i]);
		nrs_text_puts(out, reasons[i]);
		between = ", ";
	}
}
