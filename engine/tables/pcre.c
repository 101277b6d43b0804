/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcre: pcre2 with limits; NFC by libunistring where characters are meant.
 *
 * pcre2 keeps backtracking in heap frames, which it replaces by twice as many
 * when they are used up. So a scratch reserves two blocks of the most that the
 * heap limit allows (address space: pages are touched on use), and matching
 * takes turns between them: no allocator on the packet path.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "engine/tables/pcre.h"

#include <pcre2.h>
#include <stdlib.h>
#include <uninorm.h>

#define MATCH_LIMIT 100000u
#define DEPTH_LIMIT 2000u
#define HEAP_LIMIT_KIB 4096u
#define FRAMES_BYTES ((size_t)HEAP_LIMIT_KIB * 1024)
#define SMALL_BYTES 2048u /* the match data itself; frames are larger */

struct nrs_pcre {
	pcre2_code *code;
	bool is_unicode;
};

struct nrs_pcre_scratch {
	pcre2_general_context *memory;
	pcre2_match_data *data;
	pcre2_match_context *context;
	uint8_t *frames[2];
	bool is_taken[2];
};

static bool is_ascii(struct nrs_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] >= 0x80)
			return false;
	}
	return true;
}

static bool means_characters(struct nrs_span text)
{
	if (!is_ascii(text) || nrs_span_starts(text, "(*U"))
		return true;
	for (size_t i = 0; i + 1 < text.len; i++) {
		if (text.ptr[i] != '\\')
			continue;
		const uint8_t c = text.ptr[++i];
		const bool is_braced =
			i + 1 < text.len && text.ptr[i + 1] == '{';

		if (c == 'p' || c == 'P' || c == 'X' ||
		    (is_braced && (c == 'x' || c == 'o' || c == 'N')))
			return true;
	}
	return false;
}

static uint8_t *to_nfc(struct nrs_span text, size_t *len)
{
	return u8_normalize(UNINORM_NFC, text.ptr, text.len, NULL, len);
}

static struct nrs_span never_null(struct nrs_span text)
{
	return text.ptr == NULL ? nrs_span_of("") : text;
}

int nrs_pcre_new(struct nrs_pcre **out, struct nrs_span expression,
		 struct nrs_diag *diag)
{
	struct nrs_pcre *made = calloc(1, sizeof(*made));
	uint32_t options = PCRE2_DOTALL | PCRE2_NEVER_BACKSLASH_C;
	PCRE2_UCHAR text[120] = "not UTF-8";
	uint8_t *nfc = NULL;
	PCRE2_SIZE at = 0;
	int code = 0;

	if (made == NULL)
		return NRS_E_NOMEM;
	expression = never_null(expression);
	made->is_unicode = means_characters(expression);
	if (made->is_unicode) {
		options |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
		/* libunistring takes bad octets without a word. */
		if (nrs_span_is_utf8(expression))
			nfc = to_nfc(expression, &expression.len);
		expression.ptr = nfc;
	}
	if (expression.ptr != NULL)
		made->code = pcre2_compile(expression.ptr, expression.len,
					   options, &code, &at, NULL);
	free(nfc);
	if (made->code != NULL) {
		*out = made;
		return NRS_OK;
	}
	if (code != 0)
		(void)pcre2_get_error_message(code, text, sizeof(text));
	nrs_pcre_free(made);
	return nrs_diag_set(diag, NRS_E_SYNTAX, at,
			    "regular expression, offset %zu: %s", at,
			    (const char *)text);
}

void nrs_pcre_free(struct nrs_pcre *pcre)
{
	if (pcre == NULL)
		return;
	pcre2_code_free(pcre->code);
	free(pcre);
}

bool nrs_pcre_is_unicode(const struct nrs_pcre *pcre)
{
	return pcre->is_unicode;
}

static void *take(size_t len, void *ctx)
{
	struct nrs_pcre_scratch *scratch = ctx;

	if (len <= SMALL_BYTES)
		return malloc(len);
	for (unsigned int i = 0; i < 2; i++) {
		if (!scratch->is_taken[i] && len <= FRAMES_BYTES) {
			scratch->is_taken[i] = true;
			return scratch->frames[i];
		}
	}
	return NULL;
}

static void give_back(void *at, void *ctx)
{
	struct nrs_pcre_scratch *scratch = ctx;

	for (unsigned int i = 0; i < 2; i++) {
		if (at == scratch->frames[i] && at != NULL) {
			scratch->is_taken[i] = false;
			return;
		}
	}
	free(at);
}

struct nrs_pcre_scratch *nrs_pcre_scratch_new(void)
{
	struct nrs_pcre_scratch *made = calloc(1, sizeof(*made));

	if (made == NULL)
		return NULL;
	made->frames[0] = malloc(FRAMES_BYTES);
	made->frames[1] = malloc(FRAMES_BYTES);
	made->memory = pcre2_general_context_create(take, give_back, made);
	if (made->memory != NULL) {
		made->data = pcre2_match_data_create(1, made->memory);
		made->context = pcre2_match_context_create(made->memory);
	}
	if (made->frames[0] == NULL || made->frames[1] == NULL ||
	    made->data == NULL || made->context == NULL) {
		nrs_pcre_scratch_free(made);
		return NULL;
	}
	(void)pcre2_set_match_limit(made->context, MATCH_LIMIT);
	(void)pcre2_set_depth_limit(made->context, DEPTH_LIMIT);
	(void)pcre2_set_heap_limit(made->context, HEAP_LIMIT_KIB);
	return made;
}

void nrs_pcre_scratch_free(struct nrs_pcre_scratch *scratch)
{
	if (scratch == NULL)
		return;
	pcre2_match_data_free(scratch->data);
	pcre2_match_context_free(scratch->context);
	pcre2_general_context_free(scratch->memory);
	free(scratch->frames[0]);
	free(scratch->frames[1]);
	free(scratch);
}

int nrs_pcre_search(const struct nrs_pcre *pcre,
		    struct nrs_pcre_scratch *scratch, struct nrs_span subject)
{
	uint8_t *nfc = NULL;

	subject = never_null(subject);
	if (pcre->is_unicode && !is_ascii(subject) &&
	    nrs_span_is_utf8(subject)) {
		nfc = to_nfc(subject, &subject.len);
		if (nfc == NULL)
			return NRS_E_NOMEM;
		subject.ptr = nfc;
	}
	const int rc = pcre2_match(pcre->code, subject.ptr, subject.len, 0, 0,
				   scratch->data, scratch->context);
	free(nfc);
	if (rc >= 0)
		return 1;
	return rc == PCRE2_ERROR_NOMATCH ? 0 : NRS_E_LIMIT;
}
