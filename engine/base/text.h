/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: a growing byte buffer for what is written (never on the packet path).
 *
 * A failed allocation sticks: later appends do nothing, and `failed` says so
 * once at the end, so that writers need no check per append.
 */
#pragma once

#include "engine/base/span.h"

struct nrs_text {
	uint8_t *ptr;
	size_t len;
	size_t cap;
	bool failed;
};

/* Starts as {0}; fini frees and makes it {0} again. */
void nrs_text_fini(struct nrs_text *text);

static inline void nrs_text_clear(struct nrs_text *text)
{
	text->len = 0;
	text->failed = false;
}

static inline struct nrs_span nrs_text_span(const struct nrs_text *text)
{
	return nrs_span(text->ptr, text->len);
}

void nrs_text_add(struct nrs_text *text, struct nrs_span span);
void nrs_text_puts(struct nrs_text *text, const char *s);
void nrs_text_putc(struct nrs_text *text, char c);
__attribute__((format(printf, 2, 3))) void
nrs_text_printf(struct nrs_text *text, const char *format, ...);

/* "230,118"; returns @out. */
#define NRS_GROUPED_LEN 32
const char *nrs_grouped(uint64_t number, char out[NRS_GROUPED_LEN]);
