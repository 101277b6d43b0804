/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail_date: the date of a message header (RFC 5322 section 3.3), with the
 * zones and the years of two digits of section 4.3.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

/* "Fri, 21 Nov 1997 09:55:06 -0600" to nanoseconds since 1970 UTC.
 * NRS_E_FORMAT. */
int nrs_mail_date(struct nrs_span text, int64_t *out_ns);
