/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail_links: a word of letters that ends in a colon and names a scheme, two
 * slashes, and then all that a URL may hold.
 */
#include "capture/proto/mail_links.h"

#define SCHEME_MAX 5

enum state {
	WORD,  /* letters that may be a scheme, or nothing yet */
	COLON, /* behind a scheme and its colon */
	SLASH, /* and one slash */
	URL,
	LONG, /* a URL longer than the room */
};

void nrs_links_init(struct nrs_links *links, bool is_html)
{
	links->state = WORD;
	links->word_len = 0;
	links->is_html = is_html;
	links->len = 0;
	links->refused = 0;
}

static bool is_letter(uint8_t c)
{
	const uint8_t lower = nrs_ascii_lower(c);

	return lower >= 'a' && lower <= 'z';
}

static bool ends_url(uint8_t c)
{
	return c <= ' ' || c == 0x7f || memchr("\"<>\\^`{|}", c, 9) != NULL;
}

static bool is_scheme(struct nrs_span word)
{
	return nrs_span_is_icase(word, "http") ||
	       nrs_span_is_icase(word, "https") ||
	       nrs_span_is_icase(word, "ftp");
}

/* References of characters: those that end a URL cut it, & is put in. */
static void undo_references(struct nrs_links *links)
{
	static const char *const ends[] = {"&quot;", "&lt;",  "&gt;",
					   "&nbsp;", "&#34;", "&#39;"};
	static const char *const ampersands[] = {"&amp;", "&#38;", "&#038;",
						 "&#x26;"};
	uint16_t out = 0;

	for (uint16_t at = 0; at < links->len;) {
		const struct nrs_span rest =
			nrs_span(links->room + at, (size_t)(links->len - at));
		size_t len = 1;

		for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
			if (nrs_span_is_icase(
				    nrs_span_part(rest, 0, strlen(ends[i])),
				    ends[i])) {
				links->len = out;
				return;
			}
		}
		for (size_t i = 0; i < sizeof(ampersands) / sizeof(*ampersands);
		     i++) {
			if (nrs_span_is_icase(
				    nrs_span_part(rest, 0,
						  strlen(ampersands[i])),
				    ampersands[i]))
				len = strlen(ampersands[i]);
		}
		links->room[out++] = links->room[at];
		at = (uint16_t)(at + len);
	}
	links->len = out;
}

static bool has_open(struct nrs_span text, uint8_t open, uint8_t close)
{
	int depth = 0;

	for (size_t i = 0; i < text.len; i++)
		depth += (text.ptr[i] == open) - (text.ptr[i] == close);
	return depth >= 0;
}

/* Marks that end a sentence are no part of what stands in it. */
static struct nrs_span trim_marks(struct nrs_span url)
{
	while (url.len > 0) {
		const uint8_t last = url.ptr[url.len - 1];

		if (memchr(".,;:!?'*_~", last, 10) == NULL &&
		    !(last == ')' && !has_open(url, '(', ')')) &&
		    !(last == ']' && !has_open(url, '[', ']')))
			break;
		url.len--;
	}
	return url;
}

/* The URL in the room is over; false: there is nothing behind its slashes. */
static bool take_url(struct nrs_links *links, struct nrs_span *url)
{
	if (links->is_html)
		undo_references(links);
	*url = nrs_span(links->room, links->len);
	if (!links->is_html)
		*url = trim_marks(*url);
	links->state = WORD;
	links->word_len = 0;
	links->len = 0;
	return url->len > nrs_span_find_text(*url, "://") + 3;
}

/* Before a URL: letters, then "://". */
static void take_front(struct nrs_links *links, uint8_t c)
{
	const struct nrs_span word = nrs_span(links->room, links->word_len);

	if (links->state == WORD && is_letter(c)) {
		if (links->word_len < SCHEME_MAX)
			links->room[links->word_len] = c;
		if (links->word_len <= SCHEME_MAX)
			links->word_len++;
		return;
	}
	if (links->state == WORD && c == ':' && links->word_len <= SCHEME_MAX &&
	    is_scheme(word)) {
		links->state = COLON;
	} else if (links->state == COLON && c == '/') {
		links->state = SLASH;
	} else if (links->state == SLASH && c == '/') {
		memcpy(links->room + links->word_len, "://", 3);
		links->len = (uint16_t)(links->word_len + 3);
		links->state = URL;
	} else {
		links->state = WORD;
		links->word_len = 0;
		if (is_letter(c))
			links->room[links->word_len++] = c;
	}
}

/* Nothing begins before the next colon but the scheme that stands right before
 * it: from where to look closer. */
static size_t leap(struct nrs_links *links, struct nrs_span bytes, size_t at)
{
	const size_t colon = nrs_span_find(bytes, ':', at);
	const size_t end = colon == SIZE_MAX ? bytes.len : colon;

	if (links->state != WORD || end - at <= SCHEME_MAX + 2)
		return at;
	links->word_len = 0;
	return end - (SCHEME_MAX + 2);
}

bool nrs_links_next(struct nrs_links *links, struct nrs_span *bytes,
		    struct nrs_span *url)
{
	size_t closer = 0; /* up to here each octet is looked at */

	for (size_t at = 0; at < bytes->len; at++) {
		if (links->state == WORD && at >= closer) {
			at = leap(links, *bytes, at);
			closer = at + SCHEME_MAX + 3;
		}
		const uint8_t c = bytes->ptr[at];

		if (links->state < URL) {
			take_front(links, c);
		} else if (ends_url(c)) {
			const bool is_long = links->state == LONG;

			links->refused += is_long;
			if (take_url(links, url) && !is_long) {
				*bytes = nrs_span_from(*bytes, at + 1);
				return true;
			}
		} else if (links->len == NRS_LINK_MAX) {
			links->state = LONG;
		} else {
			links->room[links->len++] = c;
		}
	}
	*bytes = nrs_span_from(*bytes, bytes->len);
	return false;
}

bool nrs_links_finish(struct nrs_links *links, struct nrs_span *url)
{
	links->refused += links->state == LONG;
	return links->state == URL && take_url(links, url);
}
