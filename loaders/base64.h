/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base64: text of RFC 4648 section 4, with its padding, to octets.
 */
#pragma once

#include "engine/base/span.h"

/* @out holds 3 * text.len / 4. False: @text is no such thing. */
bool nrs_base64_read(struct nrs_span text, uint8_t *out, size_t *len);
