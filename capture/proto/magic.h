/* SPDX-License-Identifier: Apache-2.0 */
/*
 * magic: the type of a file by its first octets, as a media type.
 *
 * A table of our own, of the types that malware travels as: small enough to
 * read, and the packet path could not wait for libmagic, which takes its
 * memory from the heap. Pure.
 */
#pragma once

#include "engine/base/span.h"

/* As many octets of a file's front as the table may look at. */
#define NRS_MAGIC_LEN 272

/* The type of a file that begins with @head, or NULL: none of these. */
const char *nrs_magic_type(struct nrs_span head);
