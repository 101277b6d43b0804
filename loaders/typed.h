/* SPDX-License-Identifier: Apache-2.0 */
/*
 * typed: what a format says a value is, and what becomes of it: a shape where
 * there is one, else the text of a STIX pattern (specification, section 8).
 */
#pragma once

#include "loaders/list_shape.h"

/* A row of the table in typed.c each. */
enum nrs_typed {
	NRS_TYPED_ANY, /* nothing said: told by the value's shape */
	NRS_TYPED_ADDRESS,
	NRS_TYPED_ADDRESS_PORT, /* address:port */
	NRS_TYPED_NAME,
	NRS_TYPED_URL,
	NRS_TYPED_EMAIL,
	NRS_TYPED_HASH, /* of a file, told by its length */
	NRS_TYPED_MD5,
	NRS_TYPED_SHA1,
	NRS_TYPED_SHA256,
	NRS_TYPED_SHA384,
	NRS_TYPED_SHA512,
	NRS_TYPED_JA4,
	/* from here on as patterns */
	NRS_TYPED_SHA224,
	NRS_TYPED_SHA512_256,
	NRS_TYPED_CERTIFICATE_MD5,
	NRS_TYPED_CERTIFICATE_SHA1,
	NRS_TYPED_CERTIFICATE_SHA256,
	NRS_TYPED_JA3,
	NRS_TYPED_JA3S,
	NRS_TYPED_HASSH,
	NRS_TYPED_HASSH_SERVER,
	NRS_TYPED_SSH_KEY_MD5,
	NRS_TYPED_COMMUNITY_ID,
	NRS_TYPED_USER_AGENT,
	NRS_TYPED_COOKIE,
	NRS_TYPED_REQUEST, /* path and query */
	NRS_TYPED_FILE_NAME,
	NRS_TYPED_MAIL_FROM,
	NRS_TYPED_MAIL_TO,
	NRS_TYPED_MAIL_SUBJECT,
	NRS_TYPED_MAIL_ID,
	NRS_TYPED_MAIL_REPLY_TO,
	NRS_TYPED_MAIL_MAILER,
	NRS_TYPED_MAIL_ATTACHMENT,
	NRS_TYPED_MAC,
	NRS_TYPED_AS,
	NRS_TYPED_USER_NAME,
	NRS_TYPED_SOFTWARE,
	NRS_TYPED_REGISTRY_KEY,
	NRS_TYPED_MUTEX,
	NRS_TYPED_PATTERN,	  /* of STIX, as it is */
	NRS_TYPED_SOURCE_ADDRESS, /* on one side only */
	NRS_TYPED_DESTINATION_ADDRESS,
	/* two values, a "|" between them */
	NRS_TYPED_DESTINATION,	/* address|port */
	NRS_TYPED_ENDPOINT,	/* address|port of either side */
	NRS_TYPED_SOURCE,	/* address|port of the source */
	NRS_TYPED_SERVICE,	/* name|port */
	NRS_TYPED_NAME_ADDRESS, /* name|address that it resolves to */
	NRS_TYPED_COUNT
};

/* Longest value. */
#define NRS_TYPED_MAX ((size_t)8192)

struct nrs_typed_value {
	enum nrs_shape shape; /* NRS_SHAPE_PATTERN: text is a pattern */
	struct nrs_span text; /* in the room */
	const char *reason;   /* why there is none; a text for ever */
	bool is_retyped;      /* it was no such thing, but certainly another */
};

/* Where values are worked on; of one reader. Starts as {0}. */
struct nrs_typed_room {
	struct nrs_text pattern;
	uint8_t plain[NRS_TYPED_MAX + 1];
	uint8_t shaped[NRS_SHAPE_ROOM(NRS_TYPED_MAX + 1)];
};
void nrs_typed_room_fini(struct nrs_typed_room *room);

/*
 * What @value of @type is: refanged, checked, canonical. NRS_E_FORMAT: the
 * reason says why not. NRS_E_NOMEM. Valid until the room's next use.
 */
int nrs_typed_read(struct nrs_typed_room *room, enum nrs_typed type,
		   struct nrs_span value, struct nrs_typed_value *out);

/* The type called @name ("address", "user-agent", ...), for parameters and
 * column headers; NRS_TYPED_COUNT: none. */
enum nrs_typed nrs_typed_by_name(struct nrs_span name);
