/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_mail: a message as it passes, into its transaction: addresses,
 * subject and the other fields of its header, names and octets of attachments,
 * URLs of its text. SMTP, IMAP and POP3 give it their messages.
 *
 * State is one of the shard's buffers, lent while the message passes. Every
 * function but begin takes NULL for a message that nobody follows.
 */
#pragma once

#include "capture/session_part.h"

struct nrs_mail;

/* What messages bring, besides files. */
#define NRS_MESSAGE_FIELDS                                                     \
	(NRS_FIELD_BIT(NRS_F_EMAIL_FROM) | NRS_FIELD_BIT(NRS_F_EMAIL_SENDER) | \
	 NRS_FIELD_BIT(NRS_F_EMAIL_REPLY_TO) | NRS_FIELD_BIT(NRS_F_EMAIL_TO) | \
	 NRS_FIELD_BIT(NRS_F_EMAIL_CC) | NRS_FIELD_BIT(NRS_F_EMAIL_BCC) |      \
	 NRS_FIELD_BIT(NRS_F_EMAIL_SUBJECT) |                                  \
	 NRS_FIELD_BIT(NRS_F_EMAIL_DATE) |                                     \
	 NRS_FIELD_BIT(NRS_F_EMAIL_MESSAGE_ID) |                               \
	 NRS_FIELD_BIT(NRS_F_EMAIL_CONTENT_TYPE) |                             \
	 NRS_FIELD_BIT(NRS_F_EMAIL_MULTIPART) |                                \
	 NRS_FIELD_BIT(NRS_F_EMAIL_RECEIVED) |                                 \
	 NRS_FIELD_BIT(NRS_F_EMAIL_HEADER) |                                   \
	 NRS_FIELD_BIT(NRS_F_EMAIL_ATTACHMENT) |                               \
	 NRS_FIELD_BIT(NRS_F_EMAIL_URL) | NRS_FIELD_BIT(NRS_F_EMAIL_URL_HOST))

/* A message begins in @txn, which outlives it. NULL: nobody asks for what
 * messages hold, or above the quota, counted. */
struct nrs_mail *nrs_mail_begin(struct nrs_session_env *env,
				struct nrs_txn *txn);

/* The same of one part of a message: its header, and what it holds. Of the
 * header nothing is told but the name. */
struct nrs_mail *nrs_mail_begin_part(struct nrs_session_env *env,
				     struct nrs_txn *txn);

void nrs_mail_bytes(struct nrs_session_env *env, struct nrs_mail *mail,
		    struct nrs_span bytes);

/* @len octets will not be seen; 0: it is not known how many. */
void nrs_mail_gap(struct nrs_session_env *env, struct nrs_mail *mail,
		  uint64_t len);

/* The message is over, or no more of it will be seen: tell what is left, and
 * give back its room. */
void nrs_mail_end(struct nrs_session_env *env, struct nrs_mail *mail,
		  bool is_complete);

/* Nobody wants the octets that come now, but for where they end: NULL too. */
bool nrs_mail_is_skipped(const struct nrs_mail *mail);

/* Readers may take it otherwise than we did. */
void nrs_mail_doubt(struct nrs_mail *mail);

/* What the mail protocols' files give to the table. */
void nrs_session_smtp_begin(struct nrs_session_env *env, struct nrs_flow *flow);
size_t nrs_session_smtp(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int side, struct nrs_span bytes);
void nrs_session_smtp_gap(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side, uint32_t len);
void nrs_session_smtp_cut(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side);
void nrs_session_smtp_end(struct nrs_session_env *env,
			  struct nrs_session *session);
void nrs_session_pop3_begin(struct nrs_session_env *env, struct nrs_flow *flow);
size_t nrs_session_pop3(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int side, struct nrs_span bytes);
void nrs_session_pop3_gap(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side, uint32_t len);
void nrs_session_pop3_cut(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side);
void nrs_session_pop3_end(struct nrs_session_env *env,
			  struct nrs_session *session);
void nrs_session_imap_begin(struct nrs_session_env *env, struct nrs_flow *flow);
size_t nrs_session_imap(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int side, struct nrs_span bytes);
void nrs_session_imap_gap(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side, uint32_t len);
void nrs_session_imap_cut(struct nrs_session_env *env, struct nrs_flow *flow,
			  unsigned int side);
void nrs_session_imap_end(struct nrs_session_env *env,
			  struct nrs_session *session);
