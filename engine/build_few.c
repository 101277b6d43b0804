/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_few: one test over all values that there can be.
 */
#include "engine/build_few.h"

#include "engine/strict_part.h"

/* A value that there can be, with the literal that means it. */
struct candidate {
	struct nrs_strict_value value;
	struct nrs_literal literal;
};

static int keep_those_that_hold(struct nrs_builder *b,
				const struct nrs_test *test,
				const struct candidate *all, unsigned int count,
				struct nrs_test *out)
{
	struct nrs_literal *kept =
		nrs_arena_alloc(b->scratch, (count + 1) * sizeof(*kept));
	struct nrs_strict_run run = {.arena = b->scratch};
	struct nrs_strict_operand operand;
	struct nrs_test positive = *test;

	if (kept == NULL)
		return NRS_E_NOMEM;
	positive.negated = false;
	int err = nrs_strict_operand_init(&operand, &positive, &run);
	*out = *test;
	out->op = NRS_OP_IN;
	out->literals = kept;
	out->literal_count = 0;
	for (unsigned int i = 0; i < count && err == NRS_OK; i++) {
		const int holds =
			nrs_strict_compare(&operand, &all[i].value, &run);

		if (holds > 0)
			kept[out->literal_count++] = all[i].literal;
		err = holds < 0 ? holds : NRS_OK;
	}
	nrs_strict_operand_fini(&operand);
	return err;
}

int nrs_build_octet_set(struct nrs_builder *b, const struct nrs_test *test,
			enum nrs_literal_type type, struct nrs_test *out)
{
	const unsigned int count = UINT8_MAX + 1;
	uint8_t *octets = nrs_arena_bytes(b->scratch, count);
	struct candidate *all =
		nrs_arena_alloc(b->scratch, count * sizeof(*all));

	if (octets == NULL || all == NULL)
		return NRS_E_NOMEM;
	for (unsigned int i = 0; i < count; i++) {
		octets[i] = (uint8_t)i;
		all[i].value.is_binary = true;
		all[i].value.bytes = nrs_span(&octets[i], 1);
		all[i].literal.type = type;
		all[i].literal.bytes = all[i].value.bytes;
		all[i].literal.integer = i;
		all[i].literal.real = i;
	}
	return keep_those_that_hold(b, test, all, count, out);
}

int nrs_build_type_set(struct nrs_builder *b, const struct nrs_test *test,
		       struct nrs_test *out)
{
	static const char *const types[] = {"ipv4-addr", "ipv6-addr"};
	struct nrs_json json[2];
	struct candidate all[2];

	for (unsigned int i = 0; i < 2; i++) {
		json[i] = (struct nrs_json){.type = NRS_JSON_STRING,
					    .text = nrs_span_of(types[i])};
		all[i] = (struct candidate){.value = {.json = &json[i]}};
		all[i].literal.type = NRS_LIT_STRING;
		all[i].literal.bytes = json[i].text;
	}
	return keep_those_that_hold(b, test, all, 2, out);
}
