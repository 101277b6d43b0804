/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: a doubling buffer.
 */
#include "engine/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void nrs_text_fini(struct nrs_text *text)
{
	free(text->ptr);
	*text = (struct nrs_text){0};
}

static bool reserve(struct nrs_text *text, size_t more)
{
	size_t cap = text->cap == 0 ? 256 : text->cap;

	if (text->failed || more > SIZE_MAX / 4)
		goto fail;
	while (cap - text->len < more)
		cap *= 2;
	if (cap == text->cap)
		return true;
	uint8_t *ptr = realloc(text->ptr, cap);
	if (ptr == NULL)
		goto fail;
	text->ptr = ptr;
	text->cap = cap;
	return true;
fail:
	text->failed = true;
	return false;
}

void nrs_text_add(struct nrs_text *text, struct nrs_span span)
{
	if (span.len == 0 || !reserve(text, span.len))
		return;
	memcpy(text->ptr + text->len, span.ptr, span.len);
	text->len += span.len;
}

void nrs_text_puts(struct nrs_text *text, const char *s)
{
	nrs_text_add(text, nrs_span_of(s));
}

void nrs_text_putc(struct nrs_text *text, char c)
{
	if (text->len < text->cap && !text->failed) {
		text->ptr[text->len++] = (uint8_t)c;
		return;
	}
	nrs_text_add(text, nrs_span(&c, 1));
}

void nrs_text_printf(struct nrs_text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	const int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0 || !reserve(text, (size_t)len + 1))
		return;
	va_start(args, format);
	(void)vsnprintf((char *)text->ptr + text->len, (size_t)len + 1, format,
			args);
	va_end(args);
	text->len += (size_t)len;
}

const char *nrs_grouped(uint64_t number, char out[NRS_GROUPED_LEN])
{
	char digits[NRS_GROUPED_LEN];
	const int len = snprintf(digits, sizeof(digits), "%llu",
				 (unsigned long long)number);
	int to = 0;

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			out[to++] = ',';
		out[to++] = digits[i];
	}
	out[to] = '\0';
	return out;
}
