/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail_date: words into a stamp of RFC 3339, which the stamp's parser checks;
 * then the zone.
 */
#include "capture/proto/mail_date.h"

#include <stdio.h>

#include "engine/base/stamp.h"

#define MINUTE_NS (60 * NRS_SECOND_NS)

struct moment {
	uint64_t day, month, year, hour, minute, second;
};

/* The next word of @rest; comments and commas are passed over. */
static struct nrs_span word(struct nrs_span *rest)
{
	size_t at = 0, from;

	while (at < rest->len && (rest->ptr[at] <= ' ' || rest->ptr[at] == ','))
		at++;
	for (from = at; at < rest->len && rest->ptr[at] > ' ' &&
			rest->ptr[at] != ',' && rest->ptr[at] != '(';
	     at++)
		;
	const struct nrs_span found = nrs_span_part(*rest, from, at - from);
	*rest = nrs_span_from(*rest, at);
	return found;
}

static bool is_month(struct nrs_span text, uint64_t *month)
{
	static const char *const names[] = {"Jan", "Feb", "Mar", "Apr",
					    "May", "Jun", "Jul", "Aug",
					    "Sep", "Oct", "Nov", "Dec"};

	for (unsigned int i = 0; i < 12; i++) {
		if (nrs_span_is_icase(text, names[i])) {
			*month = i + 1;
			return true;
		}
	}
	return false;
}

/* "09:55" or "09:55:06" */
static bool take_time(struct nrs_span text, struct moment *m)
{
	struct nrs_span part = {NULL, 0};

	return nrs_span_split(&text, ':', &part) &&
	       nrs_span_u64(part, &m->hour) == NRS_OK &&
	       nrs_span_split(&text, ':', &part) &&
	       nrs_span_u64(part, &m->minute) == NRS_OK &&
	       (!nrs_span_split(&text, ':', &part) ||
		nrs_span_u64(part, &m->second) == NRS_OK);
}

/* Minutes east of Greenwich; what is unknown counts as Greenwich (RFC 5322
 * section 4.3). */
static int64_t zone_minutes(struct nrs_span text)
{
	static const struct {
		const char *name;
		int hours;
	} zones[] = {{"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5},
		     {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}};
	uint64_t number;

	for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++) {
		if (nrs_span_is_icase(text, zones[i].name))
			return zones[i].hours * INT64_C(60);
	}
	if (text.len != 5 || (text.ptr[0] != '+' && text.ptr[0] != '-') ||
	    nrs_span_u64(nrs_span_from(text, 1), &number) != NRS_OK)
		return 0;
	const int64_t minutes = (int64_t)(number / 100 * 60 + number % 100);
	return text.ptr[0] == '-' ? -minutes : minutes;
}

int nrs_mail_date(struct nrs_span text, int64_t *out_ns)
{
	struct moment m = {0};
	char stamp[NRS_STAMP_LEN];
	struct nrs_span day = word(&text);

	if (day.len > 0 && (day.ptr[0] < '0' || day.ptr[0] > '9'))
		day = word(&text); /* that was the day of the week */
	if (nrs_span_u64(day, &m.day) != NRS_OK || m.day > 31 ||
	    !is_month(word(&text), &m.month))
		return NRS_E_FORMAT;
	const struct nrs_span year = word(&text);
	if (nrs_span_u64(year, &m.year) != NRS_OK || m.year > 9999 ||
	    !take_time(word(&text), &m) || m.hour > 23 || m.minute > 59 ||
	    m.second > 60)
		return NRS_E_FORMAT;
	if (year.len == 2)
		m.year += m.year < 50 ? 2000 : 1900;
	else if (year.len == 3)
		m.year += 1900;
	snprintf(stamp, sizeof(stamp), "%04u-%02u-%02uT%02u:%02u:%02uZ",
		 (unsigned int)m.year, (unsigned int)m.month,
		 (unsigned int)m.day, (unsigned int)m.hour,
		 (unsigned int)m.minute, (unsigned int)m.second);
	if (nrs_stamp_parse(nrs_span_of(stamp), out_ns) != NRS_OK)
		return NRS_E_FORMAT;
	const int64_t east_ns = zone_minutes(word(&text)) * MINUTE_NS;
	return __builtin_sub_overflow(*out_ns, east_ns, out_ns) ? NRS_E_FORMAT
								: NRS_OK;
}
