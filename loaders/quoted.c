/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quoted: at most 60 octets of what a stranger wrote, made fit to be shown.
 */
#include "loaders/quoted.h"

#include <stdio.h>

#define QUOTED_MAX ((size_t)60)

int nrs_refuse_quoted(struct nrs_set *set, uint32_t source, uint64_t place,
		      struct nrs_span text, const char *reason)
{
	char start[QUOTED_MAX + 1], room[QUOTED_MAX + 160];

	text = nrs_span_trim(text);
	size_t len = text.len < QUOTED_MAX ? text.len : QUOTED_MAX;
	while (len > 0 && len < text.len && (text.ptr[len] & 0xc0) == 0x80)
		len--;
	for (size_t i = 0; i < len; i++)
		start[i] = text.ptr[i] < ' ' || text.ptr[i] == 0x7f
				   ? ' '
				   : (char)text.ptr[i];
	start[len] = '\0';
	snprintf(room, sizeof(room), "%s%s: %s", start,
		 len < text.len ? "..." : "", reason);
	return nrs_set_refuse(set, source, place, room);
}
