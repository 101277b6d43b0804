/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blind: names and texts of the reasons.
 */
#include "engine/base/blind.h"

static const struct {
	const char *name, *text;
} rows[NRS_BLINDS] = {
#define X(id, row_name, row_text)                                              \
	[NRS_B_##id] = {.name = (row_name), .text = (row_text)},
	NRS_BLINDS_OF_PACKETS(X) NRS_BLINDS_OF_FLOWS(X)
#undef X
};

const char *nrs_blind_name(enum nrs_blind which)
{
	return rows[which].name;
}

const char *nrs_blind_text(enum nrs_blind which)
{
	return rows[which].text;
}
