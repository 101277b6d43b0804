/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sco_mail: a mail as email-message, with an email-addr for each of its
 * addresses and a file for each attachment. There is one in a transaction.
 *
 * A message without author and subject has no id of its own, and is left out;
 * its addresses are not.
 */
#include "engine/canon.h"
#include "engine/sco_part.h"
#include "engine/value_text.h"

#define ADDRESS_MAX 512

struct values {
	const struct nrs_hit_value *list;
	unsigned int count;
};

/* How a field becomes a property. */
enum how_put {
	PUT_ADDRESS_ALONE, /* email-addr that the message says nothing of */
	PUT_REF,
	PUT_REFS,
	PUT_TEXT,
	PUT_TEXTS, /* a list */
	PUT_HEADERS,
	PUT_ATTACHMENTS,
	PUT_BOOL,
};

static const struct {
	enum nrs_field field;
	enum how_put how;
	const char *key;
} rows[] = {
	{NRS_F_SMTP_MAIL_FROM, PUT_ADDRESS_ALONE, ""},
	{NRS_F_SMTP_RCPT_TO, PUT_ADDRESS_ALONE, ""},
	{NRS_F_EMAIL_REPLY_TO, PUT_ADDRESS_ALONE, ""},
	{NRS_F_EMAIL_MULTIPART, PUT_BOOL, "is_multipart"},
	{NRS_F_EMAIL_DATE, PUT_TEXT, "date"},
	{NRS_F_EMAIL_CONTENT_TYPE, PUT_TEXT, "content_type"},
	{NRS_F_EMAIL_FROM, PUT_REF, "from_ref"},
	{NRS_F_EMAIL_SENDER, PUT_REF, "sender_ref"},
	{NRS_F_EMAIL_TO, PUT_REFS, "to_refs"},
	{NRS_F_EMAIL_CC, PUT_REFS, "cc_refs"},
	{NRS_F_EMAIL_BCC, PUT_REFS, "bcc_refs"},
	{NRS_F_EMAIL_MESSAGE_ID, PUT_TEXT, "message_id"},
	{NRS_F_EMAIL_SUBJECT, PUT_TEXT, "subject"},
	{NRS_F_EMAIL_RECEIVED, PUT_TEXTS, "received_lines"},
	{NRS_F_EMAIL_HEADER, PUT_HEADERS, "additional_header_fields"},
	{NRS_F_EMAIL_ATTACHMENT, PUT_ATTACHMENTS, "body_multipart"},
};
#define ROW_COUNT (sizeof(rows) / sizeof(*rows))

static const struct nrs_hit_value *find(const struct values *v,
					enum nrs_field field)
{
	for (unsigned int i = 0; i < v->count; i++) {
		if (v->list[i].field == field)
			return &v->list[i];
	}
	return NULL;
}

static void put_address(struct nrs_sco_list *list, struct nrs_span address,
			char id[NRS_SCO_ID_LEN])
{
	struct nrs_text members = {0};
	uint8_t lower[ADDRESS_MAX];
	const struct nrs_span cut = nrs_span_part(address, 0, sizeof(lower));

	nrs_canon_lower(cut, lower);
	nrs_text_puts(&members, "\"value\":");
	nrs_json_quote(&members, nrs_span(lower, cut.len));
	nrs_sco_put(list, "email-addr", nrs_text_span(&members), id);
	nrs_text_fini(&members);
}

/* The file of the attachment, with what else is known of it. */
static void put_file(struct nrs_sco_list *list, struct nrs_text *out,
		     const struct values *v,
		     const struct nrs_hit_value *attachment)
{
	struct nrs_text members = {0};
	char id[NRS_SCO_ID_LEN];

	for (unsigned int i = 0; i < v->count; i++) {
		struct nrs_sco_list alone = {0};

		if (v->list[i].field != NRS_F_FILE_NAME ||
		    v->list[i].object != attachment->object)
			continue;
		(void)nrs_sco_put_joined(&alone, v->list, v->count, i);
		(void)nrs_sco_put_joined(list, v->list, v->count, i);
		nrs_text_add(out, nrs_text_span(&alone.refs));
		nrs_sco_list_fini(&alone);
		return;
	}
	nrs_text_puts(&members, "\"name\":");
	nrs_json_quote(&members, attachment->value);
	nrs_sco_put(list, "file", nrs_text_span(&members), id);
	nrs_text_printf(out, "\"%s\"", id);
	nrs_text_fini(&members);
}

static void put_one(struct nrs_sco_list *list, struct nrs_text *out,
		    const struct values *v, const struct nrs_hit_value *value,
		    enum how_put how)
{
	struct nrs_text text = {0};
	char id[NRS_SCO_ID_LEN];

	switch (how) {
	case PUT_REF:
	case PUT_REFS:
		put_address(list, value->value, id);
		nrs_text_printf(out, "\"%s\"", id);
		break;
	case PUT_ATTACHMENTS:
		nrs_text_puts(out, "{\"body_raw_ref\":");
		put_file(list, out, v, value);
		nrs_text_putc(out, '}');
		break;
	default:
		nrs_value_text(&text, value->field, value->value);
		if (how == PUT_BOOL)
			nrs_text_puts(out,
				      nrs_span_is(nrs_text_span(&text), "0")
					      ? "false"
					      : "true");
		else
			nrs_json_quote(out, nrs_text_span(&text));
		nrs_text_fini(&text);
		break;
	}
}

static void put_key(struct nrs_text *out, const char *key)
{
	nrs_text_printf(out, "%s\"%s\":", out->len > 0 ? "," : "", key);
}

static void put_row(struct nrs_sco_list *list, struct nrs_text *out,
		    const struct values *v, size_t row)
{
	const enum how_put how = rows[row].how;
	const struct nrs_hit_value *first = find(v, rows[row].field);
	const bool is_list =
		how == PUT_REFS || how == PUT_TEXTS || how == PUT_ATTACHMENTS;

	if (first == NULL || how == PUT_ADDRESS_ALONE)
		return;
	put_key(out, rows[row].key);
	if (how == PUT_HEADERS) {
		nrs_sco_put_headers(out, v->list, v->count, first->field);
		return;
	}
	if (is_list)
		nrs_text_putc(out, '[');
	put_one(list, out, v, first, how);
	for (unsigned int i = 0; is_list && i < v->count; i++) {
		if (v->list[i].field != first->field || &v->list[i] == first)
			continue;
		nrs_text_putc(out, ',');
		put_one(list, out, v, &v->list[i], how);
	}
	if (is_list)
		nrs_text_putc(out, ']');
}

/* The message that @v shows; of a sighting, which shows a part of it, whether
 * it is a multipart may have to be inferred. */
static void put_message(struct nrs_sco_list *list, const struct values *v)
{
	struct nrs_text members = {0};
	char id[NRS_SCO_ID_LEN];

	for (size_t i = 0; i < ROW_COUNT; i++)
		put_row(list, &members, v, i);
	if (find(v, NRS_F_EMAIL_MULTIPART) == NULL) {
		put_key(&members, "is_multipart");
		nrs_text_puts(&members, find(v, NRS_F_EMAIL_ATTACHMENT) != NULL
						? "true"
						: "false");
	}
	if (find(v, NRS_F_EMAIL_FROM) != NULL ||
	    find(v, NRS_F_EMAIL_SUBJECT) != NULL)
		nrs_sco_put(list, "email-message", nrs_text_span(&members), id);
	list->objects.failed |= members.failed;
	nrs_text_fini(&members);
}

bool nrs_sco_put_mail(struct nrs_sco_list *list,
		      const struct nrs_hit_value *values, unsigned int count,
		      unsigned int at)
{
	const struct values all = {.list = values, .count = count};
	const struct values before = {.list = values, .count = at};
	char id[NRS_SCO_ID_LEN];
	bool is_first = true, is_mail = false, is_alone = false;

	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (rows[i].field == values[at].field) {
			is_mail = true;
			is_alone = rows[i].how == PUT_ADDRESS_ALONE;
		}
		if (rows[i].how != PUT_ADDRESS_ALONE &&
		    find(&before, rows[i].field) != NULL)
			is_first = false;
	}
	if (is_alone)
		put_address(list, values[at].value, id);
	else if (is_mail && is_first)
		put_message(list, &all);
	return is_mail;
}
