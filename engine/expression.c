/* SPDX-License-Identifier: Apache-2.0 */
/*
 * expression: one of tables/pcre.h with memory of its own.
 */
#include "engine/expression.h"

#include <stdlib.h>

#include "engine/base/text.h"
#include "engine/tables/pcre.h"

struct nrs_expression {
	struct nrs_pcre *pcre;
	struct nrs_pcre_scratch *scratch;
};

int nrs_expression_new(struct nrs_expression **out, struct nrs_span text,
		       bool ignores_case, struct nrs_diag *diag)
{
	struct nrs_expression *e = calloc(1, sizeof(*e));
	struct nrs_text whole = {0};
	int err = NRS_E_NOMEM;

	if (e == NULL)
		return err;
	nrs_text_puts(&whole, ignores_case ? "(?i)" : "");
	nrs_text_add(&whole, text);
	e->scratch = nrs_pcre_scratch_new();
	if (e->scratch != NULL && !whole.failed)
		err = nrs_pcre_new(&e->pcre, nrs_text_span(&whole), diag);
	nrs_text_fini(&whole);
	if (err != NRS_OK) {
		nrs_expression_free(e);
		return err;
	}
	*out = e;
	return NRS_OK;
}

void nrs_expression_free(struct nrs_expression *e)
{
	if (e == NULL)
		return;
	nrs_pcre_free(e->pcre);
	nrs_pcre_scratch_free(e->scratch);
	free(e);
}

bool nrs_expression_finds(struct nrs_expression *e, struct nrs_span subject)
{
	return nrs_pcre_search(e->pcre, e->scratch, subject) == 1;
}
