/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look_pass: unit by unit, some rows or lines at a time.
 */
#include "app/look_pass.h"

#include <stdio.h>

#include "app/look_source.h"
#include "engine/db.h"
#include "logs/retro.h"

/* Well below a millisecond: a swap waits so long for a thread that waits for a
 * processor itself. */
#define ROWS_AT_ONCE 128u
#define LINES_AT_ONCE 32u

struct pass {
	struct nrs_look_pass_options options;
	struct nrs_look_pass_figures *figures;
	struct nrs_look_source *source;
	struct nrs_look_unit unit;
	struct nrs_look_place place; /* of the unit, and in it */
	uint64_t skip;		     /* items of it that were done before */
	struct nrs_span lines;	     /* of it that are left */
	struct nrs_seen_room room;
	struct nrs_retro *retro;
	uint32_t generation; /* of its db */
	struct nrs_text records;
};

static void on_problem(void *ctx, const char *path, int err,
		       const struct nrs_diag *diag)
{
	struct pass *p = ctx;

	(void)path, (void)diag;
	/* What is being written may end within a block. */
	p->figures->damaged += err != NRS_E_TRUNCATED;
}

/* The matcher of the db in force. Its db may be gone when it is freed. */
static int turn_to(struct pass *p, const struct nrs_db *db)
{
	const struct nrs_retro_options options = {.db = db,
						  .seat = p->options.seat,
						  .from_ns = p->options.from_ns,
						  .to_ns = NRS_TIME_MAX,
						  .takes_before = true};

	if (p->retro != NULL && p->generation == nrs_db_generation(db))
		return NRS_OK;
	nrs_retro_free(p->retro);
	p->retro = NULL;
	p->generation = nrs_db_generation(db);
	return nrs_retro_new(&p->retro, &options);
}

/* Live hits told of what came after it was in force. */
static bool is_listed(const struct pass *p, const struct nrs_set *set,
		      const struct nrs_record_hit *hit)
{
	const struct nrs_look_item *item = nrs_look_list_find(
		p->options.list, nrs_set_identity(set, hit->indicator));

	return item != NULL &&
	       (p->options.is_late ? hit->txn_end_ns : hit->txn_start_ns) <=
		       item->since_ns;
}

/* Leave out what is not looked for. */
static void sift(struct pass *p, const struct nrs_set *set)
{
	size_t kept = 0;

	for (size_t at = 0; at < p->records.len;) {
		const struct nrs_record_hit *hit =
			(const void *)(p->records.ptr + at);
		const size_t bytes = hit->head.bytes;

		if (is_listed(p, set, hit)) {
			memmove(p->records.ptr + kept, hit, bytes);
			kept += bytes;
		}
		at += bytes;
	}
	p->records.len = kept;
}

static int match(struct pass *p, size_t first, size_t count)
{
	struct nrs_span line;
	int err = NRS_OK;

	if (p->unit.is_block)
		return nrs_retro_rows(p->retro, p->room.rows + first, count,
				      &p->records);
	for (size_t i = 0; i < count && err != NRS_E_NOMEM &&
			   nrs_span_split(&p->lines, '\n', &line);
	     i++) {
		if (line.len == 0)
			continue;
		err = nrs_retro_line(p->retro, line, &p->records);
		p->figures->damaged += err == NRS_E_FORMAT;
	}
	return err == NRS_E_NOMEM ? err : NRS_OK;
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* Some rows with the db that is in force now. */
static int look(struct pass *p, size_t first, size_t count)
{
	const struct nrs_look_pass_options *o = &p->options;
	const char *file = nrs_look_source_file(p->source, p->unit.file)->path;
	bool goes_on = true;

	nrs_text_clear(&p->records);
	const struct nrs_db *db = nrs_publisher_enter(o->publisher, o->seat);
	int err = turn_to(p, db);
	if (err == NRS_OK)
		err = match(p, first, count);
	if (err == NRS_OK)
		sift(p, nrs_db_set(db));
	if (err == NRS_OK && p->records.len > 0)
		goes_on = o->found(o->ctx, file, nrs_text_span(&p->records));
	nrs_publisher_leave(o->publisher, o->seat);
	return goes_on ? err : NRS_E_CANCELLED;
}

static size_t lines_in(struct nrs_span text)
{
	size_t count = text.len > 0 && text.ptr[text.len - 1] != '\n';

	for (size_t i = 0; i < text.len; i++)
		count += text.ptr[i] == '\n';
	return count;
}

static int look_at_items(struct pass *p, size_t count)
{
	const struct nrs_look_pass_options *o = &p->options;
	const size_t most = p->unit.is_block ? ROWS_AT_ONCE : LINES_AT_ONCE;
	size_t at = p->skip < count ? (size_t)p->skip : count;
	int err = NRS_OK;

	struct nrs_span line;

	p->lines = nrs_text_span(&p->unit.octets);
	for (size_t i = 0; !p->unit.is_block && i < at; i++)
		(void)nrs_span_split(&p->lines, '\n', &line);
	while (err == NRS_OK && at < count) {
		const size_t some = count - at < most ? count - at : most;

		if (o->is_over(o->ctx))
			return NRS_E_CANCELLED;
		err = look(p, at, some);
		at += some;
		p->place.item = at;
		if (err == NRS_OK)
			o->step(o->ctx, &p->place, some);
	}
	return err;
}

static int look_at_unit(struct pass *p)
{
	size_t count = 0;
	int err;

	if (!p->unit.is_block)
		return look_at_items(p,
				     lines_in(nrs_text_span(&p->unit.octets)));
	if ((p->unit.head.hour + 1) * NRS_SEEN_HOUR_NS <= p->options.from_ns)
		return NRS_OK; /* too old */
	err = nrs_seen_block_read(&p->room, &p->unit.head,
				  nrs_text_span(&p->unit.octets), &count);
	p->figures->damaged += err == NRS_E_FORMAT;
	if (err == NRS_E_FORMAT) /* the next one may be whole */
		return NRS_OK;
	return err == NRS_OK ? look_at_items(p, count) : err;
}

/* Where the unit is; false: all of it was done before. */
static bool find_place(struct pass *p)
{
	const struct nrs_look_place *from = &p->options.list->from;
	const char *name =
		name_of(nrs_look_source_file(p->source, p->unit.file)->path);
	const size_t len = strlen(name);
	const bool is_part = len > 5 && strcmp(name + len - 5, ".part") == 0;

	p->place = (struct nrs_look_place){.place = p->unit.place};
	(void)snprintf(p->place.file, sizeof(p->place.file), "%.*s",
		       (int)(is_part ? len - 5 : len), name);
	p->skip = 0;
	if (strcmp(p->place.file, from->file) != 0)
		return true;
	if (p->unit.place == from->place)
		p->skip = from->item;
	return p->unit.place >= from->place;
}

static int look_at_all(struct pass *p)
{
	const struct nrs_look_pass_options *o = &p->options;
	int err = NRS_OK;

	while (err == NRS_OK) {
		if (o->is_over(o->ctx))
			return NRS_E_CANCELLED;
		const int got = nrs_look_source_next(p->source, &p->unit);
		if (got != 1)
			return got;
		if (find_place(p))
			err = look_at_unit(p);
	}
	return err;
}

int nrs_look_pass(const struct nrs_look_pass_options *options,
		  struct nrs_look_pass_figures *figures)
{
	struct pass p = {.options = *options, .figures = figures};
	const char *first = options->list->from.file;
	const struct nrs_look_source_options reading = {
		.paths = &options->folder,
		.path_count = 1,
		.stem = options->stem,
		.first = first[0] == '\0' ? NULL : first,
		.ctx = &p,
		.problem = on_problem};
	int err = nrs_look_source_new(&p.source, &reading);

	*figures = (struct nrs_look_pass_figures){0};
	if (err == NRS_OK)
		err = look_at_all(&p);
	nrs_retro_free(p.retro);
	nrs_look_source_free(p.source);
	nrs_seen_room_fini(&p.room);
	nrs_text_fini(&p.unit.octets);
	nrs_text_fini(&p.records);
	return err;
}
