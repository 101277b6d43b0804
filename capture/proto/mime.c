/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mime: headers line by line into the field's room; which parts there are.
 *
 * A field is over when the next line does not go on with it, an empty line ends
 * the header. A line without a colon is passed over, as most readers do.
 */
#include "capture/proto/mime_part.h"

#include "capture/proto/mail_parameter.h"

void nrs_mime_init(struct nrs_mime *mime, struct nrs_charsets *charsets)
{
	mime->charsets = charsets;
	mime->state = NRS_MIME_HEAD;
	mime->depth = mime->eol = mime->held_eol = 0;
	mime->at_start = mime->is_own = true;
	mime->is_given = mime->is_lost = mime->is_flushed = false;
	mime->edge.is_there = false;
	mime->told = (struct nrs_mime_told){0};
	mime->field_len = mime->held_len = mime->out_len = 0;
	mime->raw = nrs_span(NULL, 0);
	nrs_mime_part_init(mime, false);
}

void nrs_mime_part_init(struct nrs_mime *mime, bool is_message)
{
	struct nrs_mime_part *part = &mime->part;
	static const char message[] = "message/rfc822";

	part->type_len = part->name_len = 0;
	part->transfer = NRS_TRANSFER_PLAIN;
	part->has_disposition = part->has_type = false;
	part->has_transfer = part->has_boundary = false;
	if (is_message) {
		memcpy(part->type, message, sizeof(message) - 1);
		part->type_len = sizeof(message) - 1;
	}
	mime->transfer = (struct nrs_transfer){0};
	mime->is_skipped = false;
}

static struct nrs_span type_of(const struct nrs_mime *mime)
{
	return nrs_span(mime->part.type, mime->part.type_len);
}

static void take_type(struct nrs_mime *mime, struct nrs_span value)
{
	struct nrs_mime_part *part = &mime->part;
	const struct nrs_span type =
		nrs_span_part(nrs_mail_main_value(value), 0, NRS_MIME_TYPE);

	if (part->has_type) {
		mime->told.is_ambiguous = true;
		return;
	}
	part->has_type = true;
	part->type_len = (uint16_t)type.len;
	for (size_t i = 0; i < type.len; i++)
		part->type[i] = nrs_ascii_lower(type.ptr[i]);
	mime->next.len = (uint8_t)nrs_mail_parameter(
		value, "boundary", mime->charsets, mime->next.boundary,
		NRS_MIME_BOUNDARY);
	mime->next.is_digest = nrs_span_is(type_of(mime), "multipart/digest");
	part->has_boundary = mime->next.len > 0;
	if (!part->has_disposition)
		part->name_len = (uint16_t)nrs_mail_parameter(
			value, "name", mime->charsets, part->name,
			NRS_MIME_NAME);
}

static void take_disposition(struct nrs_mime *mime, struct nrs_span value)
{
	struct nrs_mime_part *part = &mime->part;
	uint8_t name[NRS_MIME_NAME];
	const size_t len = nrs_mail_parameter(value, "filename", mime->charsets,
					      name, sizeof(name));

	if (len == 0)
		return;
	if (part->has_disposition) {
		mime->told.is_ambiguous = true;
		return;
	}
	part->has_disposition = true;
	part->name_len = (uint16_t)len;
	memcpy(part->name, name, len);
}

static void take_transfer(struct nrs_mime *mime, struct nrs_span value)
{
	if (mime->part.has_transfer)
		mime->told.is_ambiguous = true;
	else
		mime->part.transfer = (uint8_t)nrs_transfer_of(value);
	mime->part.has_transfer = true;
}

/* The field that is complete. False: it is none. */
static bool take_field(struct nrs_mime *mime, struct nrs_mime_item *item)
{
	const struct nrs_span field = nrs_span(mime->field, mime->field_len);
	const size_t colon = nrs_span_find(field, ':', 0);

	mime->is_given = true;
	if (colon == SIZE_MAX || colon == 0) {
		if (nrs_mime_is_edge(mime, field))
			return false;
		mime->told.is_ambiguous |= field.len > 0;
		return false;
	}
	item->what = NRS_MIME_FIELD_READ;
	item->name = nrs_span_trim(nrs_span_part(field, 0, colon));
	item->value = nrs_span_trim(nrs_span_from(field, colon + 1));
	if (nrs_span_is_icase(item->name, "content-type"))
		take_type(mime, item->value);
	else if (nrs_span_is_icase(item->name, "content-disposition"))
		take_disposition(mime, item->value);
	else if (nrs_span_is_icase(item->name, "content-transfer-encoding"))
		take_transfer(mime, item->value);
	return true;
}

/* The header is over: another one, a multipart or a part begins. */
static bool enter_body(struct nrs_mime *mime, struct nrs_mime_item *item)
{
	const struct nrs_span type = type_of(mime);

	mime->is_own = false;
	mime->at_start = true;
	mime->eol = 0;
	mime->held_len = 0;
	if (nrs_span_is(type, "message/rfc822") ||
	    nrs_span_is(type, "message/global")) {
		/* It has no encoding, whatever it says (RFC 2046 section
		 * 5.2.1). */
		mime->told.is_ambiguous |=
			mime->part.transfer != NRS_TRANSFER_PLAIN;
		item->what = NRS_MIME_MESSAGE;
		item->value = nrs_span(mime->part.name, mime->part.name_len);
		nrs_mime_part_init(mime, false);
		return true;
	}
	if (nrs_span_starts(type, "multipart/") && mime->part.has_boundary) {
		if (mime->depth < NRS_MIME_DEPTH) {
			mime->level[mime->depth++] = mime->next;
			mime->state = NRS_MIME_BETWEEN;
			return false;
		}
		mime->told.is_deep = true;
	}
	mime->state = NRS_MIME_BODY;
	mime->transfer.kind = mime->part.transfer;
	item->what = NRS_MIME_BEGIN;
	return true;
}

#define BLOCK 32 /* octets that are compared at once */

/* Does a line end in the block, and the next one not go on with the field? */
static bool has_end(const uint8_t text[BLOCK + 1])
{
	uint8_t found = 0;

	for (size_t i = 0; i < BLOCK; i++)
		found |= (uint8_t)((text[i] == '\n') & (text[i + 1] != ' ') &
				   (text[i + 1] != '\t'));
	return found != 0;
}

/* Of a field that is full what goes on with it is passed over. */
static void pass_over(struct nrs_mime *mime, struct nrs_span *bytes)
{
	const uint8_t *const text = bytes->ptr;
	size_t at = 0;

	mime->told.is_cut = true;
	while (bytes->len - at > BLOCK && !has_end(text + at))
		at += BLOCK;
	while (at < bytes->len && !mime->at_start) {
		if (text[at++] != '\n')
			continue;
		mime->at_start = at == bytes->len ||
				 (text[at] != ' ' && text[at] != '\t');
	}
	*bytes = nrs_span_from(*bytes, at);
}

/* Up to and with the end of the line, behind what the field has already. */
static void take_line(struct nrs_mime *mime, struct nrs_span *bytes)
{
	if (mime->field_len == NRS_MIME_FIELD && !mime->is_lost) {
		pass_over(mime, bytes);
		return;
	}
	const size_t end = nrs_span_find(*bytes, '\n', 0);
	const struct nrs_span line = nrs_span_part(*bytes, 0, end);
	const size_t room = NRS_MIME_FIELD - mime->field_len;
	const size_t len = mime->is_lost ? 0 : line.len;

	if (len > room)
		mime->told.is_cut = true;
	if (len > 0 && room > 0) {
		memcpy(mime->field + mime->field_len, line.ptr,
		       len < room ? len : room);
		mime->field_len =
			(uint16_t)(mime->field_len + (len < room ? len : room));
	}
	*bytes = nrs_span_from(*bytes, line.len + 1);
	if (end == SIZE_MAX)
		return;
	if (mime->field_len > 0 && mime->field[mime->field_len - 1] == '\r')
		mime->field_len--;
	mime->at_start = true;
	mime->is_lost = false;
}

/* At the beginning of a line; held_eol says whether CR was read there. True:
 * something is to be told. */
static bool begin_line(struct nrs_mime *mime, struct nrs_span *bytes,
		       struct nrs_mime_item *item)
{
	const uint8_t c = bytes->ptr[0];

	if (c == '\r' && mime->held_eol == 0) {
		mime->held_eol = 1;
		*bytes = nrs_span_from(*bytes, 1);
		return false;
	}
	const bool goes_on = (c == ' ' || c == '\t') && mime->field_len > 0 &&
			     !mime->is_given;
	if (mime->field_len > 0 && !mime->is_given && !goes_on)
		return take_field(mime, item);
	if (!goes_on) {
		mime->field_len = 0;
		mime->is_given = false;
	}
	mime->held_eol = 0;
	if (c == '\n') {
		*bytes = nrs_span_from(*bytes, 1);
		return enter_body(mime, item);
	}
	mime->at_start = false;
	return false;
}

static void next_of_head(struct nrs_mime *mime, struct nrs_span *bytes,
			 struct nrs_mime_item *item)
{
	while (bytes->len > 0 && mime->state == NRS_MIME_HEAD &&
	       !mime->edge.is_there) {
		if (!mime->at_start)
			take_line(mime, bytes);
		else if (begin_line(mime, bytes, item))
			return;
	}
}

void nrs_mime_next(struct nrs_mime *mime, struct nrs_span *bytes,
		   struct nrs_mime_item *item)
{
	item->what = NRS_MIME_MORE;
	do {
		if (mime->edge.is_there && mime->state != NRS_MIME_BODY)
			nrs_mime_cross_edge(mime);
		if (mime->state == NRS_MIME_HEAD)
			next_of_head(mime, bytes, item);
		else
			nrs_mime_next_of_body(mime, bytes, item);
	} while (item->what == NRS_MIME_MORE &&
		 (mime->edge.is_there || bytes->len > 0));
}

void nrs_mime_finish(struct nrs_mime *mime, struct nrs_mime_item *item)
{
	item->what = NRS_MIME_MORE;
	if (mime->state == NRS_MIME_HEAD) {
		if (mime->field_len > 0 && !mime->is_given)
			(void)take_field(mime, item);
		return;
	}
	nrs_mime_finish_body(mime, item);
}

void nrs_mime_skip(struct nrs_mime *mime)
{
	mime->is_skipped = true;
}

void nrs_mime_gap(struct nrs_mime *mime)
{
	if (mime->state == NRS_MIME_HEAD) {
		mime->field_len = 0;
		mime->held_eol = 0;
		mime->is_given = mime->at_start = false;
		mime->is_lost = true;
		return;
	}
	mime->held_len = 0;
	mime->eol = 0;
	mime->is_flushed = mime->at_start = false;
	mime->transfer.count = 0;
	mime->transfer.state = 0;
}

bool nrs_mime_in_part(const struct nrs_mime *mime)
{
	return mime->state == NRS_MIME_BODY;
}
