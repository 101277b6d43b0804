/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp_attribute: a table of MISP's types, in the order of the specification.
 *
 * A composite with a file name gives the digest alone, with the name as its
 * own: whoever renames a file keeps its digest.
 */
#include "loaders/misp_attribute.h"

#include <stdio.h>

#include "engine/pattern.h"

#define TEXT_MAX ((size_t)1024)

enum fate {
	IGNORED, /* says nothing that could be looked for */
	TAKEN,
	TAKEN_BEHIND_NAME, /* NAME|VALUE */
	RULE,		   /* in a language that we do not evaluate */
	TOO_BROAD,
	PAYLOAD,
	SCANNED,
};

static const struct row {
	const char *name;
	enum fate fate;
	enum nrs_typed type;
} rows[] = {
	{"ip-src", TAKEN, NRS_TYPED_ADDRESS},
	{"ip-dst", TAKEN, NRS_TYPED_ADDRESS},
	{"ip-src|port", TAKEN, NRS_TYPED_ENDPOINT},
	{"ip-dst|port", TAKEN, NRS_TYPED_DESTINATION},
	{"domain|ip", TAKEN, NRS_TYPED_NAME_ADDRESS},
	{"hostname|port", TAKEN, NRS_TYPED_SERVICE},
	{"domain", TAKEN, NRS_TYPED_NAME},
	{"hostname", TAKEN, NRS_TYPED_NAME},
	{"url", TAKEN, NRS_TYPED_URL},
	{"uri", TAKEN, NRS_TYPED_REQUEST},
	{"link", TAKEN, NRS_TYPED_URL},
	{"user-agent", TAKEN, NRS_TYPED_USER_AGENT},
	{"cookie", TAKEN, NRS_TYPED_COOKIE},
	{"http-method", TOO_BROAD, 0},
	{"md5", TAKEN, NRS_TYPED_MD5},
	{"sha1", TAKEN, NRS_TYPED_SHA1},
	{"sha224", TAKEN, NRS_TYPED_SHA224},
	{"sha256", TAKEN, NRS_TYPED_SHA256},
	{"sha384", TAKEN, NRS_TYPED_SHA384},
	{"sha512", TAKEN, NRS_TYPED_SHA512},
	{"sha512/256", TAKEN, NRS_TYPED_SHA512_256},
	{"filename|md5", TAKEN_BEHIND_NAME, NRS_TYPED_MD5},
	{"filename|sha1", TAKEN_BEHIND_NAME, NRS_TYPED_SHA1},
	{"filename|sha224", TAKEN_BEHIND_NAME, NRS_TYPED_SHA224},
	{"filename|sha256", TAKEN_BEHIND_NAME, NRS_TYPED_SHA256},
	{"filename|sha384", TAKEN_BEHIND_NAME, NRS_TYPED_SHA384},
	{"filename|sha512", TAKEN_BEHIND_NAME, NRS_TYPED_SHA512},
	{"filename|sha512/256", TAKEN_BEHIND_NAME, NRS_TYPED_SHA512_256},
	{"malware-sample", TAKEN_BEHIND_NAME, NRS_TYPED_MD5},
	{"filename", TAKEN, NRS_TYPED_FILE_NAME},
	{"attachment", TAKEN, NRS_TYPED_FILE_NAME},
	{"size-in-bytes", TOO_BROAD, 0},
	{"mime-type", TOO_BROAD, 0},
	{"email", TAKEN, NRS_TYPED_EMAIL},
	{"email-src", TAKEN, NRS_TYPED_MAIL_FROM},
	{"email-dst", TAKEN, NRS_TYPED_MAIL_TO},
	{"email-subject", TAKEN, NRS_TYPED_MAIL_SUBJECT},
	{"email-message-id", TAKEN, NRS_TYPED_MAIL_ID},
	{"email-attachment", TAKEN, NRS_TYPED_MAIL_ATTACHMENT},
	{"email-reply-to", TAKEN, NRS_TYPED_MAIL_REPLY_TO},
	{"email-x-mailer", TAKEN, NRS_TYPED_MAIL_MAILER},
	{"dns-soa-email", TAKEN, NRS_TYPED_EMAIL},
	{"x509-fingerprint-md5", TAKEN, NRS_TYPED_CERTIFICATE_MD5},
	{"x509-fingerprint-sha1", TAKEN, NRS_TYPED_CERTIFICATE_SHA1},
	{"x509-fingerprint-sha256", TAKEN, NRS_TYPED_CERTIFICATE_SHA256},
	{"ja3-fingerprint-md5", TAKEN, NRS_TYPED_JA3},
	{"ja4-plus", TAKEN, NRS_TYPED_JA4},
	{"hassh-md5", TAKEN, NRS_TYPED_HASSH},
	{"hasshserver-md5", TAKEN, NRS_TYPED_HASSH_SERVER},
	{"community-id", TAKEN, NRS_TYPED_COMMUNITY_ID},
	{"jarm-fingerprint", SCANNED, 0},
	{"mac-address", TAKEN, NRS_TYPED_MAC},
	{"mac-eui-64", IGNORED, 0},
	{"AS", TAKEN, NRS_TYPED_AS},
	{"port", TOO_BROAD, 0},
	{"pattern-in-traffic", PAYLOAD, 0},
	{"snort", RULE, 0},
	{"suricata", RULE, 0},
	{"yara", RULE, 0},
	{"sigma", RULE, 0},
	{"zeek", RULE, 0},
	{"bro", RULE, 0},
};

void nrs_misp_taker_fini(struct nrs_misp_taker *taker)
{
	nrs_misp_tags_fini(&taker->tags);
}

struct nrs_span nrs_misp_text(const struct nrs_json *object, const char *key)
{
	const struct nrs_json *value = nrs_json_get(object, key);

	return nrs_json_is(value, NRS_JSON_STRING) ||
			       nrs_json_is(value, NRS_JSON_NUMBER)
		       ? value->text
		       : nrs_span(NULL, 0);
}

bool nrs_misp_is(const struct nrs_json *object, const char *key)
{
	return nrs_json_is(nrs_json_get(object, key), NRS_JSON_TRUE) ||
	       nrs_span_is(nrs_misp_text(object, key), "1");
}

int64_t nrs_misp_time(const struct nrs_json *object, const char *key)
{
	uint64_t seconds = 0;

	if (nrs_span_u64(nrs_misp_text(object, key), &seconds) != NRS_OK ||
	    seconds > (uint64_t)(NRS_TIME_MAX / NRS_SECOND_NS))
		return 0;
	return (int64_t)seconds * NRS_SECOND_NS;
}

bool nrs_misp_is_uuid(struct nrs_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		const uint8_t c = nrs_ascii_lower(text.ptr[i]);
		const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (is_dash ? c != '-'
			    : !((c >= '0' && c <= '9') ||
				(c >= 'a' && c <= 'f')))
			return false;
	}
	return text.len == 36;
}

struct nrs_span nrs_misp_cut(struct nrs_span text, size_t len)
{
	if (text.len <= len)
		return text;
	while (len > 0 && (text.ptr[len] & 0xc0) == 0x80)
		len--;
	return nrs_span_part(text, 0, len);
}

struct nrs_span nrs_misp_id(const char *type, const struct nrs_json *object,
			    char room[64])
{
	const struct nrs_span uuid = nrs_misp_text(object, "uuid");

	if (!nrs_misp_is_uuid(uuid))
		return nrs_span(NULL, 0);
	const int len = snprintf(room, 64, "%s--%.*s", type, (int)uuid.len,
				 (const char *)uuid.ptr);
	for (int i = 0; i < len; i++)
		room[i] = (char)nrs_ascii_lower((uint8_t)room[i]);
	return nrs_span(room, (size_t)len);
}

static const struct row *row_of(struct nrs_span type)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (nrs_span_is(type, rows[i].name))
			return &rows[i];
	}
	return NULL;
}

static void read_seen(const struct nrs_json *attribute, struct nrs_entry *entry)
{
	int64_t first = NRS_TIME_MIN, last = NRS_TIME_MIN;
	const struct nrs_span from = nrs_misp_text(attribute, "first_seen");
	const struct nrs_span to = nrs_misp_text(attribute, "last_seen");

	entry->warned |=
		from.len > 0 && nrs_stamp_parse_human(from, &first) != NRS_OK;
	entry->warned |=
		to.len > 0 && nrs_stamp_parse_human(to, &last) != NRS_OK;
	entry->valid_from_ns = first;
	if (last > first)
		entry->valid_until_ns = last;
}

/* A rule in another language: kept, and never taken for a STIX pattern. */
static int add_rule(struct nrs_misp_taker *t, const struct row *row,
		    const struct nrs_entry *entry)
{
	struct nrs_set *set = t->adder->set;
	struct nrs_indicator item = {
		.id = nrs_arena_copy(nrs_set_arena(set), entry->id),
		.pattern = nrs_arena_copy(nrs_set_arena(set), entry->value),
		.created_ns = entry->created_ns,
		.modified_ns = entry->modified_ns,
		.valid_from_ns = entry->valid_from_ns,
		.valid_until_ns = entry->valid_until_ns,
		.source = t->adder->source,
		.place = (uint32_t)entry->place,
		.confidence = entry->confidence,
		.tlp = entry->tlp,
		.version = NRS_STIX_21};
	char reason[40];

	snprintf(reason, sizeof(reason), "pattern type %s", row->name);
	if (item.id.len != entry->id.len ||
	    item.pattern.len != entry->value.len)
		return NRS_E_NOMEM;
	const int err =
		nrs_adder_context(t->adder, entry->context, &item.context);
	if (err != NRS_OK || nrs_set_add(set, &item) != NRS_OK)
		return NRS_E_NOMEM;
	t->adder->result.indicators++;
	return nrs_set_judge(set, nrs_set_count(set) - 1,
			     NRS_STATUS_UNSUPPORTED, reason);
}

static const char *why_not(enum fate fate)
{
	switch (fate) {
	case TOO_BROAD:
		return "alone it would match almost anything";
	case PAYLOAD:
		return "content of payload is not matched";
	case SCANNED:
		return "only a scan of the server shows it";
	default:
		return NULL;
	}
}

/* NAME|VALUE apart. */
static void take_name(struct nrs_entry *entry,
		      struct nrs_indicator_context *said)
{
	size_t bar = SIZE_MAX;

	for (size_t i = 0; i < entry->value.len; i++) {
		if (entry->value.ptr[i] == '|')
			bar = i;
	}
	if (bar == SIZE_MAX)
		return;
	said->name = nrs_misp_cut(nrs_span_part(entry->value, 0, bar),
				  NRS_MISP_NAME_MAX);
	entry->value = nrs_span_from(entry->value, bar + 1);
}

/* Feeds confuse the sides: only when told are they taken for what they say. */
static enum nrs_typed with_role(const struct row *row)
{
	const struct nrs_span name = nrs_span_of(row->name);

	if (nrs_span_is(name, "ip-src"))
		return NRS_TYPED_SOURCE_ADDRESS;
	if (nrs_span_is(name, "ip-dst"))
		return NRS_TYPED_DESTINATION_ADDRESS;
	return nrs_span_is(name, "ip-src|port") ? NRS_TYPED_SOURCE : row->type;
}

static int add(struct nrs_misp_taker *t, const struct row *row,
	       const struct nrs_json *attribute, uint64_t place)
{
	const struct nrs_span value = nrs_misp_text(attribute, "value");
	struct nrs_entry entry = nrs_adder_entry(t->adder, place);
	const struct nrs_json *event = nrs_json_get(attribute, "Event");
	char report[64];
	const struct nrs_background background = {
		.labels = nrs_text_span(&t->tags.labels),
		.indicates = nrs_text_span(&t->tags.indicates),
		.sectors = nrs_text_span(&t->tags.sectors),
		.report_id = nrs_misp_id("report", event, report),
		.report_name = nrs_misp_cut(nrs_misp_text(event, "info"),
					    NRS_MISP_NAME_MAX)};
	struct nrs_indicator_context said = {
		.description = nrs_misp_cut(nrs_misp_text(attribute, "comment"),
					    TEXT_MAX),
		.background = &background};
	const char *reason = why_not(row->fate);
	char id[64], text[300];
	int err = NRS_E_FORMAT;

	entry.type = t->options.has_roles ? with_role(row) : row->type;
	entry.value = value;
	entry.id = nrs_misp_id("indicator", attribute, id);
	entry.context = &said;
	entry.tlp = (uint8_t)t->tags.tlp;
	entry.confidence = t->tags.confidence;
	entry.created_ns = entry.modified_ns =
		nrs_misp_time(attribute, "timestamp");
	if (t->options.is_seen_validity)
		read_seen(attribute, &entry);
	if (row->fate == TAKEN_BEHIND_NAME)
		take_name(&entry, &said);
	if (row->fate == RULE)
		err = add_rule(t, row, &entry);
	else if (reason == NULL)
		err = nrs_adder_add(t->adder, &entry, &reason);
	if (err != NRS_E_FORMAT)
		return err;
	const int len = snprintf(text, sizeof(text), "%s %.*s", row->name,
				 (int)(value.len > 200 ? 200 : value.len),
				 (const char *)value.ptr);
	return nrs_adder_refuse(t->adder, place, nrs_span(text, (size_t)len),
				reason);
}

/* NRS_IGNORED_COUNT: not at all. */
static enum nrs_ignored why_ignored(const struct nrs_misp_taker *t,
				    const struct row *row,
				    const struct nrs_json *attribute)
{
	if (row == NULL || row->fate == IGNORED)
		return NRS_IGNORED_TYPE;
	if (nrs_misp_is(attribute, "deleted"))
		return NRS_IGNORED_DELETED;
	return t->options.all || nrs_misp_is(attribute, "to_ids")
		       ? NRS_IGNORED_COUNT
		       : NRS_IGNORED_TO_IDS;
}

int nrs_misp_attribute(struct nrs_misp_taker *t,
		       const struct nrs_json *attribute, uint64_t place)
{
	if (!nrs_json_is(attribute, NRS_JSON_OBJECT))
		return nrs_adder_refuse(t->adder, place,
					nrs_span_of("attribute"),
					"no JSON object");
	const struct row *row = row_of(nrs_misp_text(attribute, "type"));
	const enum nrs_ignored ignored = why_ignored(t, row, attribute);

	if (ignored != NRS_IGNORED_COUNT) {
		nrs_loader_ignore(&t->adder->result, ignored, 1);
		return NRS_OK;
	}
	const int err = nrs_misp_tags_read(&t->tags, attribute);
	if (err != NRS_OK)
		return err;
	if (t->tags.is_false_positive && t->options.skip_false_positives) {
		nrs_loader_ignore(&t->adder->result, NRS_IGNORED_FALSE_POSITIVE,
				  1);
		return NRS_OK;
	}
	return add(t, row, attribute, place);
}
