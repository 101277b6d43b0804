/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strict_path: from a root object along a path, breadth first, so that cyclic
 * references cost steps of the path and no more.
 */
#include "engine/strict_part.h"

#define VALUES_MAX 65536u

struct walk {
	struct nrs_strict_run *run;
	const struct nrs_strict_observed *observed;
	struct nrs_strict_values to; /* the next generation */
	unsigned int room;
};

int nrs_strict_spend(struct nrs_strict_run *run, uint64_t work)
{
	run->work += work;
	if (run->work >
	    (run->work_max != 0 ? run->work_max : NRS_STRICT_WORK_MAX))
		return nrs_diag_set(run->diag, NRS_E_LIMIT, 0,
				    "gave up: too much work");
	return NRS_OK;
}

static int put(struct walk *w, struct nrs_strict_value value)
{
	if (w->to.count == w->room) {
		const unsigned int room = w->room == 0 ? 4 : 2 * w->room;
		struct nrs_strict_value *list;

		if (room > VALUES_MAX)
			return nrs_diag_set(w->run->diag, NRS_E_LIMIT, 0,
					    "a path selects too many values");
		list = nrs_arena_alloc(w->run->arena, room * sizeof(*list));
		if (list == NULL)
			return NRS_E_NOMEM;
		if (w->to.count > 0)
			memcpy(list, w->to.list, w->to.count * sizeof(*list));
		w->to.list = list;
		w->room = room;
	}
	w->to.list[w->to.count++] = value;
	return nrs_strict_spend(w->run, 1);
}

/* The object of the same observation that @id names; without one, nothing. */
static int put_referenced(struct walk *w, const struct nrs_json *id)
{
	const struct nrs_strict_observed *o = w->observed;

	if (!nrs_json_is(id, NRS_JSON_STRING))
		return NRS_OK;
	for (unsigned int i = o->object; i < o->object_end; i++) {
		const struct nrs_strict_object *object =
			&w->run->documents->objects[i];

		if (nrs_span_equal(object->id, id->text))
			return put(w, (struct nrs_strict_value){
					      .json = object->json});
	}
	return nrs_strict_spend(w->run, o->object_end - o->object);
}

static int digit_of(uint8_t c, bool is_hex)
{
	if (c >= '0' && c <= '9')
		return is_hex ? c - '0' : c - '0' + 52;
	if (is_hex) {
		c = nrs_ascii_lower(c);
		return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
	}
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Hex pairs, or base64 with its padding. */
static bool decode(struct nrs_span text, bool is_hex, uint8_t *out, size_t *len)
{
	const unsigned int width = is_hex ? 4 : 6;
	uint32_t bits = 0;
	unsigned int held = 0;
	size_t pad = 0;

	*len = 0;
	if (text.len % (is_hex ? 2 : 4) != 0)
		return false;
	while (!is_hex && pad < 2 && pad < text.len &&
	       text.ptr[text.len - 1 - pad] == '=')
		pad++;
	for (size_t i = 0; i < text.len - pad; i++) {
		const int digit = digit_of(text.ptr[i], is_hex);

		if (digit < 0)
			return false;
		bits = (bits << width | (uint32_t)digit) & 0xffffff;
		held += width;
		if (held >= 8) {
			held -= 8;
			out[(*len)++] = (uint8_t)(bits >> held);
		}
	}
	return true;
}

static int put_binary(struct walk *w, const struct nrs_json *json, bool is_hex)
{
	uint8_t *out = nrs_arena_bytes(w->run->arena, json->text.len + 1);
	size_t len;

	if (out == NULL)
		return NRS_E_NOMEM;
	if (!decode(json->text, is_hex, out, &len))
		return NRS_OK;
	return put(w, (struct nrs_strict_value){.json = json,
						.bytes = nrs_span(out, len),
						.is_binary = true});
}

static int step_key(struct walk *w, const struct nrs_strict_value *from,
		    struct nrs_span key)
{
	if (!nrs_json_is(from->json, NRS_JSON_OBJECT))
		return NRS_OK;
	for (const struct nrs_json *m = from->json->child; m != NULL;
	     m = m->next) {
		if (!nrs_span_equal(m->key, key))
			continue;
		if (nrs_span_ends(key, "_ref"))
			return put_referenced(w, m);
		if (m->type == NRS_JSON_STRING && nrs_span_ends(key, "_hex"))
			return put_binary(w, m, true);
		if (m->type == NRS_JSON_STRING && nrs_span_ends(key, "_bin"))
			return put_binary(w, m, false);
		return put(w, (struct nrs_strict_value){.json = m});
	}
	return NRS_OK;
}

static int step_list(struct walk *w, const struct nrs_strict_value *from,
		     const struct nrs_step *step)
{
	int64_t at = 0;
	int err = NRS_OK;

	if (!nrs_json_is(from->json, NRS_JSON_ARRAY))
		return NRS_OK;
	for (const struct nrs_json *e = from->json->child;
	     err == NRS_OK && e != NULL; e = e->next, at++) {
		if (step->kind == NRS_STEP_INDEX && step->index != at)
			continue;
		if (nrs_span_ends(from->json->key, "_refs"))
			err = put_referenced(w, e);
		else
			err = put(w, (struct nrs_strict_value){.json = e});
	}
	return err;
}

int nrs_strict_select(struct nrs_strict_run *run, const struct nrs_path *path,
		      const struct nrs_strict_observed *observed,
		      const struct nrs_strict_object *object,
		      struct nrs_strict_values *out)
{
	struct walk w = {.run = run, .observed = observed};
	int err = put(&w, (struct nrs_strict_value){.json = object->json});

	for (unsigned int s = 0; err == NRS_OK && s < path->step_count; s++) {
		const struct nrs_step *step = &path->steps[s];
		const struct nrs_strict_values from = w.to;

		w.to = (struct nrs_strict_values){0};
		w.room = 0;
		for (unsigned int i = 0; err == NRS_OK && i < from.count; i++)
			err = step->kind == NRS_STEP_KEY
				      ? step_key(&w, &from.list[i], step->key)
				      : step_list(&w, &from.list[i], step);
	}
	*out = w.to;
	return err;
}
