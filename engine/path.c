/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path: one table of texts. A path is written out once, list indices as [*]
 * and a last [*] dropped, and looked for; the leniencies of section 2.4 are
 * rows like the others.
 */
#include "engine/path.h"

#include <stdio.h>

#include "engine/canon.h"

#define HTTP "network-traffic:extensions.http-request-ext."
#define CERT "x509-certificate:"
#define TLS "network-traffic:extensions.tls-ext."
#define SSH "network-traffic:extensions.ssh-ext."
#define HEADER_PATH HTTP "request_header."
#define HEADER_PATH_SHORT "http-request-ext:request_header."
#define MAIL "email-message:"

static const struct {
	const char *path;
	enum nrs_path_kind kind;
	enum nrs_lane lane;
	bool is_hex;
} rows[] = {
	{"ipv4-addr:value", NRS_PATH_LANE, NRS_LANE_ADDR, false},
	{"ipv6-addr:value", NRS_PATH_LANE, NRS_LANE_ADDR, false},
	{"mac-addr:value", NRS_PATH_LANE, NRS_LANE_MAC, false},
	{"domain-name:value", NRS_PATH_LANE, NRS_LANE_NAME, false},
	{"domain-name:resolves_to_refs[*].value", NRS_PATH_RESOLVES, 0, false},
	{"url:value", NRS_PATH_LANE, NRS_LANE_URL, false},
	{"network-traffic:src_ref.value", NRS_PATH_SRC_REF, 0, false},
	{"network-traffic:dst_ref.value", NRS_PATH_DST_REF, 0, false},
	{"network-traffic:src_ref.type", NRS_PATH_SRC_TYPE, 0, false},
	{"network-traffic:dst_ref.type", NRS_PATH_DST_TYPE, 0, false},
	{"network-traffic:src_port", NRS_PATH_LANE, NRS_LANE_SRC_PORT, false},
	{"network-traffic:dst_port", NRS_PATH_LANE, NRS_LANE_DST_PORT, false},
	{"network-traffic:protocols", NRS_PATH_LANE, NRS_LANE_PROTOCOL, false},
	{"network-traffic:start", NRS_PATH_LANE, NRS_LANE_START, false},
	{"network-traffic:end", NRS_PATH_LANE, NRS_LANE_END, false},
	{"network-traffic:is_active", NRS_PATH_LANE, NRS_LANE_ACTIVE, false},
	{"network-traffic:src_byte_count", NRS_PATH_LANE, NRS_LANE_SRC_BYTES,
	 false},
	{"network-traffic:dst_byte_count", NRS_PATH_LANE, NRS_LANE_DST_BYTES,
	 false},
	{"network-traffic:src_packets", NRS_PATH_LANE, NRS_LANE_SRC_PACKETS,
	 false},
	{"network-traffic:dst_packets", NRS_PATH_LANE, NRS_LANE_DST_PACKETS,
	 false},
	{"network-traffic:extensions.tcp-ext.src_flags_hex", NRS_PATH_LANE,
	 NRS_LANE_SRC_FLAGS, true},
	{"network-traffic:extensions.tcp-ext.dst_flags_hex", NRS_PATH_LANE,
	 NRS_LANE_DST_FLAGS, true},
	{"network-traffic:extensions.icmp-ext.icmp_type_hex", NRS_PATH_LANE,
	 NRS_LANE_ICMP_TYPE, true},
	{"network-traffic:extensions.icmp-ext.icmp_code_hex", NRS_PATH_LANE,
	 NRS_LANE_ICMP_CODE, true},
	{"artifact:payload_bin", NRS_PATH_LANE, NRS_LANE_PAYLOAD, false},
	{"network-traffic:src_payload_ref.payload_bin", NRS_PATH_LANE,
	 NRS_LANE_SRC_PAYLOAD, false},
	{"network-traffic:dst_payload_ref.payload_bin", NRS_PATH_LANE,
	 NRS_LANE_DST_PAYLOAD, false},
	{HTTP "request_method", NRS_PATH_LANE, NRS_LANE_METHOD, false},
	{HTTP "request_value", NRS_PATH_LANE, NRS_LANE_REQUEST_VALUE, false},
	{HTTP "request_version", NRS_PATH_LANE, NRS_LANE_HTTP_VERSION, false},
	{HTTP "message_body_length", NRS_PATH_LANE, NRS_LANE_BODY_LENGTH,
	 false},
	{"http-request-ext:request_method", NRS_PATH_LANE, NRS_LANE_METHOD,
	 false},
	{"http-request-ext:request_value", NRS_PATH_LANE,
	 NRS_LANE_REQUEST_VALUE, false},
	{CERT "serial_number", NRS_PATH_LANE, NRS_LANE_CERT_SERIAL, false},
	{CERT "issuer", NRS_PATH_LANE, NRS_LANE_CERT_ISSUER, false},
	{CERT "subject", NRS_PATH_LANE, NRS_LANE_CERT_SUBJECT, false},
	{CERT "validity_not_before", NRS_PATH_LANE, NRS_LANE_CERT_NOT_BEFORE,
	 false},
	{CERT "validity_not_after", NRS_PATH_LANE, NRS_LANE_CERT_NOT_AFTER,
	 false},
	{CERT "is_self_signed", NRS_PATH_LANE, NRS_LANE_CERT_SELF_SIGNED,
	 false},
	{"email-addr:value", NRS_PATH_LANE, NRS_LANE_EMAIL_ADDR, false},
	{MAIL "from_ref.value", NRS_PATH_LANE, NRS_LANE_MAIL_FROM, false},
	{MAIL "sender_ref.value", NRS_PATH_LANE, NRS_LANE_MAIL_SENDER, false},
	{MAIL "to_refs[*].value", NRS_PATH_LANE, NRS_LANE_MAIL_TO, false},
	{MAIL "cc_refs[*].value", NRS_PATH_LANE, NRS_LANE_MAIL_CC, false},
	{MAIL "bcc_refs[*].value", NRS_PATH_LANE, NRS_LANE_MAIL_BCC, false},
	{MAIL "subject", NRS_PATH_LANE, NRS_LANE_MAIL_SUBJECT, false},
	{"email:subject", NRS_PATH_LANE, NRS_LANE_MAIL_SUBJECT, false},
	{MAIL "date", NRS_PATH_LANE, NRS_LANE_MAIL_DATE, false},
	{MAIL "message_id", NRS_PATH_LANE, NRS_LANE_MAIL_ID, false},
	{MAIL "content_type", NRS_PATH_LANE, NRS_LANE_MAIL_TYPE, false},
	{MAIL "is_multipart", NRS_PATH_LANE, NRS_LANE_MAIL_MULTIPART, false},
	{MAIL "received_lines", NRS_PATH_LANE, NRS_LANE_MAIL_RECEIVED, false},
	{MAIL "body_multipart[*].body_raw_ref.name", NRS_PATH_LANE,
	 NRS_LANE_ATTACHMENT, false},
	{"file:name", NRS_PATH_LANE, NRS_LANE_FILE_NAME, false},
	{"file:size", NRS_PATH_LANE, NRS_LANE_FILE_SIZE, false},
	{"file:mime_type", NRS_PATH_LANE, NRS_LANE_FILE_TYPE, false},
	/* No STIX property exists: what products write. */
	{TLS "ja3", NRS_PATH_LANE, NRS_LANE_JA3, false},
	{TLS "ja3_hash", NRS_PATH_LANE, NRS_LANE_JA3, false},
	{TLS "client_fingerprint", NRS_PATH_LANE, NRS_LANE_JA3, false},
	{TLS "ja3s", NRS_PATH_LANE, NRS_LANE_JA3S, false},
	{TLS "ja3s_hash", NRS_PATH_LANE, NRS_LANE_JA3S, false},
	{TLS "ja4", NRS_PATH_LANE, NRS_LANE_JA4, false},
	{"network-traffic:x_ja3", NRS_PATH_LANE, NRS_LANE_JA3, false},
	{"network-traffic:x_ja3s", NRS_PATH_LANE, NRS_LANE_JA3S, false},
	{"network-traffic:x_ja4", NRS_PATH_LANE, NRS_LANE_JA4, false},
	{"x-ecs-tls:client_ja3", NRS_PATH_LANE, NRS_LANE_JA3, false},
	{"x-qradar:tls_ja3_hash", NRS_PATH_LANE, NRS_LANE_JA3, false},
	{"tls-traffic:ja3_hash", NRS_PATH_LANE, NRS_LANE_JA3, false},
	{SSH "hassh", NRS_PATH_LANE, NRS_LANE_HASSH, false},
	{SSH "hassh_server", NRS_PATH_LANE, NRS_LANE_HASSH_SERVER, false},
};

/* Types that only a host can see; of the others some will be extracted. */
static const char *const host_types[] = {
	"directory",	    "mutex", "process", "windows-registry-key",
	"win-registry-key",
};

/* A text of bounded length, always with its NUL; what is too much is cut. */
struct room {
	char *at;
	size_t left; /* the NUL's octet among it */
};

static void put(struct room *room, struct nrs_span text)
{
	text = nrs_span_part(text, 0, room->left - 1);
	if (text.len > 0)
		memcpy(room->at, text.ptr, text.len);
	room->at += text.len;
	room->left -= text.len;
	*room->at = '\0';
}

/* Every test of every pattern is looked up by this: no printf for a key. */
static void write_path(const struct nrs_path *path, bool exact_index, char *out,
		       size_t len)
{
	struct room room = {.at = out, .left = len};
	char index[32];

	put(&room, path->type);
	for (unsigned int i = 0; i < path->step_count; i++) {
		const struct nrs_step *step = &path->steps[i];

		if (step->kind == NRS_STEP_KEY) {
			put(&room, nrs_span(i == 0 ? ":" : ".", 1));
			put(&room, step->key);
		} else if (step->kind == NRS_STEP_INDEX && exact_index) {
			(void)snprintf(index, sizeof(index), "[%lld]",
				       (long long)step->index);
			put(&room, nrs_span_of(index));
		} else {
			put(&room, nrs_span("[*]", 3));
		}
	}
}

void nrs_path_text(const struct nrs_path *path, char *out, size_t len)
{
	write_path(path, true, out, len);
}

static void say_unseen(const struct nrs_path *path, struct nrs_path_map *out)
{
	char text[NRS_PATH_TEXT_MAX - 40];
	const char *why = "is not extracted by this version";

	for (size_t i = 0; i < sizeof(host_types) / sizeof(*host_types); i++) {
		if (nrs_span_is(path->type, host_types[i]))
			why = "is not visible on a network";
	}
	if (nrs_span_starts(path->type, "x-"))
		why = "is a custom object";
	nrs_path_text(path, text, sizeof(text));
	out->kind = NRS_PATH_UNSEEN;
	snprintf(out->reason, sizeof(out->reason), "%s %s", text, why);
}

/* A header by its name, wherever STIX has such. */
static bool is_header(const struct nrs_path *path, const char *text,
		      struct nrs_path_map *out)
{
	static const struct {
		const char *prefix;
		enum nrs_lane lane;
		unsigned int step;
	} prefixes[] = {
		{HEADER_PATH, NRS_LANE_HEADER, 3},
		{HEADER_PATH_SHORT, NRS_LANE_HEADER, 1},
		{MAIL "additional_header_fields.", NRS_LANE_MAIL_HEADER, 1},
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		if (strncmp(text, prefixes[i].prefix,
			    strlen(prefixes[i].prefix)) != 0)
			continue;
		for (unsigned int s = 0; s < path->step_count; s++) {
			if (path->steps[s].kind == NRS_STEP_KEY)
				out->header = path->steps[s].key;
		}
		out->kind = NRS_PATH_LANE;
		out->lane = prefixes[i].lane;
		out->header_step = prefixes[i].step;
		return true;
	}
	return false;
}

/* hashes.X of a type, X in any of its spellings. */
static bool is_hash(const struct nrs_path *path, struct nrs_path_map *out)
{
	static const struct {
		const char *type, *name;
		enum nrs_lane lane;
	} hashes[] = {
		{"x509-certificate", "MD5", NRS_LANE_CERT_MD5},
		{"x509-certificate", "SHA-1", NRS_LANE_CERT_SHA1},
		{"x509-certificate", "SHA-256", NRS_LANE_CERT_SHA256},
		{"file", "MD5", NRS_LANE_FILE_MD5},
		{"file", "SHA-1", NRS_LANE_FILE_SHA1},
		{"file", "SHA-256", NRS_LANE_FILE_SHA256},
	};
	size_t digits = 0;

	if (path->step_count != 2 || !nrs_span_is(path->steps[0].key, "hashes"))
		return false;
	if (path->steps[1].kind == NRS_STEP_ANY &&
	    nrs_span_is(path->type, "file")) {
		out->kind = NRS_PATH_DIGEST;
		out->lane = NRS_LANE_FILE_MD5;
		return true;
	}
	if (path->steps[1].kind != NRS_STEP_KEY)
		return false;
	const char *name = nrs_canon_hash_name(path->steps[1].key, &digits);
	for (size_t i = 0; name != NULL && i < sizeof(hashes) / sizeof(*hashes);
	     i++) {
		if (nrs_span_is(path->type, hashes[i].type) &&
		    strcmp(name, hashes[i].name) == 0) {
			out->kind = NRS_PATH_LANE;
			out->lane = hashes[i].lane;
			return true;
		}
	}
	return false;
}

void nrs_path_map(const struct nrs_path *path, struct nrs_path_map *out)
{
	char text[NRS_PATH_TEXT_MAX];

	*out = (struct nrs_path_map){.kind = NRS_PATH_UNSEEN};
	write_path(path, false, text, sizeof(text));
	size_t len = strlen(text);
	if (len > 3 && strcmp(text + len - 3, "[*]") == 0)
		text[len - 3] = '\0'; /* a list of values: any element */
	if (is_header(path, text, out) || is_hash(path, out))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (strcmp(text, rows[i].path) == 0) {
			out->kind = rows[i].kind;
			out->lane = rows[i].lane;
			out->is_hex = rows[i].is_hex;
			return;
		}
	}
	say_unseen(path, out);
}
