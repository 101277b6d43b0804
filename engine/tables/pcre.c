/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcre: pcre2 with limits; NFC by libunistring where the expression is not
 * ASCII.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "engine/tables/pcre.h"

#include <pcre2.h>
#include <stdlib.h>
#include <uninorm.h>

#define MATCH_LIMIT 100000u
#define DEPTH_LIMIT 2000u
#define HEAP_LIMIT_KIB 4096u

struct nrs_pcre {
	pcre2_code *code;
	bool is_unicode;
};

struct nrs_pcre_scratch {
	pcre2_match_data *data;
	pcre2_match_context *context;
};

static bool is_ascii(struct nrs_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] >= 0x80)
			return false;
	}
	return true;
}

static uint8_t *to_nfc(struct nrs_span text, size_t *len)
{
	return u8_normalize(UNINORM_NFC, text.ptr, text.len, NULL, len);
}

int nrs_pcre_new(struct nrs_pcre **out, struct nrs_span expression,
		 struct nrs_diag *diag)
{
	struct nrs_pcre *made = calloc(1, sizeof(*made));
	uint32_t options = PCRE2_DOTALL | PCRE2_NEVER_BACKSLASH_C;
	uint8_t *nfc = NULL;
	PCRE2_SIZE at = 0;
	int code = 0;

	if (made == NULL)
		return NRS_E_NOMEM;
	made->is_unicode = !is_ascii(expression);
	if (made->is_unicode) {
		options |= PCRE2_UTF;
		nfc = to_nfc(expression, &expression.len);
		expression.ptr = nfc;
	}
	if (!made->is_unicode || nfc != NULL)
		made->code = pcre2_compile(expression.ptr, expression.len,
					   options, &code, &at, NULL);
	free(nfc);
	if (made->code == NULL) {
		PCRE2_UCHAR text[120] = "not UTF-8";

		if (code != 0)
			(void)pcre2_get_error_message(code, text, sizeof(text));
		nrs_pcre_free(made);
		return nrs_diag_set(diag, NRS_E_SYNTAX, at,
				    "regular expression, offset %zu: %s", at,
				    (const char *)text);
	}
	*out = made;
	return NRS_OK;
}

void nrs_pcre_free(struct nrs_pcre *pcre)
{
	if (pcre == NULL)
		return;
	pcre2_code_free(pcre->code);
	free(pcre);
}

struct nrs_pcre_scratch *nrs_pcre_scratch_new(void)
{
	struct nrs_pcre_scratch *made = calloc(1, sizeof(*made));

	if (made == NULL)
		return NULL;
	made->data = pcre2_match_data_create(1, NULL);
	made->context = pcre2_match_context_create(NULL);
	if (made->data == NULL || made->context == NULL) {
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
	free(scratch);
}

int nrs_pcre_search(const struct nrs_pcre *pcre,
		    struct nrs_pcre_scratch *scratch, struct nrs_span subject)
{
	uint8_t *nfc = NULL;

	if (pcre->is_unicode) {
		if (!nrs_span_is_utf8(subject))
			return 0; /* no text: nothing Unicode can match it */
		if (!is_ascii(subject)) {
			nfc = to_nfc(subject, &subject.len);
			subject.ptr = nfc;
		}
	}
	const int rc = pcre2_match(
		pcre->code, subject.ptr == NULL ? (PCRE2_SPTR) "" : subject.ptr,
		subject.len, 0, 0, scratch->data, scratch->context);
	free(nfc);
	if (rc >= 0)
		return 1;
	return rc == PCRE2_ERROR_NOMATCH ? 0 : NRS_E_LIMIT;
}
