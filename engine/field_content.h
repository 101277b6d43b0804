/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field_content: rows of the table of fields: what exchanges carry. Only
 * field.h includes it.
 */
#pragma once

#include "engine/lane.h"

#define NRS_FIELDS_OF_CONTENT(X)                                               \
	X(FILE_NAME, "file.name", TEXT, NRS_L(FILE_NAME), EXCHANGE)            \
	X(FILE_SIZE, "file.size", INT, NRS_L(FILE_SIZE), EXCHANGE)             \
	X(FILE_TYPE, "file.mime_type", TOKEN, NRS_L(FILE_TYPE), EXCHANGE)      \
	X(FILE_MD5, "file.md5", HEX, NRS_L(FILE_MD5), EXCHANGE)                \
	X(FILE_SHA1, "file.sha1", HEX, NRS_L(FILE_SHA1), EXCHANGE)             \
	X(FILE_SHA256, "file.sha256", HEX, NRS_L(FILE_SHA256), EXCHANGE)       \
	X(FILE_SENT_MD5, "file.sent_md5", HEX, NRS_L(FILE_MD5), EXCHANGE)      \
	X(FILE_SENT_SHA1, "file.sent_sha1", HEX, NRS_L(FILE_SHA1), EXCHANGE)   \
	X(FILE_SENT_SHA256, "file.sent_sha256", HEX, NRS_L(FILE_SHA256),       \
	  EXCHANGE)                                                            \
	X(FILE_PARTIAL, "file.partial", INT, 0, EXCHANGE)                      \
	X(SMB_FILENAME, "smb.filename", PATH, NRS_L(FILE_NAME), EXCHANGE)      \
	X(SMB_SHARE, "smb.share", TEXT, 0, EXCHANGE)                           \
	X(SMTP_HELO, "smtp.helo", TEXT, 0, EXCHANGE)                           \
	X(SMTP_MAIL_FROM, "smtp.mail_from", TOKEN, NRS_L(EMAIL_ADDR),          \
	  EXCHANGE)                                                            \
	X(SMTP_RCPT_TO, "smtp.rcpt_to", TOKEN, NRS_L(EMAIL_ADDR), EXCHANGE)    \
	X(EMAIL_FROM, "email.from", TOKEN,                                     \
	  NRS_L(EMAIL_ADDR) | NRS_L(MAIL_FROM), EXCHANGE)                      \
	X(EMAIL_SENDER, "email.sender", TOKEN,                                 \
	  NRS_L(EMAIL_ADDR) | NRS_L(MAIL_SENDER), EXCHANGE)                    \
	X(EMAIL_REPLY_TO, "email.reply_to", TOKEN, NRS_L(EMAIL_ADDR),          \
	  EXCHANGE)                                                            \
	X(EMAIL_TO, "email.to", TOKEN, NRS_L(EMAIL_ADDR) | NRS_L(MAIL_TO),     \
	  EXCHANGE)                                                            \
	X(EMAIL_CC, "email.cc", TOKEN, NRS_L(EMAIL_ADDR) | NRS_L(MAIL_CC),     \
	  EXCHANGE)                                                            \
	X(EMAIL_BCC, "email.bcc", TOKEN, NRS_L(EMAIL_ADDR) | NRS_L(MAIL_BCC),  \
	  EXCHANGE)                                                            \
	X(EMAIL_SUBJECT, "email.subject", TEXT, NRS_L(MAIL_SUBJECT), EXCHANGE) \
	X(EMAIL_DATE, "email.date", TIME, NRS_L(MAIL_DATE), EXCHANGE)          \
	X(EMAIL_MESSAGE_ID, "email.message_id", TEXT, NRS_L(MAIL_ID),          \
	  EXCHANGE)                                                            \
	X(EMAIL_CONTENT_TYPE, "email.content_type", TEXT, NRS_L(MAIL_TYPE),    \
	  EXCHANGE)                                                            \
	X(EMAIL_MULTIPART, "email.is_multipart", INT, NRS_L(MAIL_MULTIPART),   \
	  EXCHANGE)                                                            \
	X(EMAIL_RECEIVED, "email.received", TEXT, NRS_L(MAIL_RECEIVED),        \
	  EXCHANGE)                                                            \
	X(EMAIL_HEADER, "email.header", HEADER, NRS_L(MAIL_HEADER), EXCHANGE)  \
	X(EMAIL_ATTACHMENT, "email.attachment", TEXT, NRS_L(ATTACHMENT),       \
	  EXCHANGE)                                                            \
	X(EMAIL_URL, "email.url", URL, NRS_L(URL) | NRS_L(URL_REST), EXCHANGE) \
	X(EMAIL_URL_HOST, "email.url_host", HOST, NRS_L(NAME) | NRS_L(ADDR),   \
	  EXCHANGE)
