/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strict_operand: LIKE and MATCHES as expressions of characters, and of octets
 * for binary values.
 */
#include "engine/strict_part.h"

#include "engine/base/text.h"
#include "engine/tables/pcre.h"

static bool is_word(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
}

void nrs_strict_like(struct nrs_text *out, struct nrs_span text)
{
	nrs_text_puts(out, "(*UTF)\\A");
	for (size_t i = 0; i < text.len; i++) {
		const uint8_t c = text.ptr[i];

		if (c == '%') {
			nrs_text_puts(out, ".*");
		} else if (c == '_') {
			nrs_text_putc(out, '.');
		} else if (c <= ' ' || c == 0x7f) {
			nrs_text_printf(out, "\\x%02x", c);
		} else {
			if (!is_word(c))
				nrs_text_putc(out, '\\');
			nrs_text_putc(out, (char)c);
		}
	}
	nrs_text_puts(out, "\\z");
}

/* Octets beyond ASCII by number, so that the door takes them for octets. */
static void put_octets(struct nrs_text *out, struct nrs_span octets)
{
	bool is_escaped = false;

	for (size_t i = 0; i < octets.len; i++) {
		const uint8_t c = octets.ptr[i];

		if (c >= 0x80)
			nrs_text_printf(out, is_escaped ? "x%02x" : "\\x%02x",
					c);
		else
			nrs_text_putc(out, (char)c);
		is_escaped = c == '\\' && !is_escaped;
	}
}

static int compile(struct nrs_pcre **out, struct nrs_text *text,
		   struct nrs_diag *diag)
{
	const int err = text->failed
				? NRS_E_NOMEM
				: nrs_pcre_new(out, nrs_text_span(text), diag);

	nrs_text_fini(text);
	return err;
}

int nrs_strict_operand_init(struct nrs_strict_operand *operand,
			    const struct nrs_test *test,
			    struct nrs_strict_run *run)
{
	struct nrs_text text = {0}, octet_text = {0};
	struct nrs_span octets;

	*operand = (struct nrs_strict_operand){.test = test};
	if (test->op != NRS_OP_LIKE && test->op != NRS_OP_MATCHES)
		return NRS_OK;
	operand->scratch = nrs_pcre_scratch_new();
	if (operand->scratch == NULL)
		return NRS_E_NOMEM;
	if (test->op == NRS_OP_LIKE) {
		nrs_strict_like(&text, test->literals->bytes);
	} else {
		nrs_text_puts(&text, "(*UTF)");
		nrs_text_add(&text, test->literals->bytes);
	}
	int err = compile(&operand->characters, &text, run->diag);
	if (err != NRS_OK ||
	    !nrs_strict_octets(run, test->literals->bytes, &octets))
		return err;
	put_octets(&octet_text, octets);
	if (test->op == NRS_OP_LIKE) {
		nrs_text_clear(&octet_text);
		nrs_strict_like(&octet_text, test->literals->bytes);
	}
	return compile(&operand->octets, &octet_text, run->diag);
}

void nrs_strict_operand_fini(struct nrs_strict_operand *operand)
{
	nrs_pcre_free(operand->characters);
	nrs_pcre_free(operand->octets);
	nrs_pcre_scratch_free(operand->scratch);
}
