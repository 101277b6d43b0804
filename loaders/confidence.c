/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confidence: each scale is a table of words; those of numbers are read as
 * such and checked against the scale's ends.
 */
#include "loaders/confidence.h"

#define UNKNOWN (-1)

struct word {
	const char *text; /* lower case, "-" between words; NULL ends */
	int8_t value;
};

static const struct word words[] = {
	{"none", 0},	  {"low", 15},	{"medium", 50},	      {"med", 50},
	{"moderate", 50}, {"high", 85}, {"unknown", UNKNOWN}, {NULL, 0}};

static const struct word wep[] = {{"impossible", 0},
				  {"highly-unlikely", 10},
				  {"almost-certainly-not", 10},
				  {"unlikely", 30},
				  {"probably-not", 30},
				  {"even-chance", 50},
				  {"likely", 70},
				  {"probable", 70},
				  {"highly-likely", 90},
				  {"almost-certain", 90},
				  {"certain", 100},
				  {NULL, 0}};

static const struct word dni[] = {{"almost-no-chance", 5},
				  {"remote", 5},
				  {"very-unlikely", 15},
				  {"highly-improbable", 15},
				  {"unlikely", 30},
				  {"improbable", 30},
				  {"roughly-even-chance", 50},
				  {"roughly-even-odds", 50},
				  {"likely", 70},
				  {"probable", 70},
				  {"very-likely", 85},
				  {"highly-probable", 85},
				  {"almost-certain", 95},
				  {"nearly-certain", 95},
				  {NULL, 0}};

static const struct word misp[] = {{"completely-confident", 100},
				   {"usually-confident", 75},
				   {"fairly-confident", 50},
				   {"rarely-confident", 25},
				   {"unconfident", 0},
				   {"confidence-cannot-be-evaluated", UNKNOWN},
				   {NULL, 0}};

static const struct word admiralty[] = {{"1", 90}, {"2", 70}, {"3", 50},
					{"4", 30}, {"5", 10}, {"6", UNKNOWN},
					{NULL, 0}};

const char *nrs_scale_name(enum nrs_scale scale)
{
	static const char *const names[NRS_SCALE_COUNT] = {
		"percent", "ten", "words", "admiralty", "wep", "dni"};

	return names[scale];
}

/* Is @text the word, whatever stands between its parts? */
static bool is_word(struct nrs_span text, const char *word)
{
	if (text.len != strlen(word))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = nrs_ascii_lower(text.ptr[i]);

		if (c == ' ' || c == '_')
			c = '-';
		if (c != (uint8_t)word[i])
			return false;
	}
	return true;
}

static int read_word(const struct word *table, struct nrs_span text,
		     int8_t *out)
{
	for (; table->text != NULL; table++) {
		if (is_word(text, table->text)) {
			*out = table->value;
			return NRS_OK;
		}
	}
	return NRS_E_FORMAT;
}

/* "7", "7.5" as tenths: 70, 75. */
static int read_tenths(struct nrs_span text, int64_t *out)
{
	const size_t dot = nrs_span_find(text, '.', 0);
	const struct nrs_span rest =
		nrs_span_from(text, dot == SIZE_MAX ? text.len : dot + 1);
	uint64_t whole, part = 0;

	if (nrs_span_u64(nrs_span_part(text, 0, dot), &whole) != NRS_OK ||
	    (dot != SIZE_MAX && nrs_span_u64(rest, &part) != NRS_OK))
		return NRS_E_FORMAT;
	if (whole > 100)
		return NRS_E_RANGE;
	*out = (int64_t)whole * 10 + (rest.len > 0 ? rest.ptr[0] - '0' : 0);
	return NRS_OK;
}

/* Of a scale that ends at @max: in tenths of its unit, rounded by @unit. */
static int read_number(struct nrs_span text, int64_t max, int64_t unit,
		       int8_t *out)
{
	int64_t tenths;
	const int err = read_tenths(text, &tenths);

	if (err != NRS_OK)
		return text.len > 0 && text.ptr[0] == '-' ? NRS_E_RANGE : err;
	if (tenths > max * 10)
		return NRS_E_RANGE;
	if (unit == 1 && tenths % 10 != 0)
		return NRS_E_FORMAT; /* STIX has whole numbers */
	*out = (int8_t)((tenths + 5) / 10 * unit);
	return NRS_OK;
}

/* "B2", "b 2" and "2" say the same: who says it is not how true it is. */
static int read_admiralty(struct nrs_span text, int8_t *out)
{
	if (text.len > 1 && nrs_ascii_lower(text.ptr[0]) >= 'a' &&
	    nrs_ascii_lower(text.ptr[0]) <= 'f')
		text = nrs_span_trim(nrs_span_from(text, 1));
	return read_word(admiralty, text, out);
}

int nrs_confidence_read(enum nrs_scale scale, struct nrs_span text, int8_t *out)
{
	text = nrs_span_trim(text);
	switch (scale) {
	case NRS_SCALE_TEN:
		return read_number(text, 10, 10, out);
	case NRS_SCALE_WORDS:
		return read_word(words, text, out);
	case NRS_SCALE_ADMIRALTY:
		return read_admiralty(text, out);
	case NRS_SCALE_WEP:
		return read_word(wep, text, out);
	case NRS_SCALE_DNI:
		return read_word(dni, text, out);
	default:
		return read_number(text, 100, 1, out);
	}
}

bool nrs_confidence_of_tag(struct nrs_span tag, int8_t *out)
{
	static const struct {
		const char *prefix;
		const struct word *table;
	} tags[] = {{"misp:confidence-level=", misp},
		    {"admiralty-scale:information-credibility=", admiralty},
		    {"estimative-language:likelihood-probability=", dni},
		    {"estimative-language:confidence-in-analytic-judgment=",
		     words}};

	if (nrs_span_find(tag, '=', 0) == SIZE_MAX)
		return false; /* as most labels are */
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++) {
		const size_t len = strlen(tags[i].prefix);

		if (!nrs_span_is_icase(nrs_span_part(tag, 0, len),
				       tags[i].prefix))
			continue;
		tag = nrs_span_from(tag, len);
		if (tag.len >= 2 && tag.ptr[0] == '"' &&
		    tag.ptr[tag.len - 1] == '"')
			tag = nrs_span_part(tag, 1, tag.len - 2);
		return read_word(tags[i].table, tag, out) == NRS_OK;
	}
	return false;
}
