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
	X(SMB_SHARE, "smb.share", TEXT, 0, EXCHANGE)
