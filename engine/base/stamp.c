/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stamp: RFC 3339 to nanoseconds and back, by the civil calendar's arithmetic.
 */
#include "engine/base/stamp.h"

#include <stdio.h>

#include "engine/base/err.h"

struct civil {
	unsigned int year, month, day, hour, minute, second;
	uint32_t nanos;
};

/* Days since 1970-01-01 of a date in the Gregorian calendar. */
static int64_t days_of(unsigned int year, unsigned int month, unsigned int day)
{
	const int64_t y = (int64_t)year - (month <= 2);
	const int64_t era = y / 400;
	const int64_t of_era = y - era * 400;
	const int64_t of_year =
		(153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 +
		(int64_t)day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

static bool is_date(unsigned int year, unsigned int month, unsigned int day)
{
	static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30,
					  31, 31, 30, 31, 30, 31};
	const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month >= 1 && month <= 12 && day >= 1 &&
	       day <= lengths[month - 1] + (month == 2 && leap ? 1u : 0u);
}

static bool digits(struct nrs_span text, size_t at, size_t count,
		   unsigned int *out)
{
	unsigned int value = 0;

	if (at + count > text.len)
		return false;
	for (size_t i = at; i < at + count; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		value = value * 10 + (text.ptr[i] - (unsigned int)'0');
	}
	*out = value;
	return true;
}

static bool is_at(struct nrs_span text, size_t at, char c)
{
	return at < text.len && text.ptr[at] == (uint8_t)c;
}

/* Years 1678 to 2261: what 64 bits of nanoseconds hold in whole years. */
static int within_range(int64_t ns)
{
	return ns < days_of(1678, 1, 1) * 86400 * NRS_SECOND_NS ||
			       ns >= days_of(2262, 1, 1) * 86400 * NRS_SECOND_NS
		       ? NRS_E_RANGE
		       : NRS_OK;
}

static int to_ns(const struct civil *c, int64_t *out)
{
	if (c->hour > 23 || c->minute > 59 || c->second > 60)
		return NRS_E_SYNTAX;
	if (c->month < 1 || c->month > 12 || c->day < 1 || c->day > 31)
		return NRS_E_SYNTAX;
	if (!is_date(c->year, c->month, c->day))
		return NRS_E_DATE;
	if (c->year < 1678 || c->year > 2261)
		return NRS_E_RANGE;
	const int64_t seconds = days_of(c->year, c->month, c->day) * 86400 +
				c->hour * 3600 + c->minute * 60 + c->second;
	*out = seconds * NRS_SECOND_NS + c->nanos;
	return within_range(*out);
}

static bool parse_date(struct nrs_span text, struct civil *c)
{
	return digits(text, 0, 4, &c->year) && is_at(text, 4, '-') &&
	       digits(text, 5, 2, &c->month) && is_at(text, 7, '-') &&
	       digits(text, 8, 2, &c->day);
}

/* hh:mm:ss[.digits] at 11; *@end is the offset behind it. */
static bool parse_clock(struct nrs_span text, struct civil *c, size_t *end)
{
	size_t at = 19;
	uint32_t scale = 100000000;

	if (!digits(text, 11, 2, &c->hour) || !is_at(text, 13, ':') ||
	    !digits(text, 14, 2, &c->minute) || !is_at(text, 16, ':') ||
	    !digits(text, 17, 2, &c->second))
		return false;
	if (is_at(text, at, '.')) {
		const size_t first = ++at;

		for (; at < text.len && text.ptr[at] >= '0' &&
		       text.ptr[at] <= '9';
		     at++, scale /= 10)
			c->nanos += (text.ptr[at] - (uint32_t)'0') * scale;
		if (at == first)
			return false;
	}
	*end = at;
	return true;
}

int nrs_stamp_parse(struct nrs_span text, int64_t *out_ns)
{
	struct civil c = {0};
	size_t end;

	if (!parse_date(text, &c) || !is_at(text, 10, 'T') ||
	    !parse_clock(text, &c, &end) || !is_at(text, end, 'Z') ||
	    end + 1 != text.len)
		return NRS_E_SYNTAX;
	return to_ns(&c, out_ns);
}

static int parse_unix(struct nrs_span text, int64_t *out_ns)
{
	const size_t dot = nrs_span_find(text, '.', 0);
	struct nrs_span fraction = {NULL, 0};
	int64_t seconds, nanos = 0, scale = NRS_SECOND_NS / 10;

	if (dot != SIZE_MAX)
		fraction = nrs_span_from(text, dot + 1);
	const int err = nrs_span_i64(nrs_span_part(text, 0, dot), &seconds);
	if (err != NRS_OK)
		return err;
	for (size_t i = 0; i < fraction.len; i++, scale /= 10) {
		if (fraction.ptr[i] < '0' || fraction.ptr[i] > '9')
			return NRS_E_SYNTAX;
		nanos += (fraction.ptr[i] - (int64_t)'0') * scale;
	}
	if (seconds > INT64_MAX / NRS_SECOND_NS - 1 ||
	    seconds < INT64_MIN / NRS_SECOND_NS + 1)
		return NRS_E_RANGE;
	*out_ns = seconds * NRS_SECOND_NS +
		  (is_at(text, 0, '-') ? -nanos : nanos);
	return within_range(*out_ns);
}

int nrs_stamp_parse_human(struct nrs_span text, int64_t *out_ns)
{
	struct civil c = {0};
	unsigned int hours = 0, minutes = 0;
	size_t end = 10;

	text = nrs_span_trim(text);
	if (is_at(text, 0, '@'))
		return parse_unix(nrs_span_from(text, 1), out_ns);
	if (!parse_date(text, &c))
		return NRS_E_SYNTAX;
	if (text.len > 10) {
		if ((!is_at(text, 10, 'T') && !is_at(text, 10, ' ') &&
		     !is_at(text, 10, 't')) ||
		    !parse_clock(text, &c, &end))
			return NRS_E_SYNTAX;
	}
	int err = to_ns(&c, out_ns);
	if (err != NRS_OK || end == text.len ||
	    (end + 1 == text.len &&
	     (is_at(text, end, 'Z') || is_at(text, end, 'z'))))
		return err;
	const bool east = is_at(text, end, '+');
	if ((!east && !is_at(text, end, '-')) || end + 6 != text.len ||
	    !digits(text, end + 1, 2, &hours) || !is_at(text, end + 3, ':') ||
	    !digits(text, end + 4, 2, &minutes) || hours > 23 || minutes > 59)
		return NRS_E_SYNTAX;
	const int64_t offset =
		((int64_t)hours * 60 + minutes) * 60 * NRS_SECOND_NS;
	*out_ns += east ? -offset : offset;
	return within_range(*out_ns);
}

/* The date of a count of days since 1970-01-01. */
static void date_of(int64_t days, struct civil *c)
{
	days += 719468;
	const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	const int64_t of_era = days - era * 146097;
	const int64_t year =
		(of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) /
		365;
	const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	const int64_t shifted = (5 * of_year + 2) / 153;

	c->day = (unsigned int)(of_year - (153 * shifted + 2) / 5 + 1);
	c->month = (unsigned int)(shifted < 10 ? shifted + 3 : shifted - 9);
	c->year = (unsigned int)(year + era * 400 + (c->month <= 2));
}

/* @count digits and what follows them; behind that. A million lines of a set's
 * digest have four times each: printf would be most of their cost. */
static char *put_digits(char *at, uint64_t value, unsigned int count, char then)
{
	for (unsigned int i = count; i-- > 0; value /= 10)
		at[i] = (char)('0' + value % 10);
	at[count] = then;
	return at + count + 1;
}

size_t nrs_stamp_format(int64_t ns, unsigned int fraction,
			char out[NRS_STAMP_LEN])
{
	int64_t seconds = ns / NRS_SECOND_NS;
	int64_t nanos = ns % NRS_SECOND_NS;
	struct civil c = {0};

	if (nanos < 0) {
		nanos += NRS_SECOND_NS;
		seconds--;
	}
	int64_t days = seconds / 86400, rest = seconds % 86400;
	if (rest < 0) {
		rest += 86400;
		days--;
	}
	date_of(days, &c);
	char *at = put_digits(out, c.year % 10000, 4, '-');
	at = put_digits(at, c.month, 2, '-');
	at = put_digits(at, c.day, 2, 'T');
	at = put_digits(at, (uint64_t)rest / 3600, 2, ':');
	at = put_digits(at, (uint64_t)rest / 60 % 60, 2, ':');
	at = put_digits(at, (uint64_t)rest % 60, 2, fraction > 0 ? '.' : 'Z');
	for (unsigned int i = 9; i > fraction; i--)
		nanos /= 10;
	if (fraction > 0)
		at = put_digits(at, (uint64_t)nanos, fraction, 'Z');
	*at = '\0';
	return (size_t)(at - out);
}
