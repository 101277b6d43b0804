/* SPDX-License-Identifier: Apache-2.0 */
/*
 * witness: one block of memory: the head, the hit's record with its values,
 * then the texts.
 */
#include "sightings/witness.h"

#include <stdlib.h>

#include "engine/base/checksum.h"
#include "engine/handling.h"
#include "engine/outer.h"

/* Another number whenever the head or struct nrs_record_hit changes. */
#define LAYOUT (0x4e570005u ^ (uint32_t)sizeof(struct nrs_record_hit) << 8)

struct nrs_witness {
	uint32_t refs;
	uint32_t bytes; /* of head and tail */
	struct nrs_witness_head head;
	_Alignas(8) uint8_t tail[];
};

#define HEAD_BYTES                                                             \
	(offsetof(struct nrs_witness, tail) -                                  \
	 offsetof(struct nrs_witness, head))

static struct nrs_witness *make(size_t tail)
{
	struct nrs_witness *w;

	if (tail > UINT32_MAX / 2)
		return NULL;
	w = calloc(1, sizeof(*w) + tail);
	if (w == NULL)
		return NULL;
	w->refs = 1;
	w->bytes = (uint32_t)(HEAD_BYTES + tail);
	return w;
}

static void say_texts(const struct nrs_sighted *s,
		      struct nrs_text texts[NRS_WITNESS_TEXTS])
{
	nrs_sighted_id(s, &texts[NRS_WITNESS_ID]);
	nrs_text_add(&texts[NRS_WITNESS_SOURCE],
		     nrs_set_source_of(s->set, s->indicator->source)->name);
	nrs_text_add(&texts[NRS_WITNESS_EXERCISE], nrs_sighted_exercise(s));
	if (s->indicator->shape == NRS_SHAPE_PATTERN)
		return;
	nrs_set_pattern(s->set, s->hit->indicator, &texts[NRS_WITNESS_PATTERN]);
	nrs_text_add(&texts[NRS_WITNESS_NAME], s->indicator->pattern);
}

/* The record and the texts behind the head, which tells their lengths. */
static void put_tail(struct nrs_witness *w, const struct nrs_record_hit *hit,
		     const struct nrs_span texts[NRS_WITNESS_TEXTS])
{
	uint8_t *at = w->tail + hit->head.bytes;

	w->head.layout = LAYOUT;
	w->head.hit_bytes = hit->head.bytes;
	memcpy(w->tail, hit, hit->head.bytes);
	for (unsigned int i = 0; i < NRS_WITNESS_TEXTS; i++) {
		w->head.text_len[i] = (uint32_t)texts[i].len;
		if (texts[i].len > 0)
			memcpy(at, texts[i].ptr, texts[i].len);
		at += texts[i].len;
	}
}

static void fill(struct nrs_witness *w, const struct nrs_sighted *s,
		 const struct nrs_span texts[NRS_WITNESS_TEXTS])
{
	w->head.modified_ns = s->indicator->modified_ns;
	w->head.confidence = s->indicator->confidence;
	w->head.tlp = s->indicator->tlp;
	w->head.direction = (uint8_t)s->direction;
	w->head.own_is_src = s->own_is_src;
	w->head.is_value = s->indicator->shape != NRS_SHAPE_PATTERN;
	w->head.is_partial = s->indicator->status == NRS_STATUS_PARTIAL;
	w->head.outcome = (uint8_t)s->outcome;
	w->head.protocols = s->protocols;
	w->head.is_watched = s->indicator->watched;
	w->head.how = (uint8_t)nrs_sighted_how(s);
	w->head.is_hidden = nrs_is_hidden(s->indicator);
	put_tail(w, s->hit, texts);
}

int nrs_witness_new(struct nrs_witness **out, const struct nrs_sighted *s)
{
	struct nrs_text texts[NRS_WITNESS_TEXTS] = {{0}};
	struct nrs_span spans[NRS_WITNESS_TEXTS];
	size_t tail = s->hit->head.bytes;
	bool has_failed = false;

	say_texts(s, texts);
	for (unsigned int i = 0; i < NRS_WITNESS_TEXTS; i++) {
		tail += texts[i].len;
		spans[i] = nrs_text_span(&texts[i]);
		has_failed = has_failed || texts[i].failed;
	}
	*out = has_failed ? NULL : make(tail);
	if (*out != NULL)
		fill(*out, s, spans);
	for (unsigned int i = 0; i < NRS_WITNESS_TEXTS; i++)
		nrs_text_fini(&texts[i]);
	return *out == NULL ? NRS_E_NOMEM : NRS_OK;
}

struct nrs_witness *nrs_witness_ref(struct nrs_witness *w)
{
	w->refs++;
	return w;
}

void nrs_witness_free(struct nrs_witness *w)
{
	if (w != NULL && --w->refs == 0)
		free(w);
}

const struct nrs_witness_head *nrs_witness_head(const struct nrs_witness *w)
{
	return &w->head;
}

const struct nrs_record_hit *nrs_witness_hit(const struct nrs_witness *w)
{
	return (const void *)w->tail;
}

struct nrs_span nrs_witness_text(const struct nrs_witness *w,
				 enum nrs_witness_text which)
{
	const uint8_t *at = w->tail + w->head.hit_bytes;

	for (unsigned int i = 0; i < (unsigned int)which; i++)
		at += w->head.text_len[i];
	return nrs_span(at, w->head.text_len[which]);
}

const struct nrs_addr *nrs_witness_own(const struct nrs_witness *w)
{
	const struct nrs_flow_info *flow = &nrs_witness_hit(w)->flow;

	return w->head.own_is_src ? &flow->src : &flow->dst;
}

const struct nrs_addr *nrs_witness_peer(const struct nrs_witness *w)
{
	const struct nrs_flow_info *flow = &nrs_witness_hit(w)->flow;

	return w->head.own_is_src ? &flow->dst : &flow->src;
}

bool nrs_witness_same(const struct nrs_witness *a, const struct nrs_witness *b)
{
	return a->head.modified_ns == b->head.modified_ns &&
	       a->head.direction == b->head.direction &&
	       a->head.tlp == b->head.tlp &&
	       a->head.is_watched == b->head.is_watched &&
	       nrs_addr_compare(nrs_witness_own(a), nrs_witness_own(b)) == 0 &&
	       (a->head.direction != NRS_DIRECTION_TRANSIT ||
		nrs_addr_compare(nrs_witness_peer(a), nrs_witness_peer(b)) ==
			0) &&
	       nrs_span_equal(nrs_witness_text(a, NRS_WITNESS_ID),
			      nrs_witness_text(b, NRS_WITNESS_ID)) &&
	       nrs_span_equal(nrs_witness_text(a, NRS_WITNESS_SOURCE),
			      nrs_witness_text(b, NRS_WITNESS_SOURCE));
}

uint64_t nrs_witness_hash(const struct nrs_witness *w)
{
	struct nrs_hash_key key;
	struct nrs_addr own = *nrs_witness_own(w);

	nrs_hash_key_init(&key, 1 + (uint64_t)w->head.direction);
	return nrs_hash(&key, nrs_witness_text(w, NRS_WITNESS_ID)) ^
	       nrs_hash(&key, nrs_span(own.bytes, sizeof(own.bytes)));
}

struct nrs_span nrs_witness_bytes(const struct nrs_witness *w)
{
	return nrs_span(&w->head, w->bytes);
}

/* Is a value as long as its field's kind wants it? */
static bool has_length(const struct nrs_record_value *value)
{
	switch (nrs_field_table[value->field].kind) {
	case NRS_VALUE_ADDR:
		return value->len == sizeof(struct nrs_addr);
	case NRS_VALUE_MAC:
		return value->len == 6;
	case NRS_VALUE_INT:
	case NRS_VALUE_OFFSET:
	case NRS_VALUE_TIME:
		return value->len == sizeof(int64_t);
	default:
		return true;
	}
}

/* Do the values end where the record does? */
static bool has_whole_values(const struct nrs_record_hit *hit, size_t bytes)
{
	const uint8_t *at = (const uint8_t *)(hit + 1);
	size_t left;

	if (bytes < sizeof(*hit) || hit->head.bytes != bytes ||
	    hit->value_count == 0 || hit->value_count > NRS_HIT_VALUES_MAX)
		return false;
	left = bytes - sizeof(*hit);
	for (unsigned int i = 0; i < hit->value_count; i++) {
		struct nrs_record_value value;
		size_t room;

		if (left < sizeof(value))
			return false;
		memcpy(&value, at, sizeof(value));
		room = ((size_t)value.len + 7) / 8 * 8;
		if (value.field >= NRS_FIELD_COUNT ||
		    left - sizeof(value) < room || !has_length(&value))
			return false;
		at += sizeof(value) + room;
		left -= sizeof(value) + room;
	}
	return hit->outer_count <= NRS_OUTERS_MAX &&
	       left >= hit->outer_count * sizeof(struct nrs_outer);
}

/* Bytes of a file may stand there, and a bool has but two values. */
static bool are_bools(const struct nrs_witness_head *head)
{
	const bool *const bools[] = {&head->own_is_src, &head->is_value,
				     &head->is_partial, &head->is_watched,
				     &head->is_hidden};

	for (size_t i = 0; i < sizeof(bools) / sizeof(*bools); i++) {
		if (*(const uint8_t *)bools[i] > 1)
			return false;
	}
	return true;
}

static bool is_whole(const struct nrs_witness *w, size_t tail)
{
	size_t texts = 0;

	for (unsigned int i = 0; i < NRS_WITNESS_TEXTS; i++)
		texts += w->head.text_len[i];
	return w->head.layout == LAYOUT && w->head.hit_bytes <= tail &&
	       texts == tail - w->head.hit_bytes && are_bools(&w->head) &&
	       w->head.tlp <= NRS_TLP_RED && w->head.how <= NRS_HOW_PATTERN &&
	       w->head.direction <= NRS_DIRECTION_TRANSIT &&
	       w->head.outcome <= NRS_OUTCOME_ESTABLISHED &&
	       has_whole_values(nrs_witness_hit(w), w->head.hit_bytes);
}

int nrs_witness_make(struct nrs_witness **out,
		     const struct nrs_witness_head *head,
		     const struct nrs_record_hit *hit,
		     const struct nrs_span texts[NRS_WITNESS_TEXTS])
{
	size_t tail = hit->head.bytes;

	for (unsigned int i = 0; i < NRS_WITNESS_TEXTS; i++)
		tail += texts[i].len;
	struct nrs_witness *w = make(tail);
	*out = NULL;
	if (w == NULL)
		return NRS_E_NOMEM;
	w->head = *head;
	put_tail(w, hit, texts);
	if (!is_whole(w, tail)) {
		free(w);
		return NRS_E_FORMAT;
	}
	*out = w;
	return NRS_OK;
}

int nrs_witness_read(struct nrs_witness **out, struct nrs_span bytes)
{
	*out = NULL;
	if (bytes.len < HEAD_BYTES)
		return NRS_E_FORMAT;
	struct nrs_witness *w = make(bytes.len - HEAD_BYTES);
	if (w == NULL)
		return NRS_E_NOMEM;
	memcpy((uint8_t *)w + offsetof(struct nrs_witness, head), bytes.ptr,
	       bytes.len);
	if (!is_whole(w, bytes.len - HEAD_BYTES)) {
		free(w);
		return NRS_E_FORMAT;
	}
	*out = w;
	return NRS_OK;
}
