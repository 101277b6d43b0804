/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mime_body: octets of parts, between boundaries.
 *
 * Runs of lines are handed on where they stand. A run stops where a line may be
 * a boundary: that line is held until it is known, and the end of the line
 * before it waits with it, because it belongs to the boundary (RFC 2046 section
 * 5.1.1).
 */
#include "capture/proto/mime_part.h"

enum eol { NO_EOL, LF, CR_LF, CR };

bool nrs_mime_is_edge(struct nrs_mime *mime, struct nrs_span line)
{
	if (!nrs_span_starts(line, "--"))
		return false;
	for (unsigned int i = mime->depth; i-- > 0;) {
		const struct nrs_mime_level *level = &mime->level[i];
		const struct nrs_span text = nrs_span_part(line, 2, level->len);
		struct nrs_span rest = nrs_span_from(line, 2u + level->len);

		if (!nrs_span_equal(text,
				    nrs_span(level->boundary, level->len)))
			continue;
		const bool is_closing = nrs_span_starts(rest, "--");
		rest = nrs_span_from(rest, is_closing ? 2 : 0);
		if (nrs_span_trim(rest).len > 0)
			continue;
		mime->edge.is_there = true;
		mime->edge.is_closing = is_closing;
		mime->edge.level = (uint8_t)i;
		return true;
	}
	return false;
}

void nrs_mime_cross_edge(struct nrs_mime *mime)
{
	mime->edge.is_there = false;
	mime->depth =
		(uint8_t)(mime->edge.level + (mime->edge.is_closing ? 0 : 1));
	mime->state = mime->edge.is_closing ? NRS_MIME_BETWEEN : NRS_MIME_HEAD;
	mime->at_start = true;
	mime->eol = mime->held_eol = NO_EOL;
	mime->held_len = mime->field_len = 0;
	mime->is_given = mime->is_flushed = mime->is_lost = false;
	if (!mime->edge.is_closing)
		nrs_mime_part_init(mime,
				   mime->level[mime->edge.level].is_digest);
}

static struct nrs_span take_eol(struct nrs_mime *mime)
{
	static const char *const texts[] = {
		[NO_EOL] = "", [LF] = "\n", [CR_LF] = "\r\n", [CR] = "\r"};
	const struct nrs_span text = nrs_span_of(texts[mime->eol]);

	mime->eol = NO_EOL;
	return text;
}

/* What is held is content: first the end of the line before it. */
static struct nrs_span flush(struct nrs_mime *mime)
{
	if (mime->eol != NO_EOL)
		return take_eol(mime);
	const struct nrs_span held = nrs_span(mime->held, mime->held_len);
	mime->is_flushed = false;
	mime->at_start = mime->held_eol != NO_EOL;
	mime->eol = mime->held_eol;
	mime->held_eol = NO_EOL;
	mime->held_len = 0;
	return held;
}

/* The held line ends. */
static void end_held(struct nrs_mime *mime)
{
	mime->held_eol = LF;
	if (mime->held_len > 0 && mime->held[mime->held_len - 1] == '\r') {
		mime->held_len--;
		mime->held_eol = CR_LF;
	}
	mime->is_flushed =
		!nrs_mime_is_edge(mime, nrs_span(mime->held, mime->held_len));
}

/* At the beginning of a line: hold what may be a boundary. */
static void hold(struct nrs_mime *mime, struct nrs_span *bytes)
{
	size_t at = 0;

	while (at < bytes->len) {
		const uint8_t c = bytes->ptr[at];

		if ((mime->held_len < 2 && c != '-') ||
		    mime->held_len == NRS_MIME_HELD || mime->depth == 0) {
			mime->is_flushed = true;
			break;
		}
		at++;
		if (c == '\n') {
			end_held(mime);
			break;
		}
		mime->held[mime->held_len++] = c;
	}
	*bytes = nrs_span_from(*bytes, at);
}

/* Where a line begins with a dash, behind the first octet; the length if none
 * does. */
static size_t dashed_line(struct nrs_span all)
{
	size_t at = 0;

	while ((at = nrs_span_find(all, '-', at + 1)) != SIZE_MAX) {
		if (all.ptr[at - 1] == '\n')
			return at;
	}
	return all.len;
}

/* Lines up to one that may be a boundary; the end of the last one waits. */
static struct nrs_span run(struct nrs_mime *mime, struct nrs_span *bytes)
{
	const size_t len = mime->depth == 0 ? bytes->len : dashed_line(*bytes);
	struct nrs_span lines = nrs_span_part(*bytes, 0, len);

	*bytes = nrs_span_from(*bytes, len);
	mime->eol = NO_EOL;
	if (nrs_span_ends(lines, "\r\n"))
		mime->eol = CR_LF;
	else if (nrs_span_ends(lines, "\n"))
		mime->eol = LF;
	else if (nrs_span_ends(lines, "\r"))
		mime->eol = CR;
	lines.len -= mime->eol == CR_LF ? 2 : mime->eol != NO_EOL;
	mime->at_start = mime->eol == CR_LF || mime->eol == LF;
	return lines;
}

/* The next octets of content; empty: no more, or an edge. */
static struct nrs_span next_raw(struct nrs_mime *mime, struct nrs_span *bytes)
{
	struct nrs_span found = {NULL, 0};

	while (found.len == 0 && !mime->edge.is_there &&
	       (bytes->len > 0 || mime->is_flushed)) {
		if (mime->is_flushed) {
			found = flush(mime);
		} else if (mime->at_start) {
			hold(mime, bytes);
		} else if (mime->eol == CR && bytes->ptr[0] == '\n') {
			mime->eol = CR_LF;
			mime->at_start = true;
			*bytes = nrs_span_from(*bytes, 1);
		} else if (mime->eol != NO_EOL) {
			found = take_eol(mime);
		} else {
			found = run(mime, bytes);
		}
	}
	return found;
}

static void give(struct nrs_mime_item *item, struct nrs_span data)
{
	item->what = NRS_MIME_DATA;
	item->data = data;
}

static void give_decoded(struct nrs_mime *mime, struct nrs_mime_item *item)
{
	give(item, nrs_span(mime->out, mime->out_len));
	mime->out_len = 0;
}

/* Of the content at hand; false: it is all read. */
static bool take_raw(struct nrs_mime *mime, struct nrs_mime_item *item)
{
	if (mime->state != NRS_MIME_BODY || mime->is_skipped) {
		mime->raw.len = 0;
	} else if (mime->transfer.kind == NRS_TRANSFER_PLAIN) {
		give(item, mime->raw);
		mime->raw.len = 0;
		return true;
	} else {
		const size_t room = (size_t)NRS_MIME_OUT - mime->out_len;

		mime->out_len =
			(uint16_t)(mime->out_len +
				   nrs_transfer_feed(
					   &mime->transfer, &mime->raw,
					   mime->out + mime->out_len, room));
		if (mime->raw.len > 0) {
			give_decoded(mime, item);
			return true;
		}
	}
	return false;
}

/* What waits to be told before the part can end; false: nothing. */
static bool give_rest(struct nrs_mime *mime, struct nrs_mime_item *item,
		      bool is_over)
{
	if (mime->state != NRS_MIME_BODY)
		return false;
	if (mime->out_len > 0) {
		give_decoded(mime, item);
		return true;
	}
	if (is_over) {
		mime->told.is_ambiguous |= mime->transfer.goes_on;
		mime->state = NRS_MIME_BETWEEN;
		item->what = NRS_MIME_END;
	}
	return is_over;
}

void nrs_mime_next_of_body(struct nrs_mime *mime, struct nrs_span *bytes,
			   struct nrs_mime_item *item)
{
	do {
		if (mime->raw.len == 0 && !mime->edge.is_there)
			mime->raw = next_raw(mime, bytes);
		if (mime->raw.len > 0 && take_raw(mime, item))
			return;
	} while (mime->raw.len > 0 || (!mime->edge.is_there &&
				       (bytes->len > 0 || mime->is_flushed)));
	(void)give_rest(mime, item, mime->edge.is_there);
}

void nrs_mime_finish_body(struct nrs_mime *mime, struct nrs_mime_item *item)
{
	struct nrs_span none = {NULL, 0};

	if (mime->held_len > 0 && !mime->is_flushed && !mime->edge.is_there)
		mime->is_flushed = !nrs_mime_is_edge(
			mime,
			nrs_span_trim(nrs_span(mime->held, mime->held_len)));
	else if (mime->eol != NO_EOL && !mime->edge.is_there)
		mime->is_flushed = true;
	do {
		if (mime->raw.len == 0)
			mime->raw = next_raw(mime, &none);
		if (mime->raw.len > 0 && take_raw(mime, item))
			return;
	} while (mime->raw.len > 0 || mime->is_flushed);
	if (give_rest(mime, item, true))
		return;
	mime->edge.is_there = false;
}
