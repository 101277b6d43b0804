/* SPDX-License-Identifier: Apache-2.0 */
/*
 * x509: down the one path through the certificate that RFC 5280 lays out; a
 * part that is broken is left empty where the rest can still be found.
 */
#include "capture/proto/x509.h"

#include <stdio.h>

#include "capture/proto/der.h"
#include "engine/base/stamp.h"

#define OID_SUBJECT_KEY "\x55\x1d\x0e"
#define OID_ALT_NAME "\x55\x1d\x11"
#define OID_AUTHORITY_KEY "\x55\x1d\x23"
#define NAME_DNS 0x82	    /* [2] of GeneralName */
#define KEY_IDENTIFIER 0x80 /* [0] of AuthorityKeyIdentifier */

/* Two digits at @at, or -1. */
static int pair(struct nrs_span text, size_t at)
{
	const struct nrs_span two = nrs_span_part(text, at, 2);
	uint64_t value;

	return two.len == 2 && nrs_span_u64(two, &value) == NRS_OK ? (int)value
								   : -1;
}

/* UTCTime and GeneralizedTime (RFC 5280 section 4.1.2.5); seconds may be
 * missing. Other zones than Z have not been legal for long: no time. */
bool nrs_x509_instant(const struct nrs_x509_time *time, int64_t *out_ns)
{
	const bool is_utc = time->tag == NRS_DER_UTC_TIME;
	struct nrs_span text = time->text;
	char stamp[NRS_STAMP_LEN];
	int part[6] = {0};

	if ((!is_utc && time->tag != NRS_DER_GENERALIZED_TIME) ||
	    !nrs_span_ends(text, "Z"))
		return false;
	text.len--;
	const int century = is_utc ? 0 : pair(text, 0);
	if (!is_utc)
		text = nrs_span_from(text, 2);
	if (text.len < 10 || century < 0)
		return false;
	for (unsigned int i = 0; i < 6 && (i < 5 || text.len >= 12); i++) {
		part[i] = pair(text, (size_t)2 * i);
		if (part[i] < 0)
			return false;
	}
	const int year = is_utc ? part[0] + (part[0] < 50 ? 2000 : 1900)
				: century * 100 + part[0];
	snprintf(stamp, sizeof(stamp), "%04d-%02d-%02dT%02d:%02d:%02dZ", year,
		 part[1], part[2], part[3], part[4], part[5]);
	const int err = nrs_stamp_parse(nrs_span_of(stamp), out_ns);
	if (err == NRS_E_RANGE && year > 2000) {
		*out_ns = NRS_TIME_MAX; /* 9999: never */
		return true;
	}
	return err == NRS_OK;
}

static void validity(struct nrs_x509 *c, struct nrs_span content)
{
	struct nrs_der item;

	if (nrs_der_next(&content, &item))
		c->not_before = (struct nrs_x509_time){.tag = item.tag,
						       .text = item.content};
	if (nrs_der_next(&content, &item))
		c->not_after = (struct nrs_x509_time){.tag = item.tag,
						      .text = item.content};
}

/* The value of an extension: a DER item inside an octet string. */
static void extension(struct nrs_x509 *c, struct nrs_span oid,
		      struct nrs_span value)
{
	struct nrs_der item, inner;

	if (!nrs_der_next(&value, &item))
		return;
	if (nrs_span_is(oid, OID_ALT_NAME) && item.tag == NRS_DER_SEQUENCE) {
		c->names = item.content;
	} else if (nrs_span_is(oid, OID_SUBJECT_KEY) &&
		   item.tag == NRS_DER_OCTET_STRING) {
		c->subject_key = item.content;
	} else if (nrs_span_is(oid, OID_AUTHORITY_KEY) &&
		   item.tag == NRS_DER_SEQUENCE) {
		if (nrs_der_next(&item.content, &inner) &&
		    inner.tag == KEY_IDENTIFIER)
			c->authority_key = inner.content;
	}
}

static void extensions(struct nrs_x509 *c, struct nrs_span explicit_list)
{
	struct nrs_span list, content;
	struct nrs_der oid, value;

	if (!nrs_der_enter(&explicit_list, NRS_DER_SEQUENCE, &list))
		return;
	while (nrs_der_enter(&list, NRS_DER_SEQUENCE, &content)) {
		if (!nrs_der_next(&content, &oid) || oid.tag != NRS_DER_OID ||
		    !nrs_der_next(&content, &value))
			continue;
		if (value.tag == NRS_DER_BOOLEAN && /* critical */
		    !nrs_der_next(&content, &value))
			continue;
		if (value.tag == NRS_DER_OCTET_STRING)
			extension(c, oid.content, value.content);
	}
}

static bool is_self_signed(const struct nrs_x509 *c)
{
	return c->subject.len > 0 && nrs_span_equal(c->subject, c->issuer) &&
	       (c->subject_key.len == 0 || c->authority_key.len == 0 ||
		nrs_span_equal(c->subject_key, c->authority_key));
}

int nrs_x509_parse(struct nrs_x509 *c, struct nrs_span der)
{
	struct nrs_span outer, tbs, part;
	struct nrs_der item;

	*c = (struct nrs_x509){0};
	if (!nrs_der_enter(&der, NRS_DER_SEQUENCE, &outer) ||
	    !nrs_der_enter(&outer, NRS_DER_SEQUENCE, &tbs) ||
	    !nrs_der_next(&tbs, &item))
		return NRS_E_TRUNCATED;
	if (item.tag == NRS_DER_EXPLICIT(0) && /* version */
	    !nrs_der_next(&tbs, &item))
		return NRS_E_TRUNCATED;
	if (item.tag != NRS_DER_INTEGER)
		return NRS_E_FORMAT;
	c->serial = item.content;
	if (!nrs_der_enter(&tbs, NRS_DER_SEQUENCE, &part) || /* algorithm */
	    !nrs_der_enter(&tbs, NRS_DER_SEQUENCE, &c->issuer) ||
	    !nrs_der_enter(&tbs, NRS_DER_SEQUENCE, &part))
		return NRS_E_FORMAT;
	validity(c, part);
	if (!nrs_der_enter(&tbs, NRS_DER_SEQUENCE, &c->subject))
		return NRS_E_FORMAT;
	while (nrs_der_next(&tbs, &item)) { /* key, unique identifiers */
		if (item.tag == NRS_DER_EXPLICIT(3))
			extensions(c, item.content);
	}
	c->is_self_signed = is_self_signed(c);
	return NRS_OK;
}

bool nrs_x509_next_name(struct nrs_span *names, struct nrs_span *name)
{
	struct nrs_der item;

	while (nrs_der_next(names, &item)) {
		if (item.tag == NAME_DNS) {
			*name = item.content;
			return true;
		}
	}
	return false;
}
