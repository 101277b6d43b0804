/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_record: one byte at a time through four states; the same states decide
 * where a record ends and where its fields do.
 */
#include "loaders/csv_record.h"

enum state {
	START, /* of a field, blanks so far */
	BARE,
	QUOTED,
	CLOSED /* a quote closed, or is the first of two */
};

static enum state step(enum state state, uint8_t c, uint8_t delimiter)
{
	if (state == QUOTED)
		return c == '"' ? CLOSED : QUOTED;
	if (c == delimiter)
		return START;
	if (c == '"' && state != BARE)
		return QUOTED;
	return state == START && c == ' ' ? START : BARE;
}

bool nrs_csv_is_open(struct nrs_span line, uint8_t delimiter, bool is_open)
{
	enum state state = is_open ? QUOTED : START;

	for (size_t i = 0; i < line.len; i++)
		state = step(state, line.ptr[i], delimiter);
	return state == QUOTED;
}

unsigned int nrs_csv_cut(struct nrs_span record, uint8_t delimiter,
			 struct nrs_text *room,
			 struct nrs_span fields[NRS_CSV_FIELDS_MAX])
{
	enum state state = START;
	unsigned int count = 0;
	size_t from = 0, at = 0;

	nrs_text_clear(room);
	nrs_text_add(room, record);
	nrs_text_putc(room, (char)delimiter); /* ends the last field too */
	if (room->failed)
		return 0;
	for (size_t i = 0; i < record.len + 1; i++) {
		const uint8_t c = room->ptr[i];
		const enum state before = state;

		/* An open quote ends with the record at the latest. */
		state = i == record.len ? START : step(state, c, delimiter);
		if (i == record.len || (state == START && c == delimiter)) {
			if (count < NRS_CSV_FIELDS_MAX)
				fields[count] = nrs_span_trim(
					nrs_span(room->ptr + from, at - from));
			if (count++ == NRS_CSV_FIELDS_MAX)
				return count;
			from = at;
		} else if (state == BARE ||
			   (state == QUOTED &&
			    (before == QUOTED || before == CLOSED))) {
			room->ptr[at++] = c;
		}
	}
	return count;
}

uint8_t nrs_csv_sniff(struct nrs_span line)
{
	static const uint8_t delimiters[] = {',', ';', '\t', '|'};
	unsigned int best = 0;
	uint8_t found = 0;

	for (size_t d = 0; d < sizeof(delimiters); d++) {
		enum state state = START;
		unsigned int count = 0;

		for (size_t i = 0; i < line.len; i++) {
			state = step(state, line.ptr[i], delimiters[d]);
			count += state == START && line.ptr[i] == delimiters[d];
		}
		if (count > best) {
			best = count;
			found = delimiters[d];
		}
	}
	return found;
}
