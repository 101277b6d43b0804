/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suricata_field: a table of keywords.
 */
#include "loaders/suricata_field.h"

int nrs_suricata_field(struct nrs_span field, enum nrs_typed *type,
		       struct nrs_diag *diag)
{
	static const struct {
		const char *field;
		enum nrs_typed type;
	} fields[] = {
		{"dns.query", NRS_TYPED_NAME},
		{"dns_query", NRS_TYPED_NAME},
		{"email.from", NRS_TYPED_MAIL_FROM},
		{"email.message_id", NRS_TYPED_MAIL_ID},
		{"email.subject", NRS_TYPED_MAIL_SUBJECT},
		{"email.to", NRS_TYPED_MAIL_TO},
		{"file.name", NRS_TYPED_FILE_NAME},
		{"filemd5", NRS_TYPED_MD5},
		{"filesha1", NRS_TYPED_SHA1},
		{"filesha256", NRS_TYPED_SHA256},
		{"http.cookie", NRS_TYPED_COOKIE},
		{"http.host", NRS_TYPED_NAME},
		{"http.uri", NRS_TYPED_REQUEST},
		{"http.user_agent", NRS_TYPED_USER_AGENT},
		{"ip", NRS_TYPED_ADDRESS},
		{"ip.dst", NRS_TYPED_ADDRESS},
		{"ip.src", NRS_TYPED_ADDRESS},
		{"ja3.hash", NRS_TYPED_JA3},
		{"ja3s.hash", NRS_TYPED_JA3S},
		{"ja4.hash", NRS_TYPED_JA4},
		{"ssh.hassh", NRS_TYPED_HASSH},
		{"ssh.hassh.server", NRS_TYPED_HASSH_SERVER},
		{"tls.cert_fingerprint", NRS_TYPED_CERTIFICATE_SHA1},
		{"tls.sni", NRS_TYPED_NAME},
	};

	*type = field.len == 0 ? NRS_TYPED_ANY : nrs_typed_by_name(field);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (nrs_span_is(field, fields[i].field))
			*type = fields[i].type;
	}
	return *type != NRS_TYPED_COUNT
		       ? NRS_OK
		       : nrs_diag_set(diag, NRS_E_USAGE, 0,
				      "no field '%.*s' of datasets is known",
				      (int)(field.len > 60 ? 60 : field.len),
				      (const char *)field.ptr);
}
