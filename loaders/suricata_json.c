/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suricata_json: down the path to the array, and its elements one by one.
 */
#include "loaders/suricata_json.h"

#include <stdlib.h>

#include "engine/base/json_walk.h"
#include "loaders/adder.h"
#include "loaders/params.h"
#include "loaders/suricata_field.h"

#define STEPS_MAX 8u

/* A dotted path, cut. */
struct path {
	struct nrs_span steps[STEPS_MAX];
	unsigned int count;
};

struct dataset {
	struct nrs_reader reader;
	struct nrs_adder adder;
	struct nrs_json_walk *walk;
	struct nrs_arena *arena; /* of one element */
	struct path array, value;
	enum nrs_typed type;
	unsigned int depth; /* objects on the path that were entered */
	bool in_list;
};

static enum nrs_json_way enter_list(struct dataset *d)
{
	d->in_list = true;
	return NRS_JSON_ENTER;
}

static enum nrs_json_way on_begin(void *ctx, struct nrs_span key, uint8_t first)
{
	struct dataset *d = ctx;

	if (d->in_list)
		return NRS_JSON_TAKE;
	if (d->array.count == 0) /* an array, or an object a line */
		return first == '[' ? enter_list(d) : NRS_JSON_TAKE;
	if (d->depth > 0 && !nrs_span_equal(key, d->array.steps[d->depth - 1]))
		return NRS_JSON_PASS;
	if (d->depth == d->array.count)
		return first == '[' ? enter_list(d) : NRS_JSON_PASS;
	if (first != '{')
		return NRS_JSON_PASS;
	d->depth++;
	return NRS_JSON_ENTER;
}

static int on_end(void *ctx)
{
	struct dataset *d = ctx;

	if (d->in_list)
		d->in_list = false;
	else
		d->depth--;
	return NRS_OK;
}

static int add(struct dataset *d, const struct nrs_json *element,
	       const char **reason)
{
	struct nrs_entry entry =
		nrs_adder_entry(&d->adder, d->adder.result.objects);

	*reason = "no value where value_key says";
	for (unsigned int i = 0; i < d->value.count; i++) {
		const struct nrs_span step = d->value.steps[i];
		const struct nrs_json *member =
			nrs_json_is(element, NRS_JSON_OBJECT) ? element->child
							      : NULL;

		while (member != NULL && !nrs_span_equal(member->key, step))
			member = member->next;
		element = member;
	}
	if (!nrs_json_is(element, NRS_JSON_STRING))
		return NRS_E_FORMAT;
	entry.type = d->type;
	entry.value = element->text;
	return nrs_adder_add(&d->adder, &entry, reason);
}

static int on_value(void *ctx, int err, struct nrs_span key,
		    struct nrs_span text, uint64_t offset)
{
	struct dataset *d = ctx;
	struct nrs_json *element = NULL;
	const char *reason = nrs_strerror(err);

	(void)key, (void)offset;
	nrs_arena_reset(d->arena);
	d->adder.result.objects++;
	if (err == NRS_OK) {
		err = nrs_json_parse(text, d->arena, &element, NULL);
		reason = "no JSON";
	}
	if (err == NRS_OK)
		err = add(d, element, &reason);
	if (err == NRS_OK || err == NRS_E_NOMEM)
		return err;
	return nrs_adder_refuse(&d->adder, d->adder.result.objects, text,
				reason);
}

static int dataset_push(struct nrs_reader *reader, struct nrs_span bytes)
{
	return nrs_json_walk_push(((struct dataset *)reader)->walk, bytes);
}

static int dataset_end(struct nrs_reader *reader,
		       struct nrs_loader_result *result, struct nrs_diag *diag)
{
	struct dataset *d = (struct dataset *)reader;
	const int err = nrs_json_walk_end(d->walk, diag);

	*result = d->adder.result;
	result->format = "Suricata JSON dataset";
	result->truncated = err == NRS_E_TRUNCATED;
	if (err == NRS_OK && result->objects == 0)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "holds no array where array_key says");
	return err;
}

static void dataset_free(struct nrs_reader *reader)
{
	struct dataset *d = (struct dataset *)reader;

	nrs_json_walk_free(d->walk);
	nrs_arena_free(d->arena);
	nrs_adder_fini(&d->adder);
	free(d);
}

static int cut_path(struct path *path, struct nrs_span text,
		    struct nrs_diag *diag)
{
	struct nrs_span step;

	while (nrs_span_split(&text, '.', &step)) {
		if (path->count == STEPS_MAX || step.len == 0)
			return nrs_diag_set(diag, NRS_E_USAGE, 0,
					    "a key has up to 8 members, dots "
					    "between");
		path->steps[path->count++] = step;
	}
	return NRS_OK;
}

static int read_params(struct dataset *d, struct nrs_span format,
		       struct nrs_diag *diag)
{
	static const char *const keys[] = {"array_key", "value_key", "field",
					   NULL};
	int err = nrs_params_check(format, keys, diag);

	if (err == NRS_OK)
		err = cut_path(&d->array, nrs_params_get(format, keys[0]),
			       diag);
	if (err == NRS_OK)
		err = cut_path(&d->value, nrs_params_get(format, keys[1]),
			       diag);
	return err != NRS_OK
		       ? err
		       : nrs_suricata_field(nrs_params_get(format, keys[2]),
					    &d->type, diag);
}

int nrs_suricata_json_open(struct nrs_reader **out, struct nrs_set *set,
			   uint32_t source,
			   const struct nrs_loader_options *options,
			   struct nrs_diag *diag)
{
	static const struct nrs_json_walk_ops ops = {
		.begin = on_begin, .value = on_value, .end = on_end};
	struct dataset *d = nrs_adder_reader(sizeof(*d));
	int err;

	if (d == NULL)
		return NRS_E_NOMEM;
	d->reader = (struct nrs_reader){
		.push = dataset_push, .end = dataset_end, .free = dataset_free};
	d->arena = nrs_arena_new(0);
	err = d->arena == NULL
		      ? NRS_E_NOMEM
		      : nrs_adder_init(&d->adder, set, source, options);
	if (err == NRS_OK)
		err = nrs_json_walk_new(&d->walk, &ops, d);
	if (err == NRS_OK)
		err = read_params(d, options->format, diag);
	if (err != NRS_OK)
		dataset_free(&d->reader);
	else
		*out = &d->reader;
	return err;
}
