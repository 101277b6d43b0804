/* SPDX-License-Identifier: Apache-2.0 */
/*
 * typed: one row per type. Types that a list can hold too go through the list's
 * own rules and must come out as what they are said to be; the others are
 * checked for what they are made of and written out as one test.
 */
#include "loaders/typed.h"

#include "engine/canon.h"
#include "engine/refang.h"
#include "loaders/list_line.h"
#include "loaders/typed_pair.h"

#define BIT(shape) (1u << NRS_SHAPE_##shape)
#define ADDRESSES (BIT(IPV4) | BIT(IPV6))
#define HASHES (BIT(MD5) | BIT(SHA1) | BIT(SHA256) | BIT(SHA384) | BIT(SHA512))
#define HTTP "network-traffic:extensions.'http-request-ext'."
#define TLS "network-traffic:extensions.'tls-ext'."
#define SSH "network-traffic:extensions.'ssh-ext'."
#define MAIL "email-message:"

enum made_of { TEXT, HEX, MAC, NUMBER, MAILBOX, PAIR, PATTERN };

static const struct row {
	const char *name;
	uint32_t shapes;  /* that it may have */
	uint32_t retyped; /* that it is taken as, with a warning */
	const char *path; /* of a pattern */
	enum made_of made_of;
	unsigned int digits; /* of HEX */
	const char *wrong;
} rows[NRS_TYPED_COUNT] = {
	[NRS_TYPED_ANY] = {"any", ~0u, 0, NULL, TEXT, 0, ""},
	[NRS_TYPED_ADDRESS] = {"address", ADDRESSES, BIT(ADDR_PORT), NULL, TEXT,
			       0, "no address or prefix"},
	[NRS_TYPED_ADDRESS_PORT] = {"address-port", BIT(ADDR_PORT), ADDRESSES,
				    NULL, TEXT, 0, "no address:port"},
	[NRS_TYPED_NAME] = {"name", BIT(NAME) | BIT(SUBDOMAINS),
			    ADDRESSES | BIT(ADDR_PORT) | BIT(URL), NULL, TEXT,
			    0, "no domain name"},
	[NRS_TYPED_URL] = {"url", BIT(URL), 0, NULL, TEXT, 0, "no URL"},
	[NRS_TYPED_EMAIL] = {"email", BIT(EMAIL), 0, NULL, TEXT, 0,
			     "no mail address"},
	[NRS_TYPED_HASH] = {"hash", HASHES, 0, NULL, TEXT, 0,
			    "no digest of a known length"},
	[NRS_TYPED_MD5] = {"md5", BIT(MD5), 0, NULL, TEXT, 0,
			   "not 32 hex digits"},
	[NRS_TYPED_SHA1] = {"sha1", BIT(SHA1), 0, NULL, TEXT, 0,
			    "not 40 hex digits"},
	[NRS_TYPED_SHA256] = {"sha256", BIT(SHA256), 0, NULL, TEXT, 0,
			      "not 64 hex digits"},
	[NRS_TYPED_SHA384] = {"sha384", BIT(SHA384), 0, NULL, TEXT, 0,
			      "not 96 hex digits"},
	[NRS_TYPED_SHA512] = {"sha512", BIT(SHA512), 0, NULL, TEXT, 0,
			      "not 128 hex digits"},
	[NRS_TYPED_JA4] = {"ja4", BIT(JA4), 0, NULL, TEXT, 0, "no JA4"},
	[NRS_TYPED_SHA224] = {"sha224", 0, 0, "file:hashes.'SHA-224'", HEX, 56,
			      "not 56 hex digits"},
	[NRS_TYPED_SHA512_256] = {"sha512-256", 0, 0,
				  "file:hashes.'SHA-512/256'", HEX, 64,
				  "not 64 hex digits"},
	[NRS_TYPED_CERTIFICATE_MD5] = {"certificate-md5", 0, 0,
				       "x509-certificate:hashes.MD5", HEX, 32,
				       "not 32 hex digits"},
	[NRS_TYPED_CERTIFICATE_SHA1] = {"certificate-sha1", 0, 0,
					"x509-certificate:hashes.'SHA-1'", HEX,
					40, "not 40 hex digits"},
	[NRS_TYPED_CERTIFICATE_SHA256] = {"certificate-sha256", 0, 0,
					  "x509-certificate:hashes.'SHA-256'",
					  HEX, 64, "not 64 hex digits"},
	[NRS_TYPED_JA3] = {"ja3", 0, 0, TLS "ja3", HEX, 32,
			   "not 32 hex digits"},
	[NRS_TYPED_JA3S] = {"ja3s", 0, 0, TLS "ja3s", HEX, 32,
			    "not 32 hex digits"},
	[NRS_TYPED_HASSH] = {"hassh", 0, 0, SSH "hassh", HEX, 32,
			     "not 32 hex digits"},
	[NRS_TYPED_HASSH_SERVER] = {"hassh-server", 0, 0, SSH "hassh_server",
				    HEX, 32, "not 32 hex digits"},
	[NRS_TYPED_SSH_KEY_MD5] = {"ssh-key-md5", 0, 0, SSH "host_key_md5", HEX,
				   32, "not 32 hex digits"},
	[NRS_TYPED_COMMUNITY_ID] = {"community-id", 0, 0,
				    "network-traffic:x_community_id", TEXT, 0,
				    ""},
	[NRS_TYPED_USER_AGENT] = {"user-agent", 0, 0,
				  HTTP "request_header.'User-Agent'", TEXT, 0,
				  ""},
	[NRS_TYPED_COOKIE] = {"cookie", 0, 0, HTTP "request_header.Cookie",
			      TEXT, 0, ""},
	[NRS_TYPED_REQUEST] = {"request", 0, 0, HTTP "request_value", TEXT, 0,
			       ""},
	[NRS_TYPED_FILE_NAME] = {"file-name", 0, 0, "file:name", TEXT, 0, ""},
	[NRS_TYPED_MAIL_FROM] = {"mail-from", 0, 0, MAIL "from_ref.value",
				 MAILBOX, 0, "no mail address"},
	[NRS_TYPED_MAIL_TO] = {"mail-to", 0, 0, MAIL "to_refs[*].value",
			       MAILBOX, 0, "no mail address"},
	[NRS_TYPED_MAIL_SUBJECT] = {"mail-subject", 0, 0, MAIL "subject", TEXT,
				    0, ""},
	[NRS_TYPED_MAIL_ID] = {"mail-id", 0, 0, MAIL "message_id", TEXT, 0, ""},
	[NRS_TYPED_MAIL_REPLY_TO] = {"mail-reply-to", 0, 0,
				     MAIL "additional_header_fields.'Reply-To'",
				     TEXT, 0, ""},
	[NRS_TYPED_MAIL_MAILER] = {"mail-mailer", 0, 0,
				   MAIL "additional_header_fields.'X-Mailer'",
				   TEXT, 0, ""},
	[NRS_TYPED_MAIL_ATTACHMENT] = {"mail-attachment", 0, 0,
				       MAIL "body_multipart[*].body_raw_ref."
					    "name",
				       TEXT, 0, ""},
	[NRS_TYPED_MAC] = {"mac", 0, 0, "mac-addr:value", MAC, 0,
			   "no MAC address"},
	[NRS_TYPED_AS] = {"as", 0, 0, "autonomous-system:number", NUMBER, 0,
			  "no number of an autonomous system"},
	[NRS_TYPED_USER_NAME] = {"user-name", 0, 0,
				 "user-account:account_login", TEXT, 0, ""},
	[NRS_TYPED_SOFTWARE] = {"software", 0, 0, "software:name", TEXT, 0, ""},
	[NRS_TYPED_REGISTRY_KEY] = {"registry-key", 0, 0,
				    "windows-registry-key:key", TEXT, 0, ""},
	[NRS_TYPED_MUTEX] = {"mutex", 0, 0, "mutex:name", TEXT, 0, ""},
	[NRS_TYPED_PATTERN] = {"pattern", 0, 0, NULL, PATTERN, 0, ""},
	[NRS_TYPED_SOURCE_ADDRESS] = {"source-address", 0, 0, NULL, PAIR, 0,
				      ""},
	[NRS_TYPED_DESTINATION_ADDRESS] = {"destination-address", 0, 0, NULL,
					   PAIR, 0, ""},
	[NRS_TYPED_SOURCE] = {"source", 0, 0, NULL, PAIR, 0, ""},
	[NRS_TYPED_DESTINATION] = {"destination", 0, 0, NULL, PAIR, 0, ""},
	[NRS_TYPED_ENDPOINT] = {"endpoint", 0, 0, NULL, PAIR, 0, ""},
	[NRS_TYPED_SERVICE] = {"service", 0, 0, NULL, PAIR, 0, ""},
	[NRS_TYPED_NAME_ADDRESS] = {"name-address", 0, 0, NULL, PAIR, 0, ""},
};

void nrs_typed_room_fini(struct nrs_typed_room *room)
{
	nrs_text_fini(&room->pattern);
}

enum nrs_typed nrs_typed_by_name(struct nrs_span name)
{
	unsigned int i = 0;

	while (i < NRS_TYPED_COUNT && !nrs_span_is_icase(name, rows[i].name))
		i++;
	return (enum nrs_typed)i;
}

static int refuse(struct nrs_typed_value *out, const char *reason)
{
	out->reason = reason;
	return NRS_E_FORMAT;
}

void nrs_typed_quote(struct nrs_text *out, struct nrs_span value)
{
	nrs_text_putc(out, '\'');
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '\'' || value.ptr[i] == '\\')
			nrs_text_putc(out, '\\');
		nrs_text_putc(out, (char)value.ptr[i]);
	}
	nrs_text_putc(out, '\'');
}

/* In what is said to be a URL a blank is no end of it: as it would be sent. */
static struct nrs_span escape_blanks(struct nrs_typed_room *room,
				     struct nrs_span value)
{
	size_t blanks = 0;

	for (size_t i = 0; i < value.len; i++)
		blanks += value.ptr[i] == ' ';
	size_t at = value.len + 2 * blanks;
	const struct nrs_span escaped = nrs_span(room->plain, at);
	if (blanks == 0 || at >= sizeof(room->plain))
		return value;
	memmove(room->plain, value.ptr, value.len);
	for (size_t i = value.len; i-- > 0;) {
		const uint8_t c = room->plain[i];

		at -= c == ' ' ? 3 : 1;
		if (c == ' ')
			memcpy(room->plain + at, "%20", 3);
		else
			room->plain[at] = c;
	}
	return escaped;
}

/* A type that lists know: their rules, and one of the shapes of @row. */
static int read_shape(struct nrs_typed_room *room, const struct row *row,
		      struct nrs_span value, struct nrs_typed_value *out)
{
	struct nrs_list_value found;
	bool changed;

	if (nrs_list_may_be_defanged(value))
		value = nrs_span_trim(nrs_span(
			room->plain, nrs_refang(value, room->plain, &changed)));
	if (row->shapes == BIT(URL))
		value = escape_blanks(room, value);
	/* Said to be a URL, a bare host means its front page. */
	if (row->shapes == BIT(URL) && value.len > 0 &&
	    nrs_span_find(value, '/', 0) == SIZE_MAX) {
		memmove(room->plain, value.ptr, value.len);
		room->plain[value.len] = '/';
		value = nrs_span(room->plain, value.len + 1);
	}
	const int err = nrs_list_shape(value, room->shaped,
				       sizeof(room->shaped), &found);
	if (err != NRS_OK && row->shapes == ~0u)
		return refuse(out, found.reason);
	out->is_retyped =
		err == NRS_OK && (1u << found.shape & row->retyped) != 0;
	if (err != NRS_OK ||
	    (!out->is_retyped && (1u << found.shape & row->shapes) == 0))
		return refuse(out, row->wrong);
	out->shape = found.shape;
	out->text = found.text;
	return NRS_OK;
}

/* Hex digits in lower case, colons and blanks between them left out. */
static bool write_hex(struct nrs_typed_room *room, struct nrs_span value,
		      unsigned int digits)
{
	size_t len = 0;

	for (size_t i = 0; i < value.len; i++) {
		const uint8_t c = nrs_ascii_lower(value.ptr[i]);

		if (c == ':' || c == ' ')
			continue;
		if (len == digits ||
		    !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
		room->plain[len++] = c;
	}
	if (len != digits)
		return false;
	nrs_typed_quote(&room->pattern, nrs_span(room->plain, len));
	return true;
}

static bool write_mac(struct nrs_typed_room *room, struct nrs_span value)
{
	uint8_t mac[6];

	if (nrs_canon_mac(value, mac) != NRS_OK)
		return false;
	nrs_text_printf(&room->pattern, "'%02x:%02x:%02x:%02x:%02x:%02x'",
			mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	return true;
}

/* 64500 or AS64500 */
static bool write_number(struct nrs_typed_room *room, struct nrs_span value)
{
	uint64_t number;

	if (value.len > 2 && nrs_ascii_lower(value.ptr[0]) == 'a' &&
	    nrs_ascii_lower(value.ptr[1]) == 's')
		value = nrs_span_from(value, 2);
	if (nrs_span_u64(value, &number) != NRS_OK || number > UINT32_MAX)
		return false;
	nrs_text_printf(&room->pattern, "%llu", (unsigned long long)number);
	return true;
}

/* What stands between the last angle brackets: RFC 5322, section 3.4,
 * name-addr. Without any it is an addr-spec already. */
static bool cut_display_name(struct nrs_span *value)
{
	size_t open = SIZE_MAX;

	for (size_t i = 0; i < value->len; i++)
		open = value->ptr[i] == '<' ? i : open;
	if (open == SIZE_MAX)
		return true;
	if (!nrs_span_ends(*value, ">"))
		return false;
	*value = nrs_span_trim(
		nrs_span_part(*value, open + 1, value->len - open - 2));
	return true;
}

/* One mail address, its display name dropped. */
static bool write_mailbox(struct nrs_typed_room *room, struct nrs_span value)
{
	size_t at = 0;
	bool changed;

	if (!cut_display_name(&value))
		return false;
	if (nrs_list_may_be_defanged(value))
		value = nrs_span(room->plain,
				 nrs_refang(value, room->plain, &changed));
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] <= ' ' || memchr(",;<>", value.ptr[i], 4))
			return false;
		at = value.ptr[i] == '@' ? i : at;
	}
	if (at == 0 || at + 1 == value.len)
		return false;
	nrs_typed_quote(&room->pattern, value);
	return true;
}

static bool write_value(struct nrs_typed_room *room, const struct row *row,
			struct nrs_span value)
{
	switch (row->made_of) {
	case HEX:
		return write_hex(room, value, row->digits);
	case MAC:
		return write_mac(room, value);
	case NUMBER:
		return write_number(room, value);
	case MAILBOX:
		return write_mailbox(room, value);
	default:
		nrs_typed_quote(&room->pattern, value);
		return true;
	}
}

int nrs_typed_read(struct nrs_typed_room *room, enum nrs_typed type,
		   struct nrs_span value, struct nrs_typed_value *out)
{
	const struct row *row = &rows[type];

	*out = (struct nrs_typed_value){.shape = NRS_SHAPE_PATTERN};
	value = nrs_span_trim(value);
	if (value.len == 0)
		return refuse(out, "no value");
	if (value.len > NRS_TYPED_MAX)
		return refuse(out, "longer than 8192 octets");
	if (nrs_span_find(value, 0, 0) != SIZE_MAX)
		return refuse(out, "holds a NUL octet");
	out->text = value;
	if (row->made_of == PATTERN)
		return NRS_OK;
	if (row->made_of == PAIR)
		return nrs_typed_pair(room, type, value, out);
	if (row->path == NULL)
		return read_shape(room, row, value, out);
	nrs_text_clear(&room->pattern);
	nrs_text_printf(&room->pattern, "[%s = ", row->path);
	if (!write_value(room, row, value))
		return refuse(out, row->wrong);
	nrs_text_putc(&room->pattern, ']');
	out->text = nrs_text_span(&room->pattern);
	return room->pattern.failed ? NRS_E_NOMEM : NRS_OK;
}
