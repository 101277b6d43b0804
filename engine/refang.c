/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refang: one table of what people write for what is meant, tried at every
 * position, longest first.
 */
#include "engine/refang.h"

static const struct {
	const char *written, *meant;
} rows[] = {
	{"[://]", "://"}, {"[dot]", "."}, {"(dot)", "."}, {"{dot}", "."},
	{" dot ", "."},	  {"[at]", "@"},  {"(at)", "@"},  {"[.]", "."},
	{"(.)", "."},	  {"{.}", "."},	  {"[:]", ":"},	  {"[@]", "@"},
	{"[/]", "/"},	  {"[.", "."},	  {".]", "."},	  {"\\.", "."},
};

static const struct {
	const char *written, *meant;
} schemes[] = {
	{"hxxps", "https"},
	{"hxxp", "http"},
	{"fxp", "ftp"},
	{"meow", "http"},
};

static bool starts_icase(struct nrs_span text, const char *prefix)
{
	const size_t len = strlen(prefix);

	return text.len >= len &&
	       nrs_span_is_icase(nrs_span(text.ptr, len), prefix);
}

/* "://", whole or with brackets around any part of it. */
static bool starts_authority(struct nrs_span text)
{
	static const char *const written[] = {"://", "[://]", "[:]//", "[:][/",
					      ":[/"};

	for (size_t i = 0; i < sizeof(written) / sizeof(*written); i++) {
		if (nrs_span_starts(text, written[i]))
			return true;
	}
	return false;
}

/* A scheme counts only where "://" follows: "meow:80" is a host and port. */
static size_t refang_scheme(struct nrs_span in, uint8_t *out, size_t *used)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		const size_t len = strlen(schemes[i].written);

		if (!starts_icase(in, schemes[i].written) ||
		    !starts_authority(nrs_span_from(in, len)))
			continue;
		/* "meow" is as long as "http"; nothing here grows. */
		*used = strlen(schemes[i].meant);
		memcpy(out, schemes[i].meant, *used);
		return len;
	}
	return 0;
}

/* Can a row begin here? Nearly no octet of nearly all values can begin one. */
static bool may_begin(uint8_t c, uint8_t next)
{
	switch (c) {
	case '[':
	case '(':
	case '{':
	case '\\':
		return true;
	case '.':
		return next == ']';
	case ' ':
		return next == 'd' || next == 'D';
	default:
		return false;
	}
}

size_t nrs_refang(struct nrs_span in, uint8_t *out, bool *changed)
{
	size_t used = 0, i = 0;

	if (in.len > 0 && strchr("hHfFmM", in.ptr[0]) != NULL)
		i = refang_scheme(in, out, &used);
	*changed = i > 0;
	while (i < in.len) {
		const struct nrs_span rest = nrs_span_from(in, i);
		bool found = false;

		if (!may_begin(*rest.ptr, rest.len > 1 ? rest.ptr[1] : 0)) {
			out[used++] = in.ptr[i++];
			continue;
		}
		for (size_t r = 0; r < sizeof(rows) / sizeof(*rows); r++) {
			if (!starts_icase(rest, rows[r].written))
				continue;
			const size_t len = strlen(rows[r].meant);

			memcpy(out + used, rows[r].meant, len);
			used += len;
			i += strlen(rows[r].written);
			found = *changed = true;
			break;
		}
		if (!found)
			out[used++] = in.ptr[i++];
	}
	return used;
}

/* Where the host of a URL or a bare value ends. */
static size_t host_end(struct nrs_span in, size_t begin)
{
	size_t i = begin;

	while (i < in.len && in.ptr[i] != '/' && in.ptr[i] != '?')
		i++;
	return i;
}

void nrs_defang(struct nrs_text *out, struct nrs_span in)
{
	const size_t scheme = nrs_span_find_text(in, "://");
	size_t begin = 0;

	if (scheme != SIZE_MAX) {
		begin = scheme + 3;
		if (starts_icase(in, "http")) {
			nrs_text_puts(out, "hxxp");
			nrs_text_add(out, nrs_span_part(in, 4, begin - 4));
		} else {
			nrs_text_add(out, nrs_span_part(in, 0, begin));
		}
	}
	const size_t end = host_end(in, begin);
	for (size_t i = begin; i < end; i++) {
		if (in.ptr[i] == '.')
			nrs_text_puts(out, "[.]");
		else if (in.ptr[i] == '@')
			nrs_text_puts(out, "[@]");
		else if (in.ptr[i] == ':' && i + 1 < end &&
			 in.ptr[i + 1] == ':')
			nrs_text_puts(out, "[:]");
		else
			nrs_text_putc(out, (char)in.ptr[i]);
	}
	nrs_text_add(out, nrs_span_from(in, end));
}
