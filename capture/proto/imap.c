/* SPDX-License-Identifier: Apache-2.0 */
/*
 * imap: a line is read from its end: the literal's size, and before it the name
 * of the item that it is the value of.
 */
#include "capture/proto/imap.h"

#define SNIFF_MAX 64

static struct nrs_span first_word(struct nrs_span *rest)
{
	const struct nrs_span word =
		nrs_span_part(*rest, 0, nrs_span_find(*rest, ' ', 0));

	*rest = nrs_span_from(*rest, word.len + 1);
	return word;
}

static bool is_number(struct nrs_span text)
{
	uint64_t number;

	return nrs_span_u64(text, &number) == NRS_OK;
}

bool nrs_imap_has_message(struct nrs_span line, bool is_client)
{
	struct nrs_span rest = line;
	const struct nrs_span tag = first_word(&rest);
	const struct nrs_span word = first_word(&rest);

	if (is_client)
		return nrs_span_is_icase(word, "APPEND");
	return nrs_span_is(tag, "*") && is_number(word) &&
	       nrs_span_is_icase(first_word(&rest), "FETCH");
}

/* "BODY[]<0> " at the end of @text: the item's name without its origin. */
static struct nrs_span item_name(struct nrs_span text, bool *is_part,
				 bool *is_first)
{
	size_t from = text.len;
	bool in_list = false;

	*is_part = nrs_span_ends(text, ">");
	*is_first = true;
	if (*is_part) {
		*is_first = nrs_span_ends(text, "]<0>");
		while (from > 0 && text.ptr[from - 1] != '<')
			from--;
		text = nrs_span_part(text, 0, from > 0 ? from - 1 : 0);
	}
	for (from = text.len; from > 0; from--) {
		const uint8_t c = text.ptr[from - 1];

		if (c == ']' || c == '[')
			in_list = c == ']';
		else if (!in_list && (c == ' ' || c == '('))
			break;
	}
	return nrs_span_from(text, from);
}

/* "2.1" at the front of @text, as long as it goes. */
static struct nrs_span section_of(struct nrs_span text)
{
	size_t len = 0;

	while (len < text.len &&
	       ((text.ptr[len] >= '0' && text.ptr[len] <= '9') ||
		(text.ptr[len] == '.' && len + 1 < text.len &&
		 text.ptr[len + 1] <= '9')))
		len++;
	return nrs_span_part(text, 0, len);
}

static enum nrs_imap_content part_of(struct nrs_span item,
				     struct nrs_span *section)
{
	const bool is_decoded =
		nrs_span_is_icase(nrs_span_part(item, 0, 7), "BINARY[");
	const struct nrs_span within = nrs_span_from(item, is_decoded ? 7 : 5);

	if (!is_decoded &&
	    !nrs_span_is_icase(nrs_span_part(item, 0, 5), "BODY["))
		return NRS_IMAP_OTHER;
	*section = section_of(within);
	const struct nrs_span rest = nrs_span_from(within, section->len);
	if (section->len > 0 && nrs_span_is(rest, "]"))
		return is_decoded ? NRS_IMAP_OCTETS : NRS_IMAP_PART;
	return section->len > 0 && nrs_span_is_icase(rest, ".MIME]")
		       ? NRS_IMAP_PART_HEADER
		       : NRS_IMAP_OTHER;
}

static enum nrs_imap_content content_of(struct nrs_span item, bool is_first,
					struct nrs_span *section)
{
	if (!is_first)
		return NRS_IMAP_OTHER;
	if (nrs_span_is_icase(item, "BODY[]") ||
	    nrs_span_is_icase(item, "RFC822"))
		return NRS_IMAP_MESSAGE;
	if (nrs_span_is_icase(item, "RFC822.HEADER") ||
	    nrs_span_is_icase(nrs_span_part(item, 0, 11), "BODY[HEADER"))
		return NRS_IMAP_HEADER;
	return part_of(item, section);
}

bool nrs_imap_literal(struct nrs_span line, bool is_client, bool is_message,
		      struct nrs_imap_literal *out)
{
	size_t from = line.len;

	if (!nrs_span_ends(line, "}"))
		return false;
	while (from > 0 && line.ptr[from - 1] != '{')
		from--;
	if (from == 0)
		return false;
	struct nrs_span size = nrs_span_part(line, from, line.len - 1 - from);
	const bool is_unasked = nrs_span_ends(size, "+");
	size.len -= is_unasked;
	*out = (struct nrs_imap_literal){.is_waited = is_client && !is_unasked};
	if (nrs_span_u64(size, &out->size) != NRS_OK)
		return false;
	if (!is_message)
		return true;
	if (is_client) {
		out->content = NRS_IMAP_MESSAGE;
		return true;
	}
	bool is_first;
	struct nrs_span before = nrs_span_part(line, 0, from - 1);
	if (nrs_span_ends(before, "~")) /* RFC 3516: any octets */
		before.len--;
	const struct nrs_span item =
		item_name(nrs_span_trim(before), &out->is_part, &is_first);
	out->content = content_of(item, is_first, &out->section);
	return true;
}

bool nrs_imap_is_refusal(struct nrs_span line)
{
	struct nrs_span rest = line;
	const struct nrs_span tag = first_word(&rest);
	const struct nrs_span word = first_word(&rest);

	return !nrs_span_is(tag, "*") && !nrs_span_is(tag, "+") &&
	       (nrs_span_is_icase(word, "NO") ||
		nrs_span_is_icase(word, "BAD"));
}

int nrs_imap_sniff(struct nrs_span bytes)
{
	static const char *const words[] = {"OK", "PREAUTH", "BYE",
					    "CAPABILITY", "FLAGS"};
	static const char *const counted[] = {"EXISTS", "RECENT", "FETCH",
					      "EXPUNGE"};
	const size_t end = nrs_span_find(bytes, '\n', 0);
	struct nrs_span rest = nrs_span_trim(nrs_span_part(bytes, 0, end));

	if (bytes.len > 0 && bytes.ptr[0] != '*')
		return NRS_E_FORMAT;
	if (bytes.len > 1 && bytes.ptr[1] != ' ')
		return NRS_E_FORMAT;
	if (end == SIZE_MAX && bytes.len < SNIFF_MAX)
		return NRS_E_MORE;
	(void)first_word(&rest);
	const struct nrs_span word = first_word(&rest);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (nrs_span_is_icase(word, words[i]))
			return NRS_OK;
	}
	const struct nrs_span kind = first_word(&rest);
	for (size_t i = 0; i < sizeof(counted) / sizeof(*counted); i++) {
		if (is_number(word) && nrs_span_is_icase(kind, counted[i]))
			return NRS_OK;
	}
	return NRS_E_FORMAT;
}
