/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_atom: atoms, each made once.
 *
 * The key table doubles as the index of what exists: exact and suffix keys
 * are what the matcher will look up, the other kinds only keep an equal test
 * from being made twice.
 */
#include "engine/builder.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/names.h"
#include "engine/tables/pcre.h"

void *nrs_vector_add(struct nrs_vector *vector, size_t item_bytes)
{
	vector->item_bytes = item_bytes;
	if (vector->count == vector->cap) {
		const size_t cap = vector->cap == 0 ? 64 : vector->cap * 2;
		uint8_t *items = realloc(vector->items, cap * item_bytes);

		if (items == NULL)
			return NULL;
		vector->items = items;
		vector->cap = cap;
	}
	void *item = vector->items + vector->count++ * item_bytes;
	return memset(item, 0, item_bytes);
}

void nrs_vector_fini(struct nrs_vector *vector)
{
	free(vector->items);
	*vector = (struct nrs_vector){0};
}

/* The atom of (lane, kind, key); *@is_new says whether it was made now. From
 * REGEX on the lane is part of the key. */
static uint32_t intern(struct nrs_builder *b, enum nrs_lane lane,
		       enum nrs_key_kind kind, struct nrs_span key,
		       bool *is_new)
{
	uint32_t atom = (uint32_t)b->atoms.count;
	const uint32_t fresh = atom;
	const unsigned int tag =
		kind < NRS_KEY_REGEX ? (unsigned int)kind + lane : kind;

	assert(kind == NRS_KEY_EXACT || kind >= NRS_KEY_REGEX ||
	       lane < NRS_KEY_NAMED_LANES);
	if (atom > NRS_CODE_ARG ||
	    nrs_hashtab_builder_put(b->keys, (uint8_t)tag, key, &atom) !=
		    NRS_OK)
		return NRS_NONE;
	*is_new = atom == fresh;
	if (!*is_new)
		return atom;
	struct nrs_atom *made = nrs_vector_add(&b->atoms, sizeof(*made));
	if (made == NULL)
		return NRS_NONE;
	made->lane = (unsigned int)lane & 127u;
	b->db->lanes |= NRS_LANE_BIT(lane);
	return atom;
}

uint32_t nrs_build_exact(struct nrs_builder *b, enum nrs_lane lane,
			 struct nrs_span canonical)
{
	bool is_new;

	return intern(b, lane, NRS_KEY_EXACT, canonical, &is_new);
}

uint32_t nrs_build_suffix(struct nrs_builder *b, enum nrs_lane lane,
			  struct nrs_span canonical)
{
	bool is_new;

	if (nrs_names_is_public_suffix(canonical))
		return nrs_build_exact(b, lane, canonical);
	b->db->suffix_lanes |= UINT64_C(1) << lane;
	return intern(b, lane, NRS_KEY_SUFFIX, canonical, &is_new);
}

uint32_t nrs_build_prefix(struct nrs_builder *b, enum nrs_lane lane,
			  const struct nrs_prefix *prefix)
{
	uint8_t key[17];
	bool is_new = false;

	memcpy(key, prefix->addr.bytes, 16);
	key[16] = prefix->bits;
	if (prefix->bits == 128)
		return nrs_build_exact(b, lane, nrs_span(key, 16));
	const uint32_t atom = intern(b, lane, NRS_KEY_PREFIX,
				     nrs_span(key, sizeof(key)), &is_new);
	if (atom == NRS_NONE || !is_new)
		return atom;
	struct nrs_iptab_entry *entry =
		nrs_vector_add(&b->prefixes[lane], sizeof(*entry));
	if (entry == NULL)
		return NRS_NONE;
	*entry = (struct nrs_iptab_entry){.prefix = *prefix, .value = atom};
	return atom;
}

/* An atom of nrs_db_hold whose expression found no room. */
#define WITHOUT_ROOM NRS_NONE

/* Take room for an expression that is new. False: there is none. */
static bool take_room(struct nrs_engine_room *left, enum nrs_lane table,
		      const struct nrs_regex *regex)
{
	enum nrs_regex_engine engine = NRS_REGEX_SLOW;

	if (table == NRS_LANE_PAYLOAD) /* only Hyperscan; it was asked before */
		engine = NRS_REGEX_FAST;
	else if (left->hyperscan > 0 &&
		 nrs_regexdb_takes(regex, &engine, NULL) != NRS_OK)
		return false;
	if (engine == NRS_REGEX_NONE)
		return true; /* will be refused */
	uint32_t *room =
		engine == NRS_REGEX_FAST ? &left->hyperscan : &left->pcre;
	if (*room == 0)
		return false;
	(*room)--;
	return true;
}

/* For nrs_db_hold: does the indicator fit with this expression, too? */
static void hold(struct nrs_builder *b, enum nrs_lane table, uint32_t index,
		 const struct nrs_regex *regex, bool is_new)
{
	struct nrs_atom *atom = (struct nrs_atom *)b->atoms.items + index;

	if (is_new && !take_room(&b->room->left, table, regex))
		atom->first_lead = WITHOUT_ROOM;
	b->room->is_held |= atom->first_lead == WITHOUT_ROOM;
}

uint32_t nrs_build_regex(struct nrs_builder *b, enum nrs_lane lane,
			 const struct nrs_regex *regex)
{
	bool is_new = false;

	nrs_text_clear(&b->key);
	nrs_text_putc(&b->key, (char)lane);
	nrs_text_putc(&b->key, (char)('0' + regex->kind));
	nrs_text_add(&b->key, regex->prefix);
	nrs_text_putc(&b->key, '\0');
	nrs_text_add(&b->key, regex->text);
	if (b->key.failed)
		return NRS_NONE;
	const uint32_t atom =
		intern(b, lane, NRS_KEY_REGEX, nrs_text_span(&b->key), &is_new);
	/* Payloads are scanned once, for all that they may satisfy. */
	const enum nrs_lane table =
		(NRS_L_PAYLOADS >> lane & 1) != 0 ? NRS_LANE_PAYLOAD : lane;
	if (atom != NRS_NONE && b->room != NULL)
		hold(b, table, atom, regex, is_new);
	if (atom == NRS_NONE || !is_new)
		return atom;
	struct nrs_regex *kept =
		nrs_vector_add(&b->regexes[table], sizeof(*kept));
	if (kept == NULL)
		return NRS_NONE;
	*kept = *regex;
	kept->prefix = nrs_arena_copy(b->db->arena, regex->prefix);
	kept->text = nrs_arena_copy(b->db->arena, regex->text);
	kept->value = atom;
	kept->owner = b->indicator;
	return atom;
}

int nrs_build_check_regex(struct nrs_builder *b, const struct nrs_test *test)
{
	struct nrs_pcre *pcre = NULL;
	struct nrs_diag diag = {0};

	if (test->op != NRS_OP_MATCHES)
		return NRS_OK;
	const int err = nrs_pcre_new(&pcre, test->literals->bytes, &diag);
	nrs_pcre_free(pcre);
	if (err == NRS_E_NOMEM)
		return err;
	if (err != NRS_OK)
		snprintf(b->reason, sizeof(b->reason), "%s", diag.text);
	return err == NRS_OK ? NRS_OK : NRS_E_FORMAT;
}

/* All that makes a scan what it is, as octets. */
static void scan_key(struct nrs_builder *b, enum nrs_lane lane,
		     const struct nrs_scan *scan)
{
	const uint8_t head[5] = {(uint8_t)lane, scan->op, scan->inverted,
				 scan->family, scan->form};

	nrs_text_clear(&b->key);
	nrs_text_add(&b->key, nrs_span(head, sizeof(head)));
	nrs_text_add(&b->key, nrs_span(&scan->regex, sizeof(scan->regex)));
	nrs_text_add(&b->key,
		     nrs_span(&scan->characters, sizeof(scan->characters)));
	nrs_text_add(&b->key, nrs_span(&scan->place, sizeof(scan->place)));
	nrs_text_add(&b->key, scan->header);
	for (uint32_t i = 0; i < scan->operand_count; i++) {
		const struct nrs_operand *o = &scan->operands[i];
		const uint64_t len = o->bytes.len;

		nrs_text_add(&b->key, nrs_span(&o->integer, 8));
		nrs_text_add(&b->key, nrs_span(&o->real, 8));
		nrs_text_putc(&b->key,
			      (char)(o->is_real ? 'r' : 'i' + o->type));
		nrs_text_add(&b->key, nrs_span(o->prefix.addr.bytes, 16));
		nrs_text_putc(&b->key, (char)o->prefix.bits);
		nrs_text_add(&b->key, nrs_span(&len, 8));
		nrs_text_add(&b->key, o->bytes);
	}
}

uint32_t nrs_build_scan(struct nrs_builder *b, enum nrs_lane lane,
			const struct nrs_scan *scan)
{
	struct nrs_arena *arena = b->db->arena;
	bool is_new = false;

	scan_key(b, lane, scan);
	if (b->key.failed)
		return NRS_NONE;
	const uint32_t atom =
		intern(b, lane, NRS_KEY_SCAN, nrs_text_span(&b->key), &is_new);
	if (atom == NRS_NONE || !is_new)
		return atom;
	struct nrs_scan *kept = nrs_vector_add(&b->scans[lane], sizeof(*kept));
	struct nrs_operand *operands = nrs_arena_alloc(
		arena, (scan->operand_count + 1) * sizeof(*operands));
	if (kept == NULL || operands == NULL)
		return NRS_NONE;
	*kept = *scan;
	kept->atom = atom;
	kept->owner = b->indicator;
	kept->header = nrs_arena_copy(arena, scan->header);
	kept->operands = operands;
	for (uint32_t i = 0; i < scan->operand_count; i++) {
		operands[i] = scan->operands[i];
		operands[i].bytes =
			nrs_arena_copy(arena, scan->operands[i].bytes);
	}
	return atom;
}
