/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allow_line: the remark is cut off, then words of the form key=value from the
 * end, as long as they are known; what is left is the value.
 */
#include "loaders/allow_line.h"

#include "loaders/allow.h"
#include "loaders/list_line.h"

#define ADDR_BIT (1u << NRS_ALLOW_ADDR)
#define NAME_BITS (1u << NRS_ALLOW_NAME | 1u << NRS_ALLOW_SUBDOMAINS)

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* What stands behind the first "#" that has a blank before it. */
static struct nrs_span cut_remark(struct nrs_span *line)
{
	for (size_t i = 1; i < line->len; i++) {
		if ((line->ptr[i] != '#' && line->ptr[i] != ';') ||
		    !is_blank(line->ptr[i - 1]))
			continue;
		const struct nrs_span remark = nrs_span_from(*line, i + 1);

		*line = nrs_span_trim(nrs_span_part(*line, 0, i));
		return nrs_span_trim(remark);
	}
	return nrs_span(NULL, 0);
}

static struct nrs_span last_word(struct nrs_span line)
{
	size_t start = line.len;

	while (start > 0 && !is_blank(line.ptr[start - 1]))
		start--;
	return nrs_span_from(line, start);
}

static bool read_kinds(struct nrs_span text, uint32_t *out)
{
	static const struct {
		const char *name;
		uint32_t bits;
	} rows[] = {{"address", ADDR_BIT},
		    {"name", NAME_BITS},
		    {"url", 1u << NRS_ALLOW_URL},
		    {"email", 1u << NRS_ALLOW_EMAIL},
		    {"hash", 1u << NRS_ALLOW_HASH},
		    {"text", 1u << NRS_ALLOW_TEXT}};
	struct nrs_span word;

	while (nrs_span_split(&text, ',', &word)) {
		uint32_t bits = 0;

		for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
			if (nrs_span_is_icase(word, rows[i].name))
				bits = rows[i].bits;
		}
		if (bits == 0)
			return false;
		*out |= bits;
	}
	return *out != 0;
}

enum word { NO_OPTION, OPTION, BAD_OPTION };

static enum word read_option(struct nrs_span word, struct nrs_allow_line *out,
			     const char **reason)
{
	const size_t equals = nrs_span_find(word, '=', 0);
	const struct nrs_span key = nrs_span_part(word, 0, equals);

	if (equals == SIZE_MAX)
		return NO_OPTION;
	word = nrs_span_from(word, equals + 1);
	if (nrs_span_is(key, "until")) {
		*reason = "an until= that is no time";
		return nrs_stamp_parse_human(word, &out->until_ns) == NRS_OK
			       ? OPTION
			       : BAD_OPTION;
	}
	if (nrs_span_is(key, "kind")) {
		*reason = "a kind= that is none of address, name, url, email, "
			  "hash, text";
		return read_kinds(word, &out->kinds) ? OPTION : BAD_OPTION;
	}
	if (!nrs_span_is(key, "source"))
		return NO_OPTION;
	*reason = "a source= without a name";
	out->source = word;
	return word.len > 0 ? OPTION : BAD_OPTION;
}

/* "*.name", ".name", "||name^" */
static void cut_suffix(struct nrs_allow_line *out)
{
	if (nrs_span_starts(out->value, "*."))
		out->value = nrs_span_from(out->value, 2);
	else if (nrs_span_starts(out->value, ".") && out->value.len > 1)
		out->value = nrs_span_from(out->value, 1);
	else
		return;
	out->is_suffix = true;
}

int nrs_allow_line(struct nrs_span line, struct nrs_allow_line *out,
		   const char **reason)
{
	*out = (struct nrs_allow_line){.until_ns = NRS_TIME_MAX};
	line = nrs_span_trim(line);
	if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';')
		return NRS_OK;
	out->why = cut_remark(&line);
	for (;;) {
		const struct nrs_span word = last_word(line);
		const enum word what = read_option(word, out, reason);

		if (what == BAD_OPTION)
			return NRS_E_FORMAT;
		if (what == NO_OPTION)
			break;
		line = nrs_span_trim(
			nrs_span_part(line, 0, line.len - word.len));
	}
	*reason = "an exception without a value";
	if (line.len == 0)
		return NRS_E_FORMAT;
	if (nrs_span_starts(line, "@@||")) /* what adblock lists let pass */
		line = nrs_span_from(line, 2);
	const struct nrs_list_line unwrapped = nrs_list_unwrap(line);
	*reason = unwrapped.is_hosts
			  ? "a line of a hosts file, which lists what is bad"
			  : unwrapped.reason;
	if (*reason != NULL)
		return NRS_E_FORMAT;
	out->value = nrs_list_trim(unwrapped.value);
	out->is_suffix = unwrapped.is_adblock;
	cut_suffix(out);
	*reason = NULL;
	return NRS_OK;
}
