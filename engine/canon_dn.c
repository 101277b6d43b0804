/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canon_dn: distinguished names. Tools disagree on order, separators and
 * escapes, so a name is taken apart at separators that a known attribute type
 * follows, and compared as a set of "TYPE=value".
 */
#include "engine/canon.h"

#define PARTS_MAX 64

/* Spellings that one tool or another prints, and the shortest of them, so that
 * no name grows. */
static const struct {
	const char *spelling, *type;
} types[] = {
	{"CN", "CN"},
	{"C", "C"},
	{"O", "O"},
	{"OU", "OU"},
	{"L", "L"},
	{"S", "S"},
	{"ST", "S"},
	{"SP", "S"},
	{"STREET", "STREET"},
	{"STREETADDRESS", "STREET"},
	{"DC", "DC"},
	{"UID", "UID"},
	{"E", "E"},
	{"EMAIL", "E"},
	{"EMAILADDRESS", "E"},
	{"SN", "SN"},
	{"SURNAME", "SN"},
	{"GN", "GN"},
	{"GIVENNAME", "GN"},
	{"NAME", "NAME"},
	{"TITLE", "TITLE"},
	{"DESCRIPTION", "DESCRIPTION"},
	{"SERIALNUMBER", "SERIALNUMBER"},
	{"POSTALCODE", "POSTALCODE"},
	{"BUSINESSCATEGORY", "BUSINESSCATEGORY"},
	{"DNQUALIFIER", "DNQUALIFIER"},
	{"ORGANIZATIONIDENTIFIER", "ORGANIZATIONIDENTIFIER"},
	{"JURISDICTIONL", "JURISDICTIONL"},
	{"JURISDICTIONST", "JURISDICTIONST"},
	{"JURISDICTIONC", "JURISDICTIONC"},
};

struct part {
	struct nrs_span given; /* as it stands */
	struct nrs_span value; /* of it */
	const char *type;      /* NULL: a number, see number */
	struct nrs_span number;
};

static bool is_number(struct nrs_span word)
{
	for (size_t i = 0; i < word.len; i++) {
		if ((word.ptr[i] < '0' || word.ptr[i] > '9') &&
		    word.ptr[i] != '.')
			return false;
	}
	return nrs_span_find(word, '.', 0) != SIZE_MAX;
}

/* Does an attribute begin at @at: blanks, a known type, "="? */
static bool begins(struct nrs_span in, size_t at, struct part *part)
{
	while (at < in.len && in.ptr[at] == ' ')
		at++;
	const size_t equals = nrs_span_find(nrs_span_part(in, at, 64), '=', 0);
	if (equals == SIZE_MAX)
		return false;
	const struct nrs_span word =
		nrs_span_trim(nrs_span_part(in, at, equals));

	*part = (struct part){.given = nrs_span_from(in, at),
			      .value = nrs_span_from(in, at + equals + 1)};
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (nrs_span_is_icase(word, types[i].spelling)) {
			part->type = types[i].type;
			return true;
		}
	}
	part->number = word;
	return word.len > 0 && is_number(word);
}

/* Where the part that begins @in ends: at a separator before another one. */
static size_t end_of(struct nrs_span in)
{
	struct part next;
	bool is_quoted = false;

	for (size_t i = 0; i < in.len; i++) {
		const uint8_t c = in.ptr[i];

		if (c == '\\') {
			i++;
		} else if (c == '"') {
			is_quoted = !is_quoted;
		} else if (!is_quoted &&
			   (c == ',' || c == '/' || c == '+' || c == ';') &&
			   begins(in, i + 1, &next)) {
			return i;
		}
	}
	return in.len;
}

static int hex_digit(uint8_t c)
{
	c = nrs_ascii_lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The value without quotes, escapes and outer blanks. */
static size_t put_value(struct nrs_span value, uint8_t *out)
{
	size_t len = 0;

	value = nrs_span_trim(value);
	if (value.len >= 2 && value.ptr[0] == '"' &&
	    value.ptr[value.len - 1] == '"')
		value = nrs_span_part(value, 1, value.len - 2);
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] != '\\' || i + 1 == value.len) {
			out[len++] = value.ptr[i];
			continue;
		}
		i++;
		const int high = hex_digit(value.ptr[i]);
		const int low =
			i + 1 < value.len ? hex_digit(value.ptr[i + 1]) : -1;
		if (high >= 0 && low >= 0) {
			out[len++] = (uint8_t)(high << 4 | low);
			i++;
		} else {
			out[len++] = value.ptr[i];
		}
	}
	return len;
}

/* "TYPE=value" of a part. */
static struct nrs_span put_part(const struct part *part, uint8_t *out)
{
	const struct nrs_span type =
		part->type != NULL ? nrs_span_of(part->type) : part->number;

	if (type.len > 0)
		memcpy(out, type.ptr, type.len);
	out[type.len] = '=';
	return nrs_span(
		out, type.len + 1 + put_value(part->value, out + type.len + 1));
}

/* By insertion: the parts are few. */
static void sort(struct nrs_span *items, unsigned int count)
{
	for (unsigned int i = 1; i < count; i++) {
		const struct nrs_span item = items[i];
		unsigned int j = i;

		for (; j > 0 && nrs_span_compare(items[j - 1], item) > 0; j--)
			items[j] = items[j - 1];
		items[j] = item;
	}
}

static struct nrs_span put_list(const struct nrs_span *items,
				unsigned int count, uint8_t separator,
				uint8_t *out)
{
	size_t len = 0;

	for (unsigned int i = 0; i < count; i++) {
		if (i > 0)
			out[len++] = separator;
		memcpy(out + len, items[i].ptr, items[i].len);
		len += items[i].len;
	}
	return nrs_span(out, len);
}

int nrs_canon_dn(struct nrs_span in, uint8_t *out, struct nrs_dn *dn)
{
	struct nrs_span given[PARTS_MAX], parts[PARTS_MAX];
	unsigned int count = 0;
	size_t used = 0;
	struct part part;

	if (in.len > NRS_CANON_DN_MAX)
		return NRS_E_LIMIT;
	in = nrs_span_trim(in);
	if (in.len > 0 && in.ptr[0] == '/')
		in = nrs_span_from(in, 1);
	for (; in.len > 0; count++) {
		const size_t end = end_of(in);

		if (!begins(in, 0, &part))
			return NRS_E_FORMAT;
		if (count == PARTS_MAX)
			return NRS_E_LIMIT;
		const struct nrs_span rest = nrs_span_from(in, end);
		part.value.len -= rest.len;
		part.given.len -= rest.len;
		parts[count] = put_part(&part, out + used);
		used += parts[count].len;
		/* the first given stands at the end of the list */
		given[PARTS_MAX - 1 - count] = nrs_span_trim(part.given);
		in = nrs_span_from(rest, 1);
	}
	if (count == 0)
		return NRS_E_FORMAT;
	dn->reversed =
		put_list(given + PARTS_MAX - count, count, ',', out + used);
	used += dn->reversed.len;
	sort(parts, count);
	dn->set = put_list(parts, count, '\0', out + used);
	return NRS_OK;
}
