/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_name: what messages say of a file: its name, in parameters of header
 * fields (RFC 9110 section 5.6.6), in Content-Disposition (RFC 6266) and as the
 * last segment of a request target; and which part of it comes. Pure.
 */
#pragma once

#include "engine/base/span.h"

/*
 * The parameter @name (case-free) of a header field's value, unquoted into
 * @room where it was quoted; it is cut to @len octets. Empty: there is none.
 */
struct nrs_span nrs_header_parameter(struct nrs_span value, const char *name,
				     uint8_t *room, size_t len);

/*
 * The name that a Content-Disposition gives, without the folders before it:
 * filename* before filename (RFC 6266 section 4.3), its escapes undone. Put
 * together in @room of @len octets. Empty: it gives none, or none that fits.
 */
struct nrs_span nrs_disposition_name(struct nrs_span value, uint8_t *room,
				     size_t len);

/* The last segment of a request target's path, escapes undone in @room of
 * @len octets. Empty: the path ends in "/", or does not fit. */
struct nrs_span nrs_target_name(struct nrs_span target, uint8_t *room,
				size_t len);

/* What stands behind the last "/" or "\". */
struct nrs_span nrs_path_name(struct nrs_span path);

/* Does the Content-Range of a 206 (RFC 9110 section 14.4: "bytes 0-499/1234")
 * say that a part comes, or what cannot be read? An empty one does not: those
 * who receive what has none take it for the whole. */
bool nrs_range_is_part(struct nrs_span value);
