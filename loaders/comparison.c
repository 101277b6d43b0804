/* SPDX-License-Identifier: Apache-2.0 */
/*
 * comparison: = where it will do, LIKE where its two wildcards do, else
 * MATCHES. LIKE has no way to write a % or _ that means itself.
 */
#include "loaders/comparison.h"

#include <stdio.h>

#include "engine/base/addr.h"
#include "engine/refang.h"
#include "loaders/list_range.h"

#define REGEX_SPECIAL "\\^$.|?*+()[]{}/#"
#define VALUE_MAX ((size_t)8192)
#define ADDRESS_MAX 128u /* more than any address with a prefix's length */

/* A term under way. */
struct draft {
	const struct nrs_comparison *of;
	struct nrs_text text;
	struct nrs_condition_test test;
	const char *reason;
	char said[120]; /* a reason that names the value */
};

/* @value inside a STIX string literal. */
static void put_literal(struct nrs_text *out, struct nrs_span value)
{
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '\'' || value.ptr[i] == '\\')
			nrs_text_putc(out, '\\');
		nrs_text_putc(out, (char)value.ptr[i]);
	}
}

/* @value so that a regular expression finds just it. */
static void put_regex(struct nrs_text *out, struct nrs_span value)
{
	struct nrs_text escaped = {0};

	for (size_t i = 0; i < value.len; i++) {
		if (memchr(REGEX_SPECIAL, value.ptr[i],
			   sizeof(REGEX_SPECIAL) - 1) != NULL)
			nrs_text_putc(&escaped, '\\');
		nrs_text_putc(&escaped, (char)value.ptr[i]);
	}
	out->failed |= escaped.failed;
	put_literal(out, nrs_text_span(&escaped));
	nrs_text_fini(&escaped);
}

static void put_head(struct draft *d, const char *operator)
{
	nrs_text_puts(&d->text, d->of->path);
	if (d->of->is_negated)
		nrs_text_puts(&d->text, " NOT");
	nrs_text_puts(&d->text, operator);
}

static void put_match(struct draft *d)
{
	const enum nrs_how how = d->of->how;

	put_head(d, " MATCHES '");
	if (d->of->ignores_case)
		nrs_text_puts(&d->text, "(?i)");
	if (how == NRS_HOW_IS || how == NRS_HOW_STARTS)
		nrs_text_putc(&d->text, '^');
	if (how == NRS_HOW_MATCHES)
		put_literal(&d->text, d->of->value);
	else
		put_regex(&d->text, d->of->value);
	if (how == NRS_HOW_IS || how == NRS_HOW_ENDS)
		nrs_text_putc(&d->text, '$');
	nrs_text_putc(&d->text, '\'');
}

static bool has_wildcard(struct nrs_span value)
{
	return nrs_span_find(value, '%', 0) != SIZE_MAX ||
	       nrs_span_find(value, '_', 0) != SIZE_MAX;
}

static void put_like(struct draft *d)
{
	put_head(d, " LIKE '");
	if (d->of->how != NRS_HOW_STARTS)
		nrs_text_putc(&d->text, '%');
	put_literal(&d->text, d->of->value);
	if (d->of->how != NRS_HOW_ENDS)
		nrs_text_putc(&d->text, '%');
	nrs_text_putc(&d->text, '\'');
}

static void put_is(struct draft *d)
{
	nrs_text_puts(&d->text, d->of->path);
	nrs_text_puts(&d->text, d->of->is_negated ? " != '" : " = '");
	put_literal(&d->text, d->of->value);
	nrs_text_putc(&d->text, '\'');
	d->test.is_equal = !d->of->is_negated;
}

static void put_text(struct draft *d)
{
	switch (d->of->how) {
	case NRS_HOW_IS:
		if (d->of->ignores_case)
			put_match(d);
		else
			put_is(d);
		break;
	case NRS_HOW_CONTAINS:
	case NRS_HOW_STARTS:
	case NRS_HOW_ENDS:
		if (d->of->ignores_case || has_wildcard(d->of->value))
			put_match(d);
		else
			put_like(d);
		break;
	case NRS_HOW_MATCHES:
		put_match(d);
		break;
	default:
		d->reason = "an order of texts";
	}
}

static void put_number(struct draft *d, const char *operator, uint64_t number)
{
	nrs_text_printf(&d->text, "%s %s %llu",
			d->of->path, operator,(unsigned long long) number);
}

/* "5-9", each end a number. */
static bool parse_ends(struct nrs_span value, uint64_t *first, uint64_t *last)
{
	const size_t dash = nrs_span_find(value, '-', 0);

	return dash != SIZE_MAX &&
	       nrs_span_u64(nrs_span_trim(nrs_span_part(value, 0, dash)),
			    first) == NRS_OK &&
	       nrs_span_u64(nrs_span_trim(nrs_span_from(value, dash + 1)),
			    last) == NRS_OK &&
	       *first <= *last;
}

static void put_any_number(struct draft *d)
{
	static const char *const operators[][2] = {
		[NRS_HOW_IS] = {"=", "!="},
		[NRS_HOW_ABOVE] = {">", "<="},
		[NRS_HOW_BELOW] = {"<", ">="},
		[NRS_HOW_AT_LEAST] = {">=", "<"},
		[NRS_HOW_AT_MOST] = {"<=", ">"},
	};
	const bool is_negated = d->of->is_negated;
	uint64_t first, last;

	if (d->of->how == NRS_HOW_BETWEEN) {
		if (!parse_ends(d->of->value, &first, &last)) {
			d->reason = "a range that is none";
			return;
		}
		nrs_text_putc(&d->text, '(');
		put_number(d, is_negated ? "<" : ">=", first);
		nrs_text_puts(&d->text, is_negated ? " OR " : " AND ");
		put_number(d, is_negated ? ">" : "<=", last);
		nrs_text_putc(&d->text, ')');
		return;
	}
	if (d->of->how < sizeof(operators) / sizeof(*operators) &&
	    operators[d->of->how][0] != NULL) {
		if (nrs_span_u64(d->of->value, &first) != NRS_OK) {
			d->reason = "a value that is no number";
			return;
		}
		put_number(d, operators[d->of->how][is_negated], first);
		d->test.is_equal = d->of->how == NRS_HOW_IS && !is_negated;
		return;
	}
	d->reason = "a number compared as text";
}

/* The prefixes of a range of addresses, one of which holds. */
static void put_range(struct draft *d, const char *path)
{
	struct nrs_range range;
	struct nrs_prefix prefix;
	bool is_reversed;
	char text[NRS_ADDR_LEN];
	const char *between = "(";

	if (d->of->is_negated ||
	    !nrs_range_parse(d->of->value, &range, &is_reversed)) {
		d->reason = "a range of addresses that is none";
		return;
	}
	while (nrs_range_next(&range, &prefix)) {
		nrs_prefix_format(&prefix, text);
		nrs_text_printf(&d->text, "%s%s ISSUBSET '%s'", between, path,
				text);
		between = " OR ";
	}
	nrs_text_putc(&d->text, ')');
}

/* Does @text, refanged into @room, say an address or a prefix? */
static bool read_address(struct nrs_span *text, uint8_t room[ADDRESS_MAX])
{
	struct nrs_prefix prefix;
	bool changed;

	if (text->len > ADDRESS_MAX)
		return false;
	const struct nrs_span plain =
		nrs_span(room, nrs_refang(*text, room, &changed));
	if (nrs_prefix_parse(plain, &prefix) != NRS_OK)
		return false;
	*text = plain;
	return true;
}

static void refuse_address(struct draft *d)
{
	const struct nrs_span value = d->of->value;
	size_t len = value.len < 60 ? value.len : 60;

	while (len > 0 && len < value.len && (value.ptr[len] & 0xc0) == 0x80)
		len--;
	(void)snprintf(d->said, sizeof(d->said),
		       "'%.*s' is no address or prefix", (int)len,
		       (const char *)value.ptr);
	d->reason = d->said;
}

static void put_address(struct draft *d)
{
	const struct nrs_comparison *const given = d->of;
	const bool is_six = nrs_span_find(d->of->value, ':', 0) != SIZE_MAX;
	struct nrs_comparison one = *d->of;
	uint8_t room[ADDRESS_MAX];

	if (one.kind == NRS_VALUE_IP)
		one.path = is_six ? "ipv6-addr:value" : "ipv4-addr:value";
	one.ignores_case = false;
	if (one.how == NRS_HOW_CONTAINS && read_address(&one.value, room))
		one.how = NRS_HOW_IS; /* 192.0.2.1 must not find 192.0.2.10 */
	if (one.how == NRS_HOW_IS && !read_address(&one.value, room)) {
		refuse_address(d);
		return;
	}
	d->of = &one;
	if (one.how == NRS_HOW_BETWEEN) {
		put_range(d, one.path);
	} else if (one.how == NRS_HOW_IS &&
		   nrs_span_find(one.value, '/', 0) != SIZE_MAX) {
		put_head(d, " ISSUBSET '");
		put_literal(&d->text, one.value);
		nrs_text_putc(&d->text, '\'');
	} else {
		put_text(d);
	}
	d->test.path = nrs_span_of(one.path);
	d->of = given;
}

void nrs_comparison_add(struct nrs_condition *c,
			const struct nrs_comparison *comparison)
{
	struct draft d = {.of = comparison};

	d.test.path = nrs_span_of(comparison->path);
	d.test.is_negative = comparison->is_negated;
	if (comparison->value.len == 0)
		d.reason = "an empty value";
	else if (comparison->value.len > VALUE_MAX)
		d.reason = "a value longer than 8192 octets";
	else if (comparison->kind == NRS_VALUE_TEXT)
		put_text(&d);
	else if (comparison->kind == NRS_VALUE_NUMBER)
		put_any_number(&d);
	else
		put_address(&d);
	d.test.text = nrs_text_span(&d.text);
	c->bytes.failed |= d.text.failed;
	if (d.reason != NULL)
		nrs_condition_refuse(c, d.reason);
	else
		nrs_condition_test(c, &d.test);
	nrs_text_fini(&d.text);
}
