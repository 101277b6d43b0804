/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_kinds: THE table of the protocols that sessions read, and how each
 * is told from its first octets.
 */
#include "capture/files.h"
#include "capture/proto/dtls.h"
#include "capture/proto/imap.h"
#include "capture/proto/pop3.h"
#include "capture/proto/smb.h"
#include "capture/proto/smtp.h"
#include "capture/proto/ssh.h"
#include "capture/session_hello.h"
#include "capture/session_http.h"
#include "capture/session_http2.h"
#include "capture/session_mail.h"
#include "capture/session_transfer.h"

#define BIT(field) NRS_FIELD_BIT(NRS_F_##field)
#define OF_HTTP2                                                               \
	(BIT(HTTP2_METHOD) | BIT(HTTP2_HOST) | BIT(HTTP2_URI) |                \
	 BIT(HTTP2_URL) | BIT(HTTP2_USER_AGENT) | BIT(HTTP2_REFERER) |         \
	 BIT(HTTP2_HEADER) | BIT(HTTP2_BODY_LENGTH) | BIT(HTTP2_STATUS) |      \
	 BIT(HTTP2_LOCATION) | BIT(HTTP2_CONTENT_TYPE) | BIT(PROTOCOL) |       \
	 NRS_FILE_FIELDS)

#define PORT_DNS 53
#define PORT_MDNS 5353
#define PORT_LLMNR 5355
#define PORT_SMTP 25
#define PORT_SUBMISSION 587
/* Segments of a flow in which TLS may begin. */
#define TCP_LOOKS 16

static int sniff_http(const struct nrs_session_env *env,
		      const struct nrs_flow *flow, struct nrs_span bytes)
{
	(void)env;
	(void)flow;
	return nrs_http1_sniff(bytes);
}

static int sniff_http2(const struct nrs_session_env *env,
		       const struct nrs_flow *flow, struct nrs_span bytes)
{
	bool is_client = false;
	const int err = nrs_http2_sniff(bytes, &is_client);

	(void)env;
	(void)flow;
	/* A few zeros are no reason to wait: others may begin behind them. */
	return err == NRS_E_MORE && !is_client ? NRS_E_FORMAT : err;
}

static int sniff_tls(const struct nrs_session_env *env,
		     const struct nrs_flow *flow, struct nrs_span bytes)
{
	(void)env;
	(void)flow;
	return nrs_tls_sniff(bytes);
}

static int sniff_smb(const struct nrs_session_env *env,
		     const struct nrs_flow *flow, struct nrs_span bytes)
{
	(void)env;
	(void)flow;
	return nrs_smb_sniff(bytes);
}

static bool has_port(const struct nrs_flow_info *info, uint16_t port)
{
	return info->src_port == port || info->dst_port == port;
}

/* A greeting that does not name itself is taken for one of mail on its ports:
 * FTP begins the same way. */
static int sniff_smtp(const struct nrs_session_env *env,
		      const struct nrs_flow *flow, struct nrs_span bytes)
{
	const int err = nrs_smtp_sniff(bytes);

	(void)env;
	return err == NRS_E_FORMAT && nrs_span_starts(bytes, "220") &&
			       (has_port(&flow->info, PORT_SMTP) ||
				has_port(&flow->info, PORT_SUBMISSION))
		       ? NRS_OK
		       : err;
}

static int sniff_pop3(const struct nrs_session_env *env,
		      const struct nrs_flow *flow, struct nrs_span bytes)
{
	(void)env;
	(void)flow;
	return nrs_pop3_sniff(bytes);
}

static int sniff_imap(const struct nrs_session_env *env,
		      const struct nrs_flow *flow, struct nrs_span bytes)
{
	(void)env;
	(void)flow;
	return nrs_imap_sniff(bytes);
}

/* A length and a message say nothing of themselves: the port does, where what
 * has a face of its own was looked for. */
static int sniff_dns(const struct nrs_session_env *env,
		     const struct nrs_flow *flow, struct nrs_span bytes)
{
	(void)env;
	(void)bytes;
	return has_port(&flow->info, PORT_DNS) ? NRS_OK : NRS_E_FORMAT;
}

static int sniff_dns_datagram(const struct nrs_session_env *env,
			      const struct nrs_flow *flow,
			      struct nrs_span payload)
{
	const struct nrs_flow_info *info = &flow->info;

	(void)env;
	(void)payload;
	return has_port(info, PORT_DNS) || has_port(info, PORT_MDNS) ||
			       has_port(info, PORT_LLMNR)
		       ? NRS_OK
		       : NRS_E_FORMAT;
}

static int sniff_quic(const struct nrs_session_env *env,
		      const struct nrs_flow *flow, struct nrs_span payload)
{
	(void)env;
	(void)flow;
	return nrs_quic_sniff(payload) || nrs_gquic_version(payload) != 0
		       ? NRS_OK
		       : NRS_E_FORMAT;
}

static int sniff_dtls(const struct nrs_session_env *env,
		      const struct nrs_flow *flow, struct nrs_span payload)
{
	(void)flow;
	return nrs_session_tls_wanted(env) && nrs_dtls_sniff(payload)
		       ? NRS_OK
		       : NRS_E_FORMAT;
}

static int sniff_ssh(const struct nrs_session_env *env,
		     const struct nrs_flow *flow, struct nrs_span bytes)
{
	(void)flow;
	return nrs_session_ssh_wanted(env) ? nrs_ssh_sniff(bytes)
					   : NRS_E_FORMAT;
}

/* What nothing else claims is watched, if anybody asks for what may begin. */
static int sniff_rest(const struct nrs_session_env *env,
		      const struct nrs_flow *flow, struct nrs_span bytes)
{
	(void)flow;
	(void)bytes;
	return nrs_session_tls_wanted(env) || nrs_session_ssh_wanted(env)
		       ? NRS_OK
		       : NRS_E_FORMAT;
}

/* TLS may begin in it later (STARTTLS), or SSH behind a greeting, with a
 * segment. Nothing is kept of what comes before. */
static size_t watch(struct nrs_session_env *env, struct nrs_flow *flow,
		    unsigned int side, struct nrs_span bytes)
{
	const int tls = nrs_tls_sniff(bytes);
	/* An S alone is what PostgreSQL answers before TLS. Only a server has
	 * something to say before (RFC 4253, 4.2), and to nobody who spoke. */
	const bool is_ssh = (flow->session->spoke & 2u >> side) == 0 &&
			    sniff_ssh(env, flow, bytes) == NRS_OK;

	if (tls == NRS_OK)
		nrs_session_become(env, flow, NRS_SESSION_TLS);
	else if (is_ssh)
		nrs_session_become(env, flow, NRS_SESSION_SSH);
	if (tls == NRS_OK || is_ssh || tls == NRS_E_MORE)
		return 0;
	flow->session->spoke |= (uint8_t)(1u << side);
	if (++flow->session->looks == TCP_LOOKS)
		nrs_session_ignore(env, flow->session);
	return bytes.len;
}

#define MAIL_FIELDS                                                            \
	(NRS_MESSAGE_FIELDS | NRS_FILE_FIELDS | NRS_HELLO_FIELDS |             \
	 BIT(PROTOCOL))
#define SMTP_FIELDS                                                            \
	(NRS_FIELD_BIT(NRS_F_SMTP_HELO) |                                      \
	 NRS_FIELD_BIT(NRS_F_SMTP_MAIL_FROM) |                                 \
	 NRS_FIELD_BIT(NRS_F_SMTP_RCPT_TO))

const struct nrs_dissector nrs_dissectors[NRS_SESSION_KINDS] = {
	[NRS_SESSION_FTP_DATA] = {.fields = NRS_TRANSFER_FIELDS,
				  .sniff = nrs_session_ftp_data_sniff,
				  .begin = nrs_session_ftp_data_begin,
				  .bytes = nrs_session_ftp_data,
				  .gap = nrs_session_ftp_data_gap,
				  .cut = nrs_session_ftp_data_cut,
				  .end = nrs_session_ftp_data_end},
	[NRS_SESSION_FTP] = {.fields = NRS_FTP_FIELDS | NRS_HELLO_FIELDS,
			     .sniff = nrs_session_ftp_sniff,
			     .bytes = nrs_session_ftp,
			     .gap = nrs_session_ftp_gap},
	[NRS_SESSION_TFTP] = {.fields = NRS_TFTP_FIELDS,
			      .sniff_datagram = nrs_session_tftp_sniff,
			      .begin = nrs_session_tftp_begin,
			      .datagram = nrs_session_tftp,
			      .cut = nrs_session_tftp_cut,
			      .end = nrs_session_tftp_end},
	[NRS_SESSION_SSH] = {.sniff = sniff_ssh,
			     .bytes = nrs_session_ssh,
			     .gap = nrs_session_ssh_gap},
	[NRS_SESSION_HTTP2] = {.fields = OF_HTTP2,
			       .sniff = sniff_http2,
			       .bytes = nrs_session_http2,
			       .gap = nrs_session_http2_gap,
			       .overdue = nrs_session_http2_overdue,
			       .end = nrs_session_http2_end},
	[NRS_SESSION_HTTP] = {.sniff = sniff_http,
			      .bytes = nrs_session_http,
			      .gap = nrs_session_http_gap,
			      .cut = nrs_session_http_cut,
			      .end = nrs_http_body_drop},
	[NRS_SESSION_TLS] = {.sniff = sniff_tls, .bytes = nrs_session_tls},
	[NRS_SESSION_SMB] = {.fields = NRS_FIELD_BIT(NRS_F_SMB_FILENAME) |
				       NRS_FIELD_BIT(NRS_F_SMB_SHARE) |
				       NRS_FIELD_BIT(NRS_F_PROTOCOL) |
				       NRS_FILE_FIELDS,
			     .sniff = sniff_smb,
			     .begin = nrs_session_smb_begin,
			     .bytes = nrs_session_smb,
			     .gap = nrs_session_smb_gap,
			     .overdue = nrs_session_smb_overdue,
			     .end = nrs_session_smb_end},
	[NRS_SESSION_SMTP] = {.fields = MAIL_FIELDS | SMTP_FIELDS,
			      .sniff = sniff_smtp,
			      .begin = nrs_session_smtp_begin,
			      .bytes = nrs_session_smtp,
			      .gap = nrs_session_smtp_gap,
			      .cut = nrs_session_smtp_cut,
			      .end = nrs_session_smtp_end},
	[NRS_SESSION_POP3] = {.fields = MAIL_FIELDS,
			      .sniff = sniff_pop3,
			      .begin = nrs_session_pop3_begin,
			      .bytes = nrs_session_pop3,
			      .gap = nrs_session_pop3_gap,
			      .cut = nrs_session_pop3_cut,
			      .end = nrs_session_pop3_end},
	[NRS_SESSION_IMAP] = {.fields = MAIL_FIELDS,
			      .sniff = sniff_imap,
			      .begin = nrs_session_imap_begin,
			      .bytes = nrs_session_imap,
			      .gap = nrs_session_imap_gap,
			      .cut = nrs_session_imap_cut,
			      .end = nrs_session_imap_end},
	[NRS_SESSION_DNS] = {.sniff = sniff_dns,
			     .is_guess = true,
			     .sniff_datagram = sniff_dns_datagram,
			     .bytes = nrs_session_dns_tcp,
			     .datagram = nrs_session_dns},
	[NRS_SESSION_QUIC] = {.sniff_datagram = sniff_quic,
			      .begin = nrs_session_quic_begin,
			      .datagram = nrs_session_quic},
	[NRS_SESSION_DTLS] = {.sniff_datagram = sniff_dtls,
			      .datagram = nrs_session_dtls},
	[NRS_SESSION_WATCHED] = {.sniff = sniff_rest,
				 .is_guess = true,
				 .bytes = watch},
};
