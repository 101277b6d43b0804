/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hyperscan: compile, save, scan.
 *
 * Guards against the libraries' traps: no empty expression is ever compiled,
 * every return code is looked at, a scan that fails is reported and never taken
 * for "no match". Each expression reports once per value or stream
 * (SINGLEMATCH): a state is a bit per expression larger for it, and one that
 * matches at every octet costs no call for each.
 */
#include "engine/tables/hyperscan.h"

#include <hs.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "engine/base/child.h"

#define FLAGS (HS_FLAG_DOTALL | HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY)
#define CHILD_MIN 200u /* fewer are compiled here and now */
#define CHILD_SECONDS 900u

int nrs_hyperscan_list_init(struct nrs_hyperscan_list *list, size_t most)
{
	list->expressions = calloc(most + 1, sizeof(*list->expressions));
	list->flags = calloc(most + 1, sizeof(*list->flags));
	list->ids = calloc(most + 1, sizeof(*list->ids));
	list->indexes = calloc(most + 1, sizeof(*list->indexes));
	return list->expressions == NULL || list->flags == NULL ||
			       list->ids == NULL || list->indexes == NULL
		       ? NRS_E_NOMEM
		       : NRS_OK;
}

void nrs_hyperscan_list_fini(struct nrs_hyperscan_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->expressions[i]);
	free(list->expressions);
	free(list->flags);
	free(list->ids);
	free(list->indexes);
	*list = (struct nrs_hyperscan_list){0};
}

int nrs_hyperscan_list_add(struct nrs_hyperscan_list *list,
			   const char *expression, size_t index,
			   unsigned int id)
{
	char *copy = strdup(expression);

	if (copy == NULL)
		return NRS_E_NOMEM;
	list->expressions[list->count] = copy;
	list->flags[list->count] = FLAGS;
	list->indexes[list->count] = index;
	list->ids[list->count++] = id;
	return NRS_OK;
}

static unsigned int library_mode(enum nrs_hyperscan_mode mode)
{
	return mode == NRS_HYPERSCAN_STREAMS ? HS_MODE_STREAM : HS_MODE_BLOCK;
}

bool nrs_hyperscan_takes(const char *expression, enum nrs_hyperscan_mode mode,
			 struct nrs_diag *why)
{
	hs_database_t *db = NULL;
	hs_compile_error_t *error = NULL;
	const hs_error_t rc = hs_compile(expression, FLAGS, library_mode(mode),
					 NULL, &db, &error);

	if (rc != HS_SUCCESS)
		(void)nrs_diag_set(why, NRS_E_UNSUPPORTED, 0, "%s",
				   error != NULL ? error->message
						 : "Hyperscan refuses it");
	hs_free_compile_error(error);
	hs_free_database(db);
	return rc == HS_SUCCESS;
}

/* The library took it alone and not among the others: it goes. */
static void refuse(struct nrs_hyperscan_list *list, size_t at, const char *why,
		   const struct nrs_hyperscan_refusal *refusal)
{
	struct nrs_diag diag = {0};

	(void)nrs_diag_set(&diag, NRS_E_LIMIT, list->indexes[at],
			   "regular expression: %s", why);
	refusal->refused(refusal->ctx, list->indexes[at], &diag);
	free(list->expressions[at]);
	list->count--;
	list->expressions[at] = list->expressions[list->count];
	list->ids[at] = list->ids[list->count];
	list->indexes[at] = list->indexes[list->count];
}

/* What is compiled, here or in a child. */
struct job {
	const struct nrs_hyperscan_list *list;
	enum nrs_hyperscan_mode mode;
};

/* NRS_E_SYNTAX: the expression at *@culprit will not do, and @why says why. */
static int compile_all(const struct job *job, hs_database_t **db,
		       uint32_t *culprit, struct nrs_text *why)
{
	const struct nrs_hyperscan_list *list = job->list;
	hs_compile_error_t *error = NULL;
	const hs_error_t rc = hs_compile_multi(
		(const char *const *)list->expressions, list->flags, list->ids,
		(unsigned int)list->count, library_mode(job->mode), NULL, db,
		&error);
	int err = rc == HS_SUCCESS ? NRS_OK : NRS_E_INTERNAL;

	if (error != NULL && error->expression >= 0 &&
	    (size_t)error->expression < list->count) {
		*culprit = (uint32_t)error->expression;
		nrs_text_puts(why, error->message);
		err = NRS_E_SYNTAX;
	}
	hs_free_compile_error(error);
	return err;
}

int nrs_hyperscan_save(const struct hs_database *db, struct nrs_text *out)
{
	char *octets = NULL;
	size_t len = 0;

	if (hs_serialize_database(db, &octets, &len) != HS_SUCCESS)
		return NRS_E_NOMEM;
	nrs_text_add(out, nrs_span(octets, len));
	free(octets);
	return out->failed ? NRS_E_NOMEM : NRS_OK;
}

bool nrs_hyperscan_restore(struct hs_database **out, struct nrs_span saved)
{
	return hs_deserialize_database((const char *)saved.ptr, saved.len,
				       out) == HS_SUCCESS;
}

/* In the child: the database, or the culprit and why. */
static int compile_there(void *ctx, struct nrs_text *out)
{
	hs_database_t *db = NULL;
	struct nrs_text why = {0};
	uint32_t culprit = 0;
	const int err = compile_all(ctx, &db, &culprit, &why);

	if (err == NRS_OK)
		return nrs_hyperscan_save(db, out);
	nrs_text_add(out, nrs_span(&culprit, sizeof(culprit)));
	nrs_text_add(out, nrs_text_span(&why));
	return err;
}

static int compile_in_child(struct job *job, hs_database_t **db,
			    uint32_t *culprit, struct nrs_text *why)
{
	struct nrs_text answer = {0};
	int err = nrs_child_run(compile_there, job, CHILD_SECONDS, &answer);

	if (err == NRS_OK && !nrs_hyperscan_restore(db, nrs_text_span(&answer)))
		err = NRS_E_NOMEM;
	if (err == NRS_E_SYNTAX && answer.len >= sizeof(*culprit)) {
		memcpy(culprit, answer.ptr, sizeof(*culprit));
		nrs_text_add(why, nrs_span_from(nrs_text_span(&answer),
						sizeof(*culprit)));
	}
	nrs_text_fini(&answer);
	return err;
}

int nrs_hyperscan_compile(struct hs_database **out,
			  struct nrs_hyperscan_list *list,
			  enum nrs_hyperscan_mode mode,
			  const struct nrs_hyperscan_refusal *refusal)
{
	struct job job = {.list = list, .mode = mode};
	struct nrs_text why = {0};
	int err = NRS_E_SYNTAX;

	*out = NULL;
	while (err == NRS_E_SYNTAX && list->count > 0) {
		uint32_t culprit = 0;

		nrs_text_clear(&why);
		err = list->count < CHILD_MIN
			      ? compile_all(&job, out, &culprit, &why)
			      : compile_in_child(&job, out, &culprit, &why);
		nrs_text_putc(&why, '\0');
		if (err == NRS_E_SYNTAX && !why.failed)
			refuse(list, culprit, (const char *)why.ptr, refusal);
		else if (err == NRS_E_SYNTAX)
			err = NRS_E_NOMEM;
	}
	nrs_text_fini(&why);
	return list->count == 0 ? NRS_OK : err;
}

void nrs_hyperscan_free(struct hs_database *db)
{
	(void)hs_free_database(db);
}

int nrs_hyperscan_scratch(struct hs_scratch **scratch,
			  const struct hs_database *db)
{
	const hs_error_t rc =
		db == NULL ? HS_SUCCESS : hs_alloc_scratch(db, scratch);

	if (rc == HS_SUCCESS)
		return NRS_OK;
	return rc == HS_NOMEM ? NRS_E_NOMEM : NRS_E_INTERNAL;
}

void nrs_hyperscan_scratch_free(struct hs_scratch *scratch)
{
	(void)hs_free_scratch(scratch);
}

static int on_match(unsigned int id, unsigned long long from,
		    unsigned long long to, unsigned int flags, void *ctx)
{
	const struct nrs_hyperscan_run *run = ctx;

	(void)from, (void)flags;
	run->found(run->ctx, id, to);
	return 0;
}

/* The library wants an address even of what is empty. */
static const char *octets_of(struct nrs_span span)
{
	return span.ptr == NULL ? "" : (const char *)span.ptr;
}

int nrs_hyperscan_scan(const struct hs_database *db, struct nrs_span value,
		       const struct nrs_hyperscan_run *run)
{
	if (value.len > UINT32_MAX)
		return NRS_E_LIMIT;
	return hs_scan(db, octets_of(value), (unsigned int)value.len, 0,
		       run->scratch, on_match,
		       (void *)(uintptr_t)run) == HS_SUCCESS
		       ? NRS_OK
		       : NRS_E_INTERNAL;
}

size_t nrs_hyperscan_state(const struct hs_database *db)
{
	size_t state = 0;

	/* The library puts a head of its own before what it calls the state. */
	return hs_stream_size(db, &state) == HS_SUCCESS ? state : SIZE_MAX / 2;
}

/* The place of the stream that this thread begins: the library asks for its
 * memory by a function without a context. */
static _Thread_local void *place_given;
static _Thread_local size_t room_given;

static void *give_place(size_t bytes)
{
	return bytes <= room_given ? place_given : NULL;
}

static void leave_place(void *place)
{
	(void)place; /* its owner's */
}

static int use_places(void)
{
	static atomic_bool is_used;

	/* Twice the same does no harm; the order is the library's own. */
	if (atomic_load_explicit(&is_used, memory_order_acquire))
		return NRS_OK;
	if (hs_set_stream_allocator(give_place, leave_place) != HS_SUCCESS)
		return NRS_E_INTERNAL;
	atomic_store_explicit(&is_used, true, memory_order_release);
	return NRS_OK;
}

int nrs_hyperscan_begin(const struct hs_database *db, void *place, size_t room)
{
	hs_stream_t *stream = NULL;

	if (use_places() != NRS_OK)
		return NRS_E_INTERNAL;
	place_given = place;
	room_given = room;
	const hs_error_t rc = hs_open_stream(db, 0, &stream);
	room_given = 0;
	if (rc == HS_NOMEM)
		return NRS_E_LIMIT;
	return rc == HS_SUCCESS && (void *)stream == place ? NRS_OK
							   : NRS_E_INTERNAL;
}

int nrs_hyperscan_feed(struct hs_stream *stream, struct nrs_span octets,
		       const struct nrs_hyperscan_run *run)
{
	if (octets.len > UINT32_MAX)
		return NRS_E_LIMIT;
	return hs_scan_stream(stream, octets_of(octets),
			      (unsigned int)octets.len, 0, run->scratch,
			      on_match, (void *)(uintptr_t)run) == HS_SUCCESS
		       ? NRS_OK
		       : NRS_E_INTERNAL;
}

int nrs_hyperscan_end(struct hs_stream *stream,
		      const struct nrs_hyperscan_run *run)
{
	return hs_close_stream(stream, run->scratch, on_match,
			       (void *)(uintptr_t)run) == HS_SUCCESS
		       ? NRS_OK
		       : NRS_E_INTERNAL;
}

const char *nrs_hyperscan_library(void)
{
	return hs_version();
}

void nrs_hyperscan_platform(struct nrs_text *out)
{
	hs_platform_info_t info = {0};

	(void)hs_populate_platform(&info);
	nrs_text_printf(out, "%u/%llx", info.tune,
			(unsigned long long)info.cpu_features);
}
