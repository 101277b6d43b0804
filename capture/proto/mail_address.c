/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail_address: one pass over an element of the list: what stands between < and
 * > is the address; without them, what is no comment. A name before a colon is
 * a group's, or a route, and forgotten.
 */
#include "capture/proto/mail_address.h"

struct element {
	struct nrs_mail_addresses *list;
	size_t len;
	unsigned int comments; /* open ones */
	bool is_quoted, is_escaped;
	bool in_angle, had_angle;
	bool has_gap;  /* blanks behind the last octet put */
	bool is_plain; /* quotes and comments do not count: one never ends */
	bool is_long;
};

static void forget(struct element *e)
{
	e->len = 0;
	e->is_long = false;
}

/* Outside of < and > words before the last one are a name; blanks around dots
 * and the sign belong to the address. */
static void put(struct element *e, uint8_t c)
{
	if (e->has_gap && !e->in_angle && !e->is_quoted && e->len > 0 &&
	    c != '.' && c != '@' &&
	    memchr(".@", e->list->room[e->len - 1], 2) == NULL)
		forget(e);
	e->has_gap = false;
	if (e->len == NRS_MAIL_ADDRESS_MAX)
		e->is_long = true;
	else
		e->list->room[e->len++] = c;
}

/* Within quotes and comments nothing but their end counts. True: it was so. */
static bool take_hidden(struct element *e, uint8_t c)
{
	const bool is_open = e->is_quoted || e->comments > 0;
	const bool was_escaped = e->is_escaped;

	if (!is_open)
		return false;
	e->is_escaped = !was_escaped && c == '\\';
	if (e->is_quoted) {
		if (c == '"' && !was_escaped)
			e->is_quoted = false;
		if (!e->had_angle || e->in_angle)
			put(e, c);
	} else if (!was_escaped && c == '(') {
		e->comments++;
	} else if (!was_escaped && c == ')') {
		e->comments--;
	}
	return true;
}

/* False: the element is over. */
static bool take(struct element *e, uint8_t c)
{
	if (take_hidden(e, c))
		return true;
	if (c == '(' && !e->is_plain) {
		e->comments++;
	} else if (c == '<') {
		forget(e); /* what stood before was a name */
		e->in_angle = e->had_angle = true;
	} else if (c == '>') {
		e->in_angle = false;
	} else if (c == ':' && (e->in_angle || !e->had_angle)) {
		forget(e);
	} else if ((c == ',' && !e->in_angle) || c == ';') {
		return false;
	} else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
		e->has_gap = true;
	} else if (e->in_angle || !e->had_angle) {
		put(e, c);
		e->is_quoted = c == '"' && !e->is_plain;
	}
	return true;
}

/* How much of the list the element is. */
static size_t take_all(struct element *e)
{
	const struct nrs_span rest = e->list->rest;
	size_t at = 0;

	while (at < rest.len && take(e, rest.ptr[at]))
		at++;
	return at;
}

bool nrs_mail_address_next(struct nrs_mail_addresses *list,
			   struct nrs_span *address)
{
	while (list->rest.len > 0) {
		struct element e = {.list = list};
		size_t len = take_all(&e);

		if (e.is_quoted || e.comments > 0) {
			e = (struct element){.list = list, .is_plain = true};
			len = take_all(&e);
		}
		list->rest = nrs_span_from(list->rest, len + 1);
		*address = nrs_span(list->room, e.len);
		const size_t sign = nrs_span_find(*address, '@', 0);
		if (!e.is_long && sign != SIZE_MAX && sign > 0 &&
		    sign + 1 < e.len)
			return true;
	}
	return false;
}
