/* SPDX-License-Identifier: Apache-2.0 */
/*
 * charset: a table of names, and a converter for each row.
 *
 * Where mail programs say one set and write a larger one (GB2312 for GB18030,
 * Shift_JIS for Microsoft's code page 932), the larger one reads both.
 */
#include "engine/base/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 4

static const struct {
	const char *encoding; /* as glibc calls it */
	const char *names[NAMES_MAX];
} sets[] = {
	{"ISO-8859-1", {"iso-8859-1", "iso8859-1", "latin1", "iso_8859-1"}},
	{"ISO-8859-2", {"iso-8859-2", "iso8859-2", "latin2"}},
	{"ISO-8859-3", {"iso-8859-3", "iso8859-3"}},
	{"ISO-8859-4", {"iso-8859-4", "iso8859-4"}},
	{"ISO-8859-5", {"iso-8859-5", "iso8859-5"}},
	{"ISO-8859-6", {"iso-8859-6", "iso8859-6"}},
	{"ISO-8859-7", {"iso-8859-7", "iso8859-7"}},
	{"ISO-8859-8", {"iso-8859-8", "iso-8859-8-i", "iso8859-8"}},
	{"ISO-8859-9", {"iso-8859-9", "iso8859-9"}},
	{"ISO-8859-10", {"iso-8859-10"}},
	{"ISO-8859-13", {"iso-8859-13"}},
	{"ISO-8859-14", {"iso-8859-14"}},
	{"ISO-8859-15", {"iso-8859-15", "iso8859-15"}},
	{"ISO-8859-16", {"iso-8859-16"}},
	{"CP1250", {"windows-1250", "cp1250"}},
	{"CP1251", {"windows-1251", "cp1251"}},
	{"CP1252", {"windows-1252", "cp1252"}},
	{"CP1253", {"windows-1253", "cp1253"}},
	{"CP1254", {"windows-1254", "cp1254"}},
	{"CP1255", {"windows-1255", "cp1255"}},
	{"CP1256", {"windows-1256", "cp1256"}},
	{"CP1257", {"windows-1257", "cp1257"}},
	{"CP1258", {"windows-1258", "cp1258"}},
	{"KOI8-R", {"koi8-r"}},
	{"KOI8-U", {"koi8-u"}},
	{"TIS-620", {"tis-620", "windows-874", "iso-8859-11"}},
	{"ISO-2022-JP", {"iso-2022-jp"}},
	{"CP932", {"shift_jis", "shift-jis", "windows-31j", "cp932"}},
	{"EUC-JP", {"euc-jp"}},
	{"GB18030", {"gb2312", "gbk", "gb18030", "cp936"}},
	{"BIG5-HKSCS", {"big5", "big5-hkscs"}},
	{"CP949", {"euc-kr", "ks_c_5601-1987", "cp949"}},
};

#define SETS (sizeof(sets) / sizeof(*sets))

static const char *const utf8[] = {"utf-8", "utf8", "us-ascii", "ascii"};

struct nrs_charsets {
	bool is_open[SETS];
	iconv_t converters[SETS];
};

struct nrs_charsets *nrs_charsets_new(void)
{
	struct nrs_charsets *charsets = calloc(1, sizeof(*charsets));

	for (size_t i = 0; i < SETS && charsets != NULL; i++) {
		charsets->converters[i] = iconv_open("UTF-8", sets[i].encoding);
		charsets->is_open[i] = charsets->converters[i] != (iconv_t)-1;
		if (!charsets->is_open[i] && errno == ENOMEM) {
			nrs_charsets_free(charsets);
			charsets = NULL;
		}
	}
	return charsets;
}

void nrs_charsets_free(struct nrs_charsets *charsets)
{
	for (size_t i = 0; i < SETS && charsets != NULL; i++) {
		if (charsets->is_open[i])
			(void)iconv_close(charsets->converters[i]);
	}
	free(charsets);
}

static bool is_named(struct nrs_span name, const char *const *names,
		     size_t count)
{
	for (size_t i = 0; i < count && names[i] != NULL; i++) {
		if (nrs_span_is_icase(name, names[i]))
			return true;
	}
	return false;
}

int nrs_charset_find(const struct nrs_charsets *charsets, struct nrs_span name)
{
	if (is_named(name, utf8, sizeof(utf8) / sizeof(*utf8)))
		return NRS_CHARSET_UTF8;
	for (size_t i = 0; i < SETS && charsets != NULL; i++) {
		if (charsets->is_open[i] &&
		    is_named(name, sets[i].names, NAMES_MAX))
			return (int)i;
	}
	return NRS_CHARSET_UNKNOWN;
}

/* U+FFFD for the octet at *@from. */
static bool put_no_character(char **from, size_t *left, char **to, size_t *room)
{
	if (*room < 3)
		return false;
	memcpy(*to, "\xef\xbf\xbd", 3);
	*to += 3;
	*room -= 3;
	*from += 1;
	*left -= 1;
	return true;
}

static size_t convert(iconv_t converter, struct nrs_span text, uint8_t *out,
		      size_t room)
{
	/* iconv's prototype; it does not write there. */
	char *from = (char *)(uintptr_t)text.ptr, *to = (char *)out;
	size_t left = text.len, free_room = room;

	(void)iconv(converter, NULL, NULL, NULL, NULL);
	while (left > 0) {
		if (iconv(converter, &from, &left, &to, &free_room) !=
		    (size_t)-1)
			break;
		if (errno == E2BIG ||
		    !put_no_character(&from, &left, &to, &free_room))
			break;
	}
	/* Some hold a character back: the next might join it. */
	(void)iconv(converter, NULL, NULL, &to, &free_room);
	return room - free_room;
}

size_t nrs_charset_text(struct nrs_charsets *charsets, int charset,
			struct nrs_span text, uint8_t *out, size_t room)
{
	if (charset >= 0)
		return convert(charsets->converters[charset], text, out, room);
	const size_t count = text.len < room ? text.len : room;

	if (count > 0)
		memcpy(out, text.ptr, count);
	return count;
}
