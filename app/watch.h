/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: what somebody says, again and again: on a terminal one screen that is
 * written over, else one block after another.
 */
#pragma once

#include "engine/base/text.h"

struct nrs_watch_options {
	int in, out;  /* terminals or not, each by itself */
	int signals;  /* of nrs_signals_open: the way to its end */
	int pause_ms; /* between two */
	void *ctx;
	/* Append what there is to be said; an exit status. False in *@goes_on:
	 * that was the last. */
	int (*ask)(void *ctx, struct nrs_text *out, bool *goes_on);
};

/*
 * Until "q" or Ctrl-D on a terminal, a signal, or @out takes no more. Leaves
 * the terminal as it was, with what was said last below. The last exit status.
 */
int nrs_watch(const struct nrs_watch_options *options);
