/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control_request: one request of control.h, from its line to the call.
 */
#pragma once

#include "app/control.h"

/* Do what @line asks. An exit status, with text in @out: 2 for what is no
 * request (then *@is_known is false). */
int nrs_control_request(struct nrs_span line, const struct nrs_control_ops *ops,
			void *ctx, struct nrs_text *out, bool *is_known);
