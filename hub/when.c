/* SPDX-License-Identifier: Apache-2.0 */
/*
 * when: a text that starts with a digit is RFC 3339. Any other is cut into
 * words, and each word says itself what it is: a month's name, h:m:s, a day
 * (the first number), a year (the second), an offset. The rest is decoration.
 */
#include "hub/when.h"

#include <stdio.h>

struct parts {
	int month; /* 1 to 12; 0: not seen */
	uint64_t day, year;
	bool has_day, has_year;
	struct nrs_span time; /* hh:mm:ss */
	char offset[8];	      /* "+hh:mm" */
};

static int month_of(struct nrs_span word)
{
	static const char *const names[] = {"jan", "feb", "mar", "apr",
					    "may", "jun", "jul", "aug",
					    "sep", "oct", "nov", "dec"};

	for (int i = 0; i < 12; i++)
		if (nrs_span_is_icase(word, names[i]))
			return i + 1;
	return 0;
}

/* "GMT", "GMT+0900", "UTC", "+0900". */
static void offset_of(struct parts *p, struct nrs_span word)
{
	const struct nrs_span sign =
		word.len > 5 ? nrs_span_from(word, word.len - 5) : word;
	uint64_t number;

	if (sign.len != 5 || (sign.ptr[0] != '+' && sign.ptr[0] != '-') ||
	    nrs_span_u64(nrs_span_from(sign, 1), &number) != NRS_OK)
		return;
	snprintf(p->offset, sizeof(p->offset), "%c%02u:%02u", sign.ptr[0],
		 (unsigned int)(number / 100 % 100),
		 (unsigned int)(number % 100));
}

static void word_of(struct parts *p, struct nrs_span word)
{
	uint64_t number;

	if (nrs_span_u64(word, &number) == NRS_OK) {
		if (!p->has_day) {
			p->day = number;
			p->has_day = true;
		} else if (!p->has_year) {
			/* RFC 850 gives two digits of the year. */
			p->year = word.len > 2 ? number
					       : number + (number < 70 ? 2000
								       : 1900);
			p->has_year = true;
		}
		return;
	}
	if (nrs_span_find(word, ':', 0) != SIZE_MAX) {
		p->time = word;
		return;
	}
	const int month = month_of(word);
	if (month > 0)
		p->month = month;
	else
		offset_of(p, word);
}

/* The next word of @rest; "06-Nov-94" is three, "GMT-0800" is one. */
static bool next_word(struct nrs_span *rest, struct nrs_span *word)
{
	size_t from = 0, to;

	while (from < rest->len && strchr(" ,-", rest->ptr[from]) != NULL)
		from++;
	const bool is_date = from < rest->len && rest->ptr[from] != 'G' &&
			     rest->ptr[from] != 'U';
	for (to = from; to < rest->len; to++)
		if (strchr(is_date ? " ,-(" : " ,(", rest->ptr[to]) != NULL)
			break;
	*word = nrs_span_part(*rest, from, to - from);
	*rest = nrs_span_from(*rest, to);
	return word->len > 0;
}

int nrs_hub_when(struct nrs_span text, int64_t *out_ns)
{
	struct parts p = {.offset = "Z"};
	struct nrs_span word;
	char stamp[64];

	text = nrs_span_trim(text);
	if (text.len == 0 || memchr(text.ptr, '\0', text.len) != NULL)
		return NRS_E_SYNTAX;
	if (text.ptr[0] >= '0' && text.ptr[0] <= '9')
		return nrs_stamp_parse_human(text, out_ns);
	while (next_word(&text, &word))
		word_of(&p, word);
	if (p.month == 0 || !p.has_day || !p.has_year || p.time.len != 8 ||
	    p.day > 31 || p.year > 9999)
		return NRS_E_SYNTAX;
	const int len =
		snprintf(stamp, sizeof(stamp), "%04u-%02d-%02uT%.8s%s",
			 (unsigned int)p.year, p.month, (unsigned int)p.day,
			 (const char *)p.time.ptr, p.offset);
	return nrs_stamp_parse_human(nrs_span(stamp, (size_t)len), out_ns);
}
