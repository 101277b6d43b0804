/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refang: make defanged text whole again (hxxp, [.], (dot), [at], ...;
 * specification section 8.6), and defang text for people.
 */
#pragma once

#include "engine/base/span.h"
#include "engine/base/text.h"

/*
 * The refanged form of @in in @out (never longer than @in). Returns its
 * length; *@changed says whether anything was defanged.
 */
size_t nrs_refang(struct nrs_span in, uint8_t *out, bool *changed);

/* Append @in defanged: hxxp for http, [.] for the dots of the host. */
void nrs_defang(struct nrs_text *out, struct nrs_span in);
