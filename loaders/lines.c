/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lines: whole lines are handed out where they stand, only what a push cuts
 * in two is copied.
 */
#include "loaders/lines.h"

void nrs_lines_fini(struct nrs_lines *lines)
{
	nrs_text_fini(&lines->part);
}

static int hand_out(struct nrs_lines *lines, struct nrs_span line)
{
	const bool is_cut = lines->is_cut;

	lines->is_cut = false;
	if (++lines->number == 1 && nrs_span_starts(line, "\xef\xbb\xbf"))
		line = nrs_span_from(line, 3);
	return lines->fn(lines->ctx, line, lines->number, is_cut);
}

/* The start of a line whose end has not come yet: no more than is needed. */
static int keep(struct nrs_lines *lines, struct nrs_span part)
{
	const size_t room = 2 * NRS_LINE_MAX;

	if (lines->part.len + part.len > room) {
		lines->is_cut = true;
		part.len = room - lines->part.len;
	}
	nrs_text_add(&lines->part, part);
	return lines->part.failed ? NRS_E_NOMEM : NRS_OK;
}

int nrs_lines_push(struct nrs_lines *lines, struct nrs_span bytes)
{
	while (bytes.len > 0) {
		const size_t end = nrs_span_find(bytes, '\n', 0);
		struct nrs_span line = nrs_span_part(bytes, 0, end);
		int err = NRS_OK;

		if (end == SIZE_MAX)
			return keep(lines, line);
		if (lines->part.len > 0) {
			err = keep(lines, line);
			line = nrs_text_span(&lines->part);
		}
		if (err == NRS_OK)
			err = hand_out(lines, line);
		nrs_text_clear(&lines->part);
		if (err != NRS_OK)
			return err;
		bytes = nrs_span_from(bytes, end + 1);
	}
	return NRS_OK;
}

int nrs_lines_end(struct nrs_lines *lines)
{
	int err = NRS_OK;

	if (lines->part.len > 0)
		err = hand_out(lines, nrs_text_span(&lines->part));
	nrs_text_clear(&lines->part);
	return err;
}
