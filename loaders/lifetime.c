/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lifetime: the type by a look at the pattern's first word; a pattern that
 * cannot be read has one all the same, and it does no harm.
 */
#include "loaders/lifetime.h"

#define CENTURY_DAYS 36525u

static int bad(struct nrs_diag *diag, int err, struct nrs_span part,
	       const char *why)
{
	return nrs_diag_set(diag, err, 0, "lifetime '%.*s' %s",
			    (int)(part.len > 60 ? 60 : part.len),
			    (const char *)part.ptr, why);
}

/* "30d" in nanoseconds. */
static int read_length(struct nrs_span text, int64_t *ns, struct nrs_diag *diag)
{
	static const struct {
		char unit;
		uint64_t hours;
	} units[] = {{'h', 1}, {'d', 24}, {'w', 7 * 24}, {'y', 365 * 24}};
	uint64_t number;

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (text.len < 2 ||
		    text.ptr[text.len - 1] != (uint8_t)units[i].unit)
			continue;
		if (nrs_span_u64(nrs_span_part(text, 0, text.len - 1),
				 &number) != NRS_OK)
			break;
		if (number == 0 || number > CENTURY_DAYS * 24u / units[i].hours)
			return bad(diag, NRS_E_RANGE, text,
				   "is not between an hour and a century");
		*ns = (int64_t)(number * units[i].hours) * 3600 * NRS_SECOND_NS;
		return NRS_OK;
	}
	return bad(diag, NRS_E_SYNTAX, text,
		   "is no length of time like 12h, 30d, 8w or 1y");
}

static bool is_type(struct nrs_span type)
{
	if (nrs_span_is(type, "*"))
		return true;
	for (size_t i = 0; i < type.len; i++) {
		if ((type.ptr[i] < 'a' || type.ptr[i] > 'z') &&
		    (type.ptr[i] < '0' || type.ptr[i] > '9') &&
		    type.ptr[i] != '-')
			return false;
	}
	return type.len > 0;
}

int nrs_lifetimes_read(struct nrs_span text, struct nrs_lifetimes *out,
		       struct nrs_diag *diag)
{
	struct nrs_span part;

	out->count = 0;
	while (nrs_span_split(&text, ',', &part)) {
		const unsigned int at = out->count;
		size_t equals;

		if (at == NRS_LIFETIMES_MAX)
			return bad(diag, NRS_E_LIMIT, part,
				   "is one type too many");
		part = nrs_span_trim(part);
		equals = nrs_span_find(part, '=', 0);
		out->type[at] = equals == SIZE_MAX
					? nrs_span_of("*")
					: nrs_span_part(part, 0, equals);
		if (!is_type(out->type[at]))
			return bad(diag, NRS_E_SYNTAX, part,
				   "names no type of STIX objects");
		const int err = read_length(
			equals == SIZE_MAX ? part
					   : nrs_span_from(part, equals + 1),
			&out->ns[at], diag);
		if (err != NRS_OK)
			return err;
		out->count++;
	}
	return NRS_OK;
}

/* The object type of the first test: what stands before the first ':'. */
static struct nrs_span type_of(const struct nrs_indicator *item)
{
	static const char *const shapes[NRS_SHAPE_COUNT] = {
		[NRS_SHAPE_IPV4] = "ipv4-addr",
		[NRS_SHAPE_IPV6] = "ipv6-addr",
		[NRS_SHAPE_NAME] = "domain-name",
		[NRS_SHAPE_SUBDOMAINS] = "domain-name",
		[NRS_SHAPE_URL] = "url",
		[NRS_SHAPE_ADDR_PORT] = "network-traffic",
		[NRS_SHAPE_EMAIL] = "email-addr",
		[NRS_SHAPE_JA4] = "network-traffic"};
	const size_t colon = nrs_span_find(item->pattern, ':', 0);
	size_t begin = colon;

	if (item->shape != NRS_SHAPE_PATTERN)
		return nrs_span_of(shapes[item->shape] != NULL
					   ? shapes[item->shape]
					   : "file");
	if (colon == SIZE_MAX)
		return nrs_span(NULL, 0);
	while (begin > 0 && is_type(nrs_span_part(item->pattern, begin - 1, 1)))
		begin--;
	return nrs_span_part(item->pattern, begin, colon - begin);
}

/* How long @item lives; 0: nothing is said of its type. */
static int64_t length_of(const struct nrs_lifetimes *lifetimes,
			 const struct nrs_indicator *item)
{
	const struct nrs_span type = type_of(item);
	int64_t others = 0;

	for (unsigned int i = 0; i < lifetimes->count; i++) {
		if (nrs_span_equal(lifetimes->type[i], type))
			return lifetimes->ns[i];
		if (nrs_span_is(lifetimes->type[i], "*"))
			others = lifetimes->ns[i];
	}
	return others;
}

/* 1970 is where nobody knows a time. */
static int64_t begin_of(const struct nrs_indicator *item)
{
	if (item->valid_from_ns != NRS_TIME_MIN)
		return item->valid_from_ns;
	return item->modified_ns > 0 ? item->modified_ns : NRS_TIME_MIN;
}

void nrs_lifetimes_apply(const struct nrs_lifetimes *lifetimes,
			 struct nrs_set *set, uint32_t first)
{
	if (lifetimes->count == 0)
		return;
	for (uint32_t i = first; i < nrs_set_count(set); i++) {
		struct nrs_indicator *item = nrs_set_edit(set, i);
		const int64_t begin = begin_of(item);
		int64_t length;

		if (item->valid_until_ns != NRS_TIME_MAX ||
		    begin == NRS_TIME_MIN)
			continue;
		length = length_of(lifetimes, item);
		if (length > 0 && begin < NRS_TIME_MAX - length)
			item->valid_until_ns = begin + length;
	}
}
