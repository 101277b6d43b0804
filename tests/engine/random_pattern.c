/* SPDX-License-Identifier: Apache-2.0 */
/*
 * random_pattern: the whole language over the paths that a sensor knows, and
 * some that it does not.
 */
#include "engine/base/stamp.h"
#include "tests/engine/random_traffic.h"
#include "tests/engine/random_values.h"

enum pool {
	POOL_V4,
	POOL_V6,
	POOL_NAME,
	POOL_URL,
	POOL_TARGET,
	POOL_WORD,
	POOL_HEADER,
	POOL_MAC,
	POOL_NUMBER,
	POOL_HEX,
	POOL_TIME,
	POOL_BOOL,
	POOL_SHA1,
	POOL_SHA256,
	POOL_SERIAL,
	POOL_DN,
	POOL_MAILBOX,
	POOL_COUNT
};

#define HTTP "network-traffic:extensions.'http-request-ext'."

#define CERT "x509-certificate:"
#define MAIL "email-message:"

static const struct {
	const char *path;
	enum pool pool;
	bool is_late; /* known at the end of the flow alone */
} paths[] = {
	{"ipv4-addr:value", POOL_V4, false},
	{"ipv4-addr:value", POOL_V4, false},
	{"ipv6-addr:value", POOL_V6, false},
	{"domain-name:value", POOL_NAME, false},
	{"domain-name:value", POOL_NAME, false},
	{"domain-name:resolves_to_refs[*].value", POOL_V4, false},
	{"domain-name:resolves_to_refs[*].value", POOL_NAME, false},
	{"url:value", POOL_URL, false},
	{"mac-addr:value", POOL_MAC, false},
	{"network-traffic:src_ref.value", POOL_V4, false},
	{"network-traffic:dst_ref.value", POOL_V4, false},
	{"network-traffic:dst_ref.value", POOL_V6, false},
	{"network-traffic:src_ref.type", POOL_WORD, false},
	{"network-traffic:dst_ref.type", POOL_WORD, false},
	{"network-traffic:src_port", POOL_NUMBER, false},
	{"network-traffic:dst_port", POOL_NUMBER, false},
	{"network-traffic:protocols[*]", POOL_WORD, false},
	{"network-traffic:protocols", POOL_WORD, false},
	{"network-traffic:start", POOL_TIME, false},
	{"network-traffic:end", POOL_TIME, true},
	{"network-traffic:is_active", POOL_BOOL, true},
	{"network-traffic:src_byte_count", POOL_NUMBER, true},
	{"network-traffic:dst_byte_count", POOL_NUMBER, true},
	{"network-traffic:src_packets", POOL_NUMBER, true},
	{"network-traffic:extensions.'tcp-ext'.src_flags_hex", POOL_HEX, true},
	{"network-traffic:extensions.'tcp-ext'.dst_flags_hex", POOL_HEX, true},
	{"network-traffic:extensions.'icmp-ext'.icmp_type_hex", POOL_HEX,
	 false},
	{HTTP "request_method", POOL_WORD, false},
	{HTTP "request_value", POOL_TARGET, false},
	{HTTP "request_version", POOL_WORD, false},
	{HTTP "request_header.'User-Agent'[*]", POOL_HEADER, false},
	{HTTP "request_header.'X-Note'[*]", POOL_HEADER, false},
	{HTTP "request_header.'X-Forwarded-For'[*]", POOL_V4, false},
	{HTTP "request_header.'User-Agent'", POOL_HEADER, false},
	{HTTP "message_body_length", POOL_NUMBER, false},
	{CERT "hashes.'SHA-1'", POOL_SHA1, false},
	{CERT "serial_number", POOL_SERIAL, false},
	{CERT "issuer", POOL_DN, false},
	{CERT "subject", POOL_DN, false},
	{CERT "subject", POOL_DN, false},
	{CERT "validity_not_before", POOL_TIME, false},
	{CERT "is_self_signed", POOL_BOOL, false},
	{"network-traffic:protocols[0]", POOL_WORD, false},
	{"network-traffic:protocols[1]", POOL_WORD, false},
	{"network-traffic:protocols[2]", POOL_WORD, false},
	{"network-traffic:src_port[0]", POOL_NUMBER, false},
	{CERT "hashes.'SHA-256'", POOL_SHA256, false},
	{"file:name", POOL_WORD, false},
	{"file:hashes.'SHA-1'", POOL_SHA1, false},
	{"file:size", POOL_NUMBER, false},
	{"file:mime_type", POOL_WORD, false},
	{"email-addr:value", POOL_MAILBOX, false},
	{MAIL "from_ref.value", POOL_MAILBOX, false},
	{MAIL "sender_ref.value", POOL_MAILBOX, false},
	{MAIL "to_refs[*].value", POOL_MAILBOX, false},
	{MAIL "cc_refs[*].value", POOL_MAILBOX, false},
	{MAIL "bcc_refs[*].value", POOL_MAILBOX, false},
	{MAIL "subject", POOL_HEADER, false},
	{MAIL "date", POOL_TIME, false},
	{MAIL "message_id", POOL_TARGET, false},
	{MAIL "is_multipart", POOL_BOOL, false},
	{MAIL "received_lines[*]", POOL_TARGET, false},
	{MAIL "received_lines", POOL_TARGET, false},
	{MAIL "additional_header_fields.'User-Agent'[*]", POOL_HEADER, false},
	{MAIL "additional_header_fields.'X-Note'", POOL_HEADER, false},
	{MAIL "body_multipart[*].body_raw_ref.name", POOL_WORD, false},
	{"http-request-ext:request_value", POOL_TARGET, false},
};

static const char *const words[] = {"get", "POST", "ipv4-addr", "ipv6-addr",
				    "tcp", "TLS",  "http",	"http/1.1",
				    "dns", "ipv4", "udp"};
static const char *const header_values[] = {
	"curl/8.4.0", "Mozilla/5.0 (X11)", "",
	"10.0.0.5",   "\xc3\xa9t\xc3\xa9", "e\xcc\x81te\xcc\x81"};
static const char *const hexes[] = {"h'02'",   "h'12'",	  "h'00'",
				    "h'0203'", "b'Ag=='", "'\x02'"};
static const char *const subnets[] = {
	"192.0.2.0/24",	     "192.0.2.0/25", "0.0.0.0/0",  "198.51.100.7/32",
	"2001:db8::/32",     "::/0",	     "10.0.0.5",   "2001:db8::1/128",
	"2001:db8:0:1::/64", "no address",   "10.0.0.0/33"};
static const char *const likes[] = {
	"%",	  "a%",	     "%.example", "%.php",	"192.0.2.%", "%e%",
	"____",	  "",	     "/\xc3\xa9", "%\xc3\xa9%", "http://%",  "%/%",
	"2001:%", "curl_8%", "ipv_-addr", "%(X11)%",	"00:53:%",   "%:01",
	"_",	  "%Z",	     "2026-%",	  "tcp",	"\x02",	     "%00Z"};
static const char *const expressions[] = {"a",
					  "^a",
					  "example$",
					  "^/",
					  "[0-9]+\\\\.0",
					  "\\\\d",
					  "(?i)A",
					  "^$",
					  "\xc3\xa9",
					  "php$|curl",
					  ".",
					  "^http",
					  "db8",
					  "\\\\p{Lu}",
					  "X11",
					  "^00:",
					  "Z$",
					  "T0",
					  "[\\\\x00-\\\\x08]"};

/* A timestamp near the traffic. */
static void put_time(struct nrs_text *out, struct nrs_chance *c)
{
	char text[NRS_STAMP_LEN];
	const int64_t at =
		NRS_TRAFFIC_BASE_NS + nrs_chance_of(c, 12) * INT64_C(500000000);

	(void)nrs_stamp_format(at, 6, text);
	nrs_text_printf(out, "%s", text);
}

static const char *pool_text(struct nrs_chance *c, enum pool pool)
{
	switch (pool) {
	case POOL_V4:
		return NRS_CHANCE(c, values_v4);
	case POOL_V6:
		return NRS_CHANCE(c, values_v6);
	case POOL_NAME:
		return NRS_CHANCE(c, values_names);
	case POOL_URL:
		return NRS_CHANCE(c, values_urls);
	case POOL_TARGET:
		return NRS_CHANCE(c, values_targets);
	case POOL_HEADER:
		return NRS_CHANCE(c, header_values);
	case POOL_MAC:
		return NRS_CHANCE(c, values_macs);
	case POOL_SHA1:
		return NRS_CHANCE(c, values_sha1);
	case POOL_SHA256:
		return NRS_CHANCE(c, values_sha256);
	case POOL_SERIAL:
		return NRS_CHANCE(c, values_serials);
	case POOL_DN:
		return NRS_CHANCE(c, values_dns);
	case POOL_MAILBOX:
		return NRS_CHANCE(c, values_mailboxes);
	default:
		return NRS_CHANCE(c, words);
	}
}

static void put_literal(struct nrs_text *out, struct nrs_chance *c,
			enum pool pool)
{
	switch (pool) {
	case POOL_NUMBER:
		nrs_text_puts(out, NRS_CHANCE(c, values_numbers));
		if (nrs_chance_of(c, 6) == 0)
			nrs_text_puts(out, nrs_chance_of(c, 2) ? ".0" : ".5");
		return;
	case POOL_HEX:
		nrs_text_puts(out, NRS_CHANCE(c, hexes));
		return;
	case POOL_BOOL:
		nrs_text_puts(out, nrs_chance_of(c, 2) ? "true" : "false");
		return;
	case POOL_TIME:
		nrs_text_puts(out, nrs_chance_of(c, 5) ? "t'" : "'");
		put_time(out, c);
		break;
	default:
		nrs_text_printf(out, "'%s", pool_text(c, pool));
		break;
	}
	nrs_text_putc(out, '\'');
}

/* Mostly a literal that could be the value, sometimes one of another type; of
 * times only where one stands, as others are errors of the document. */
static enum pool other_pool(struct nrs_chance *c, enum pool pool)
{
	const enum pool other = (enum pool)nrs_chance_of(c, POOL_COUNT);

	/* The parser takes digests alone for hashes. */
	return nrs_chance_of(c, 6) != 0 || other == POOL_TIME ||
			       pool == POOL_SHA1 || pool == POOL_SHA256
		       ? pool
		       : other;
}

static void put_set(struct nrs_text *out, struct nrs_chance *c, enum pool pool)
{
	if (pool == POOL_HEX || pool == POOL_TIME)
		pool = POOL_NUMBER; /* the pool mixes types: no set */
	nrs_text_puts(out, " IN (");
	for (unsigned int i = 0, n = nrs_chance_of(c, 4); i < n; i++) {
		nrs_text_puts(out, i == 0 ? "" : ", ");
		put_literal(out, c, pool);
	}
	nrs_text_putc(out, ')');
}

static void put_test(struct nrs_text *out, struct nrs_chance *c)
{
	static const char *const orders[] = {
		"=", "=", "=", "=", "!=", "<", ">", "<=", ">="};
	const unsigned int row =
		nrs_chance_of(c, sizeof(paths) / sizeof(*paths));
	const char *path = paths[row].path;
	const enum pool pool = other_pool(c, paths[row].pool);
	const bool negated = nrs_chance_of(c, 7) == 0;
	const unsigned int kind = nrs_chance_of(c, 12);

	if (kind == 0) {
		nrs_text_printf(out, "%sEXISTS %s",
				negated && !paths[row].is_late ? "NOT " : "",
				path);
		return;
	}
	nrs_text_printf(out, "%s%s", path, negated ? " NOT" : "");
	switch (kind) {
	case 1:
		put_set(out, c, pool);
		return;
	case 2:
	case 3:
		nrs_text_printf(out, " LIKE '%s'", NRS_CHANCE(c, likes));
		return;
	case 4:
		nrs_text_printf(out, " MATCHES '%s'",
				NRS_CHANCE(c, expressions));
		return;
	case 5:
		nrs_text_printf(out, " ISSUBSET '%s'", NRS_CHANCE(c, subnets));
		return;
	case 6:
		nrs_text_printf(out, " ISSUPERSET '%s'",
				NRS_CHANCE(c, subnets));
		return;
	default:
		nrs_text_printf(out, " %s ",
				pool == POOL_BOOL ? "="
						  : NRS_CHANCE(c, orders));
		put_literal(out, c, pool);
		return;
	}
}

static void put_comparison(struct nrs_text *out, struct nrs_chance *c,
			   unsigned int depth)
{
	unsigned int sides = 1;

	sides += nrs_chance_of(c, 3) == 0;
	sides += nrs_chance_of(c, 5) == 0;

	for (unsigned int i = 0; i < sides; i++) {
		if (i > 0)
			nrs_text_puts(out,
				      nrs_chance_of(c, 2) ? " AND " : " OR ");
		if (depth > 0 && nrs_chance_of(c, 3) == 0) {
			nrs_text_putc(out, '(');
			put_comparison(out, c, depth - 1);
			nrs_text_putc(out, ')');
		} else {
			put_test(out, c);
		}
	}
}

static void put_qualifier(struct nrs_text *out, struct nrs_chance *c,
			  bool may_repeat)
{
	switch (nrs_chance_of(c, 3)) {
	case 0:
		nrs_text_printf(out, " WITHIN %s SECONDS",
				nrs_chance_of(c, 2) ? "1" : "2.5");
		return;
	case 1:
		nrs_text_printf(out, " REPEATS %u TIMES",
				may_repeat ? 1 + nrs_chance_of(c, 3) : 1);
		return;
	default:
		nrs_text_puts(out, " START t'");
		put_time(out, c);
		nrs_text_puts(out, "' STOP t'");
		put_time(out, c);
		nrs_text_puts(out, "'");
		return;
	}
}

void nrs_pattern_make(struct nrs_text *out, struct nrs_chance *c,
		      unsigned int observations, bool is_alone)
{
	static const char *const joints[] = {" OR ", " AND ", " FOLLOWEDBY "};
	const unsigned int kinds = is_alone ? 1 : 3;
	const unsigned int sides = 1 + nrs_chance_of(c, observations);

	for (unsigned int i = 0; i < sides; i++) {
		const bool is_group = i + 1 < sides && nrs_chance_of(c, 3) == 0;

		if (i > 0)
			nrs_text_puts(out, nrs_chance_text(c, joints, kinds));
		if (is_group) {
			nrs_text_puts(out, "([");
			put_comparison(out, c, 1);
			nrs_text_puts(out, "]");
			nrs_text_puts(out, nrs_chance_text(c, joints, kinds));
			i++;
		}
		nrs_text_puts(out, "[");
		put_comparison(out, c, 2);
		nrs_text_puts(out, is_group ? "])" : "]");
		while (nrs_chance_of(c, 4) == 0)
			put_qualifier(out, c, !is_alone);
	}
}
