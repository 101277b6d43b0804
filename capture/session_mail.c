/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_mail: fields of a message's header are told by a table; of its parts
 * those that are files go to files.h, those that are text are looked through
 * for URLs.
 */
#include "capture/session_mail.h"

#include <assert.h>

#include "capture/files.h"
#include "capture/proto/mail_address.h"
#include "capture/proto/mail_date.h"
#include "capture/proto/mail_links.h"
#include "capture/proto/mail_parameter.h"
#include "capture/proto/mail_words.h"
#include "capture/proto/mime.h"

struct nrs_mail {
	struct nrs_txn *txn;
	struct nrs_file *file; /* of the part under way; or NULL */
	unsigned int files;
	bool has_shape; /* it is known whether it is a multipart */
	bool is_part;	/* of a message, alone */
	bool is_file;	/* the part is one */
	bool has_links; /* the part is text */
	bool is_doubtful;
	bool has_gap;
	struct nrs_links links;
	struct nrs_mime mime;
};
static_assert(sizeof(struct nrs_mail) <= NRS_SESSION_BUFFER,
	      "a message has one buffer");

/* How a field's value is told. */
enum shape {
	SHAPE_ADDRESSES,
	SHAPE_TEXT, /* with its words decoded */
	SHAPE_LINE, /* as it stands */
	SHAPE_DATE,
};

static const struct {
	const char *name;
	enum nrs_field field;
	enum shape shape;
} rows[] = {
	{"From", NRS_F_EMAIL_FROM, SHAPE_ADDRESSES},
	{"Sender", NRS_F_EMAIL_SENDER, SHAPE_ADDRESSES},
	{"Reply-To", NRS_F_EMAIL_REPLY_TO, SHAPE_ADDRESSES},
	{"To", NRS_F_EMAIL_TO, SHAPE_ADDRESSES},
	{"Cc", NRS_F_EMAIL_CC, SHAPE_ADDRESSES},
	{"Bcc", NRS_F_EMAIL_BCC, SHAPE_ADDRESSES},
	{"Subject", NRS_F_EMAIL_SUBJECT, SHAPE_TEXT},
	{"Date", NRS_F_EMAIL_DATE, SHAPE_DATE},
	{"Message-ID", NRS_F_EMAIL_MESSAGE_ID, SHAPE_LINE},
	{"Content-Type", NRS_F_EMAIL_CONTENT_TYPE, SHAPE_LINE},
	{"Received", NRS_F_EMAIL_RECEIVED, SHAPE_LINE},
};
/* What headers alone bring. */
#define HEADER_FIELDS                                                          \
	(NRS_MESSAGE_FIELDS & ~(NRS_FIELD_BIT(NRS_F_EMAIL_ATTACHMENT) |        \
				NRS_FIELD_BIT(NRS_F_EMAIL_URL) |               \
				NRS_FIELD_BIT(NRS_F_EMAIL_URL_HOST)))
/* Reply-To has a field of its own here and none in STIX. */
#define IS_ADDITIONAL(field) ((field) == NRS_F_EMAIL_REPLY_TO)

static bool wants(const struct nrs_session_env *env, enum nrs_field field)
{
	return nrs_wanted(env->demand, field);
}

static void push(struct nrs_session_env *env, struct nrs_mail *mail,
		 enum nrs_field field, struct nrs_span value)
{
	if (wants(env, field) && value.len > 0)
		nrs_txn_value(env->matcher, mail->txn, field, 0, value);
}

struct nrs_mail *nrs_mail_begin(struct nrs_session_env *env,
				struct nrs_txn *txn)
{
	struct nrs_mail *mail;

	if ((env->demand & NRS_MESSAGE_FIELDS) == 0 && !nrs_files_wanted(env))
		return NULL;
	mail = nrs_slab_take(&env->pools->buffers);
	if (mail == NULL) {
		nrs_lack(env, NRS_C_MAIL_REFUSED);
		return NULL;
	}
	nrs_count(env->counters, NRS_C_MAIL);
	mail->txn = txn;
	mail->file = NULL;
	mail->files = 0;
	mail->has_links = mail->is_doubtful = mail->has_gap = false;
	mail->has_shape = mail->is_file = mail->is_part = false;
	nrs_mime_init(&mail->mime, env->charsets);
	return mail;
}

struct nrs_mail *nrs_mail_begin_part(struct nrs_session_env *env,
				     struct nrs_txn *txn)
{
	struct nrs_mail *mail = nrs_mail_begin(env, txn);

	if (mail != NULL)
		mail->is_part = mail->has_shape = true;
	return mail;
}

static void push_addresses(struct nrs_session_env *env, struct nrs_mail *mail,
			   enum nrs_field field, struct nrs_span value)
{
	struct nrs_mail_addresses list;
	struct nrs_span address;

	list.rest = value;
	while (nrs_mail_address_next(&list, &address))
		push(env, mail, field, address);
}

static void push_date(struct nrs_session_env *env, struct nrs_mail *mail,
		      struct nrs_span value)
{
	int64_t ns;

	if (!wants(env, NRS_F_EMAIL_DATE))
		return;
	if (nrs_mail_date(value, &ns) == NRS_OK)
		nrs_txn_int(env->matcher, mail->txn, NRS_F_EMAIL_DATE, ns);
	else
		nrs_count(env->counters, NRS_C_VALUES_BAD);
}

/* "Name: value" with the words of the value decoded. */
static void push_header(struct nrs_session_env *env, struct nrs_mail *mail,
			const struct nrs_mime_item *item)
{
	uint8_t *const room = env->text_room;
	size_t len = item->name.len;

	if (!wants(env, NRS_F_EMAIL_HEADER))
		return;
	if (len + 2 > NRS_SESSION_TEXT_ROOM) {
		nrs_count(env->counters, NRS_C_VALUES_BAD);
		return;
	}
	memcpy(room, item->name.ptr, len);
	memcpy(room + len, ": ", 2);
	len += 2;
	len += nrs_mail_words(item->value, env->charsets, room + len,
			      NRS_SESSION_TEXT_ROOM - len);
	push(env, mail, NRS_F_EMAIL_HEADER, nrs_span(room, len));
}

static void push_field(struct nrs_session_env *env, struct nrs_mail *mail,
		       enum nrs_field field, enum shape shape,
		       struct nrs_span value)
{
	switch (shape) {
	case SHAPE_ADDRESSES:
		if (wants(env, field))
			push_addresses(env, mail, field, value);
		break;
	case SHAPE_TEXT:
		if (wants(env, field))
			push(env, mail, field,
			     nrs_span(env->text_room,
				      nrs_mail_words(value, env->charsets,
						     env->text_room,
						     NRS_SESSION_TEXT_ROOM)));
		break;
	case SHAPE_LINE:
		push(env, mail, field, value);
		break;
	case SHAPE_DATE:
		push_date(env, mail, value);
		break;
	}
}

/* Of the message as a whole. */
static void push_shape(struct nrs_session_env *env, struct nrs_mail *mail,
		       struct nrs_span type)
{
	const bool is_multipart =
		nrs_span_is_icase(nrs_span_part(type, 0, 10), "multipart/");

	if (!mail->has_shape && wants(env, NRS_F_EMAIL_MULTIPART))
		nrs_txn_int(env->matcher, mail->txn, NRS_F_EMAIL_MULTIPART,
			    is_multipart);
	mail->has_shape = true;
}

static void take_field(struct nrs_session_env *env, struct nrs_mail *mail,
		       const struct nrs_mime_item *item)
{
	if (!mail->mime.is_own || mail->is_part ||
	    (env->demand & HEADER_FIELDS) == 0)
		return; /* of a part, or of a message in the message */
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!nrs_span_is_icase(item->name, rows[i].name))
			continue;
		push_field(env, mail, rows[i].field, rows[i].shape,
			   item->value);
		if (rows[i].field == NRS_F_EMAIL_CONTENT_TYPE)
			push_shape(env, mail, item->value);
		if (!IS_ADDITIONAL(rows[i].field))
			return;
	}
	push_header(env, mail, item);
}

static void push_attachment(struct nrs_session_env *env, struct nrs_mail *mail,
			    struct nrs_span name)
{
	if (name.len > 0 && wants(env, NRS_F_EMAIL_ATTACHMENT))
		nrs_txn_value(env->matcher, mail->txn, NRS_F_EMAIL_ATTACHMENT,
			      mail->files, name);
}

/* What has a name is a file, and what is no text. */
static void begin_part(struct nrs_session_env *env, struct nrs_mail *mail)
{
	const struct nrs_mime_part *part = &mail->mime.part;
	const struct nrs_span name = nrs_span(part->name, part->name_len);
	const struct nrs_span type = nrs_span(part->type, part->type_len);
	const bool is_html = nrs_span_is(type, "text/html");

	push_shape(env, mail, nrs_span(NULL, 0));
	mail->has_links =
		(wants(env, NRS_F_EMAIL_URL) ||
		 wants(env, NRS_F_EMAIL_URL_HOST)) &&
		(is_html || type.len == 0 || nrs_span_is(type, "text/plain"));
	if (mail->has_links)
		nrs_links_init(&mail->links, is_html);
	mail->is_file = name.len > 0 ||
			(type.len > 0 && !nrs_span_starts(type, "text/"));
	push_attachment(env, mail, name);
	if (mail->is_file && nrs_files_wanted(env))
		mail->file = nrs_file_begin(env, name);
	if (mail->file == NULL && !mail->has_links)
		nrs_mime_skip(&mail->mime);
}

/* Host of http://user@HOST:80/x, with its port. */
static struct nrs_span host_of(struct nrs_span url)
{
	size_t from = nrs_span_find_text(url, "://") + 3, to;

	for (to = from; to < url.len; to++) {
		if (url.ptr[to] == '@')
			from = to + 1;
		if (memchr("/?#", url.ptr[to], 3) != NULL)
			break;
	}
	return nrs_span_part(url, from, to - from);
}

static void push_url(struct nrs_session_env *env, struct nrs_mail *mail,
		     struct nrs_span url)
{
	push(env, mail, NRS_F_EMAIL_URL, url);
	push(env, mail, NRS_F_EMAIL_URL_HOST, host_of(url));
}

static void take_data(struct nrs_session_env *env, struct nrs_mail *mail,
		      struct nrs_span data)
{
	struct nrs_span rest = data, url;

	nrs_file_bytes(env, mail->file, data);
	while (mail->has_links && nrs_links_next(&mail->links, &rest, &url))
		push_url(env, mail, url);
}

static void end_part(struct nrs_session_env *env, struct nrs_mail *mail,
		     bool is_complete)
{
	struct nrs_span url;

	if (mail->has_links) {
		if (nrs_links_finish(&mail->links, &url))
			push_url(env, mail, url);
		for (unsigned int i = 0; i < mail->links.refused; i++)
			nrs_lack(env, NRS_C_MAIL_CUT);
	}
	mail->has_links = false;
	if (mail->file != NULL)
		nrs_file_end(env, mail->file, mail->txn, mail->files,
			     is_complete);
	mail->files += mail->is_file;
	mail->file = NULL;
}

static void take_item(struct nrs_session_env *env, struct nrs_mail *mail,
		      const struct nrs_mime_item *item, bool is_complete)
{
	switch (item->what) {
	case NRS_MIME_FIELD_READ:
		take_field(env, mail, item);
		break;
	case NRS_MIME_BEGIN:
		begin_part(env, mail);
		break;
	case NRS_MIME_MESSAGE: /* its own parts are told, not it as a file */
		push_shape(env, mail, nrs_span(NULL, 0));
		push_attachment(env, mail, item->value);
		mail->files++;
		break;
	case NRS_MIME_DATA:
		take_data(env, mail, item->data);
		break;
	case NRS_MIME_END:
		end_part(env, mail, is_complete);
		break;
	case NRS_MIME_MORE:
		break;
	}
}

void nrs_mail_bytes(struct nrs_session_env *env, struct nrs_mail *mail,
		    struct nrs_span bytes)
{
	struct nrs_mime_item item;

	if (mail == NULL)
		return;
	do {
		nrs_mime_next(&mail->mime, &bytes, &item);
		take_item(env, mail, &item, true);
	} while (item.what != NRS_MIME_MORE);
}

void nrs_mail_gap(struct nrs_session_env *env, struct nrs_mail *mail,
		  uint64_t len)
{
	const bool is_coded =
		mail != NULL && mail->mime.transfer.kind != NRS_TRANSFER_PLAIN;

	if (mail == NULL)
		return;
	nrs_mime_gap(&mail->mime);
	mail->has_gap = true;
	nrs_file_gap(env, mail->file, is_coded ? 0 : len);
	if (mail->has_links) /* what was under way is not whole */
		nrs_links_init(&mail->links, mail->links.is_html);
}

void nrs_mail_end(struct nrs_session_env *env, struct nrs_mail *mail,
		  bool is_complete)
{
	struct nrs_mime_item item;

	if (mail == NULL)
		return;
	do {
		nrs_mime_finish(&mail->mime, &item);
		take_item(env, mail, &item, is_complete);
	} while (item.what != NRS_MIME_MORE);
	push_shape(env, mail, nrs_span(NULL, 0));
	if (mail->mime.told.is_cut || mail->mime.told.is_deep)
		nrs_lack(env, NRS_C_MAIL_CUT);
	if (mail->mime.told.is_ambiguous || mail->is_doubtful)
		nrs_lack(env, NRS_C_MAIL_AMBIGUOUS);
	if (mail->has_gap || !is_complete)
		nrs_lack(env, NRS_C_MAIL_PARTIAL);
	nrs_slab_give(&env->pools->buffers, mail);
}

bool nrs_mail_is_skipped(const struct nrs_mail *mail)
{
	return mail == NULL ||
	       (nrs_mime_in_part(&mail->mime) && mail->mime.is_skipped);
}

void nrs_mail_doubt(struct nrs_mail *mail)
{
	if (mail != NULL)
		mail->is_doubtful = true;
}
