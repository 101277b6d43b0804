/* SPDX-License-Identifier: Apache-2.0 */
/*
 * echo_ops: a sensor that says what it was asked, for the control socket.
 */
#pragma once

#include "app/control.h"

static inline int echo_status(void *ctx, bool is_json, struct nrs_text *out)
{
	(void)ctx;
	nrs_text_puts(out, is_json ? "status json" : "status");
	return is_json;
}

static inline int echo_reload(void *ctx, bool accepts, bool refreshes,
			      struct nrs_text *out)
{
	(void)ctx;
	nrs_text_puts(out, accepts ? "reload accept" : "reload");
	nrs_text_puts(out, refreshes ? " refresh" : "");
	return 0;
}

static inline int echo_add(void *ctx, const struct nrs_span *values,
			   unsigned int count, struct nrs_text *out)
{
	(void)ctx;
	nrs_text_puts(out, "add");
	for (unsigned int i = 0; i < count; i++) {
		nrs_text_putc(out, '|');
		nrs_text_add(out, values[i]);
	}
	return 0;
}

static inline int echo_withdraw(void *ctx, const struct nrs_span *values,
				unsigned int count, struct nrs_text *out)
{
	(void)ctx;
	nrs_text_puts(out, "withdraw");
	for (unsigned int i = 0; i < count; i++) {
		nrs_text_putc(out, '|');
		nrs_text_add(out, values[i]);
	}
	return 0;
}

static inline int echo_add_file(void *ctx, const char *path,
				struct nrs_text *out)
{
	(void)ctx;
	nrs_text_puts(out, "file ");
	nrs_text_puts(out, path);
	return 0;
}

static inline int echo_posture(void *ctx, struct nrs_span word,
			       struct nrs_text *out)
{
	(void)ctx;
	nrs_text_puts(out, "posture ");
	nrs_text_add(out, word);
	return 0;
}

static inline int echo_selftest(void *ctx, bool is_begin, bool with_wire,
				struct nrs_text *out)
{
	(void)ctx;
	nrs_text_puts(out, is_begin ? "begin" : "ask");
	nrs_text_puts(out, with_wire ? " wire" : "");
	return 0;
}

static const struct nrs_control_ops echo_ops = {
	echo_status,   echo_reload,  echo_add,	   echo_add_file,
	echo_withdraw, echo_posture, echo_selftest};
