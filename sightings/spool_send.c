/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool_send: envelopes out of rows. Objects that several sightings share
 * (marking, reporter, an address) stand once in an envelope; they are known by
 * the id that our writer puts third into each object.
 */
#include "sightings/spool_send.h"

#include <stdio.h>

#include "engine/base/json_split.h"
#include "engine/base/stamp.h"
#include "sightings/spool_table.h"
#include "sightings/stix_parts.h"

#define ID_MAX 128u
#define STATUS_FIRST_NS NRS_SECOND_NS

/* An envelope under construction. */
struct filling {
	struct nrs_text *out;
	struct nrs_text ids; /* of the objects in it, as JSON strings */
	unsigned int objects;
	unsigned int seen; /* in the row */
};

/* `"id":"..."` of an object of ours, as it stands; empty: none. */
static struct nrs_span id_of(struct nrs_span object)
{
	const size_t from = nrs_span_find_text(object, "\"id\":\"");

	if (from == SIZE_MAX)
		return nrs_span(NULL, 0);
	const size_t to = nrs_span_find(object, '"', from + 6);
	if (to == SIZE_MAX || to - from >= ID_MAX)
		return nrs_span(NULL, 0);
	return nrs_span_part(object, from, to + 1 - from);
}

/* The object that begins @text: octets up to its last brace. */
static size_t object_len(struct nrs_span text)
{
	unsigned int depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < text.len; i++) {
		const uint8_t c = text.ptr[i];

		if (in_string && c == '\\') {
			i++;
		} else if (c == '"') {
			in_string = !in_string;
		} else if (!in_string && c == '{') {
			depth++;
		} else if (!in_string && c == '}' && --depth == 0) {
			return i + 1;
		}
	}
	return text.len;
}

/* The strictest marking of @object; NRS_TLP_NONE: it has none. */
static enum nrs_tlp marking_of(struct nrs_span object)
{
	enum nrs_tlp tlp = NRS_TLP_RED;

	while (tlp > NRS_TLP_NONE &&
	       nrs_span_find_text(object, nrs_stix_marking_id(tlp)) == SIZE_MAX)
		tlp--;
	return tlp;
}

/* An object that stands in the envelope under the same id: of an address that
 * one sighting looked for and another only met, the marked one (rule 16). */
static void make_strictest(struct filling *f, struct nrs_span object,
			   const char *id)
{
	const struct nrs_span all = nrs_text_span(f->out);
	const size_t before = nrs_span_find_text(object, id);
	const size_t found = nrs_span_find_text(all, id);

	if (found == SIZE_MAX || found < before)
		return;
	const size_t at = found - before;
	const size_t len = object_len(nrs_span_from(all, at));
	const struct nrs_span standing = nrs_span_part(all, at, len);
	struct nrs_text tail = {0};

	if (nrs_span_equal(standing, object) ||
	    marking_of(standing) >= marking_of(object))
		return;
	nrs_text_add(&tail, nrs_span_from(all, at + len));
	f->out->len = at;
	nrs_text_add(f->out, object);
	nrs_text_add(f->out, nrs_text_span(&tail));
	f->out->failed |= tail.failed;
	nrs_text_fini(&tail);
}

static int add_object(void *ctx, int err, struct nrs_span object,
		      uint64_t offset, uint64_t number)
{
	struct filling *f = ctx;
	const struct nrs_span id = id_of(object);
	char needle[ID_MAX + 1];

	(void)offset, (void)number;
	f->seen++;
	if (err != NRS_OK || id.len == 0)
		return NRS_E_FORMAT;
	snprintf(needle, sizeof(needle), "%.*s", (int)id.len,
		 (const char *)id.ptr);
	if (nrs_span_find_text(nrs_text_span(&f->ids), needle) != SIZE_MAX) {
		make_strictest(f, object, needle);
		return NRS_OK;
	}
	nrs_text_add(&f->ids, id);
	if (f->objects++ > 0)
		nrs_text_putc(f->out, ',');
	nrs_text_add(f->out, object);
	return NRS_OK;
}

/* The objects of one row. NRS_E_FORMAT: there are none. */
static int add_row(struct filling *f, struct nrs_span objects)
{
	struct nrs_json_split *split = NULL;
	int err = nrs_json_split_new(&split, add_object, f);

	f->seen = 0;
	if (err != NRS_OK)
		return err;
	err = nrs_json_split_push(split, nrs_span_of("["));
	if (err == NRS_OK)
		err = nrs_json_split_push(split, objects);
	if (err == NRS_OK)
		err = nrs_json_split_push(split, nrs_span_of("]"));
	if (err == NRS_OK)
		err = nrs_json_split_end(split, NULL);
	nrs_json_split_free(split);
	if (err == NRS_E_NOMEM)
		return err;
	return err == NRS_OK && f->seen > 0 ? NRS_OK : NRS_E_FORMAT;
}

/* Take the current row in, if it has room; *@is_full. */
static int take_row(struct nrs_store_query *query, struct filling *f,
		    struct nrs_spool_batch *batch, bool *is_full)
{
	const struct nrs_span objects = nrs_store_bytes_at(query, 1);

	*is_full = batch->count > 0 &&
		   (batch->envelope.len + objects.len + 4 > batch->bytes_max ||
		    f->objects + 16 > NRS_SPOOL_OBJECTS_MAX);
	if (*is_full)
		return NRS_OK;
	const int err = add_row(f, objects);
	if (err != NRS_OK)
		return err;
	batch->editions[batch->count] = nrs_store_i64(query, 2);
	batch->rows[batch->count++] = nrs_store_i64(query, 0);
	return NRS_OK;
}

/* Rows until there is no room. *@bad: one that is no list of objects, where it
 * stopped; else 0. */
static int fill(struct nrs_spool *s, struct filling *f,
		struct nrs_spool_batch *batch, int64_t *bad,
		struct nrs_diag *diag)
{
	struct nrs_store_query *query = s->queries[SPOOL_QUEUED];
	bool row = true, is_full = false;
	int err = NRS_OK;

	*bad = 0;
	while (err == NRS_OK && !is_full && batch->count < batch->count_max) {
		err = nrs_store_step(query, &row, diag);
		if (err != NRS_OK || !row)
			break;
		err = take_row(query, f, batch, &is_full);
		if (err != NRS_E_FORMAT)
			continue;
		*bad = nrs_store_i64(query, 0);
		err = NRS_OK;
		break;
	}
	nrs_store_reset(query);
	return err;
}

/* One envelope of what is queued now. */
static int one_envelope(struct nrs_spool *s, struct nrs_span audience,
			struct nrs_spool_batch *batch, int64_t *bad,
			struct nrs_diag *diag)
{
	struct nrs_store_query *query = s->queries[SPOOL_QUEUED];
	struct filling f = {.out = &batch->envelope};
	int err;

	nrs_text_clear(&batch->envelope);
	nrs_text_puts(&batch->envelope, "{\"objects\":[");
	batch->count = 0;
	nrs_store_bind_text(query, 1, audience);
	nrs_store_bind_i64(query, 2, batch->count_max);
	err = fill(s, &f, batch, bad, diag);
	nrs_text_puts(&batch->envelope, "]}");
	if (batch->envelope.failed || f.ids.failed)
		err = NRS_E_NOMEM;
	nrs_text_fini(&f.ids);
	return err;
}

/* In a damaged file it may be a row that no number leads to. */
static int put_aside(struct nrs_spool *s, int64_t row, struct nrs_diag *diag)
{
	const int err = nrs_spool_quarantine(
		s, row, nrs_span_of("the row cannot be read"), diag);

	return err == NRS_OK && nrs_store_changes(s->store) == 0
		       ? nrs_diag_set(diag, NRS_E_FORMAT, 0,
				      "the spool is damaged")
		       : err;
}

int nrs_spool_batch(struct nrs_spool *s, struct nrs_span audience,
		    struct nrs_spool_batch *batch, struct nrs_diag *diag)
{
	int64_t bad = 0;
	int err;

	if (batch->count_max == 0 || batch->count_max > NRS_SPOOL_BATCH_MAX)
		batch->count_max = NRS_SPOOL_BATCH_MAX;
	do { /* without the damaged row, which stands in nobody's way */
		err = one_envelope(s, audience, batch, &bad, diag);
		if (err == NRS_OK && bad != 0)
			err = put_aside(s, bad, diag);
	} while (err == NRS_OK && bad != 0);
	return err;
}

/* Commit if all went well. */
static int end(struct nrs_spool *s, int err, struct nrs_diag *diag)
{
	if (err == NRS_OK)
		err = nrs_store_commit(s->store, diag);
	if (err != NRS_OK)
		nrs_store_rollback(s->store);
	return err;
}

int nrs_spool_accepted(struct nrs_spool *s, const struct nrs_spool_accepted *a,
		       int64_t *row, struct nrs_diag *diag)
{
	struct nrs_store_query *add = s->queries[SPOOL_STATUS_ADD];
	struct nrs_store_query *sent = s->queries[SPOOL_SENT];
	int err = nrs_store_begin(s->store, diag);

	if (err != NRS_OK)
		return err;
	nrs_store_bind_text(add, 1, a->audience);
	nrs_store_bind_text(add, 2, a->id.len == 0 ? nrs_span_of("") : a->id);
	nrs_store_bind_i64(add, 3, a->now_ns);
	nrs_store_bind_i64(add, 4, a->now_ns + STATUS_FIRST_NS);
	err = nrs_store_done(add, diag);
	*row = nrs_store_last_row(s->store);
	for (unsigned int i = 0; i < a->batch->count && err == NRS_OK; i++) {
		nrs_store_bind_i64(sent, 1, a->batch->rows[i]);
		nrs_store_bind_i64(sent, 2, *row);
		nrs_store_bind_i64(sent, 3, a->batch->editions[i]);
		err = nrs_store_done(sent, diag);
	}
	return end(s, err, diag);
}

int nrs_spool_quarantine(struct nrs_spool *s, int64_t row,
			 struct nrs_span message, struct nrs_diag *diag)
{
	struct nrs_store_query *finish = s->queries[SPOOL_FINISH];

	nrs_store_bind_i64(finish, 1, row);
	nrs_store_bind_text(finish, 2, message);
	return nrs_store_done(finish, diag);
}

int nrs_spool_shorten(struct nrs_spool *s, int64_t row, bool *shorter,
		      struct nrs_span message, struct nrs_diag *diag)
{
	int err;

	nrs_store_bind_i64(s->queries[SPOOL_SHORTEN], 1, row);
	err = nrs_store_done(s->queries[SPOOL_SHORTEN], diag);
	*shorter = err == NRS_OK && nrs_store_changes(s->store) > 0;
	if (err == NRS_OK && !*shorter)
		err = nrs_spool_quarantine(s, row, message, diag);
	return err;
}

int nrs_spool_status(struct nrs_spool *s, struct nrs_span audience,
		     struct nrs_spool_status *out, bool *found,
		     struct nrs_diag *diag)
{
	struct nrs_store_query *query = s->queries[SPOOL_STATUS_NEXT];
	int err;

	nrs_store_bind_text(query, 1, audience);
	err = nrs_store_step(query, found, diag);
	if (err == NRS_OK && *found) {
		const struct nrs_span id = nrs_store_bytes_at(query, 1);

		out->row = nrs_store_i64(query, 0);
		snprintf(out->id, sizeof(out->id), "%.*s", (int)id.len,
			 id.len == 0 ? "" : (const char *)id.ptr);
		out->since_ns = nrs_store_i64(query, 2);
		out->due_ns = nrs_store_i64(query, 3);
		out->asked = (uint32_t)nrs_store_i64(query, 4);
	}
	nrs_store_reset(query);
	return err;
}

int nrs_spool_status_later(struct nrs_spool *s, int64_t row, int64_t due_ns,
			   struct nrs_diag *diag)
{
	struct nrs_store_query *later = s->queries[SPOOL_STATUS_LATER];

	nrs_store_bind_i64(later, 1, row);
	nrs_store_bind_i64(later, 2, due_ns);
	return nrs_store_done(later, diag);
}

/* One object that the hub refused: the sighting itself is quarantined; where
 * only a part of it failed, that is noted. */
static int take_failure(struct nrs_spool *s, int64_t row,
			const struct nrs_taxii_item *item,
			struct nrs_diag *diag)
{
	struct nrs_store_query *failed = s->queries[SPOOL_ITEM_FAILED];
	struct nrs_store_query *note = s->queries[SPOOL_ITEM_NOTE];
	const struct nrs_span message = nrs_span_part(item->message, 0, 1000);
	int err;

	if (item->id.len == 0 || item->id.len > ID_MAX)
		return NRS_OK;
	nrs_store_bind_i64(failed, 1, row);
	nrs_store_bind_text(failed, 2, item->id);
	nrs_store_bind_text(failed, 3, message);
	err = nrs_store_done(failed, diag);
	if (err != NRS_OK || nrs_store_changes(s->store) > 0)
		return err;
	nrs_store_bind_i64(note, 1, row);
	nrs_store_bind_blob(note, 2, item->id);
	nrs_store_bind_text(note, 3, message);
	return nrs_store_done(note, diag);
}

static int drop_status(struct nrs_spool *s, int64_t row, struct nrs_diag *diag)
{
	nrs_store_bind_i64(s->queries[SPOOL_STATUS_DROP], 1, row);
	return nrs_store_done(s->queries[SPOOL_STATUS_DROP], diag);
}

/* A hub that counts more failures than it names confirms nothing: which of
 * the others it took, nobody knows. */
static bool is_vague(const struct nrs_taxii_status *status)
{
	uint64_t named = 0;

	for (const struct nrs_taxii_item *item = status->failures; item != NULL;
	     item = item->next)
		named += item->id.len > 0;
	return status->failure > named;
}

int nrs_spool_status_done(struct nrs_spool *s, int64_t row,
			  const struct nrs_taxii_status *status,
			  struct nrs_diag *diag)
{
	struct nrs_store_query *confirm = s->queries[SPOOL_CONFIRM];
	int err = nrs_store_begin(s->store, diag);

	if (err != NRS_OK)
		return err;
	for (const struct nrs_taxii_item *item = status->failures;
	     item != NULL && err == NRS_OK; item = item->next)
		err = take_failure(s, row, item, diag);
	if (err == NRS_OK) {
		nrs_store_bind_i64(confirm, 1, row);
		nrs_store_bind_i64(confirm, 2,
				   is_vague(status) ? NRS_SPOOL_UNCONFIRMED
						    : NRS_SPOOL_CONFIRMED);
		err = nrs_store_done(confirm, diag);
	}
	if (err == NRS_OK)
		err = drop_status(s, row, diag);
	return end(s, err, diag);
}

int nrs_spool_status_gone(struct nrs_spool *s, int64_t row,
			  struct nrs_diag *diag)
{
	int err = nrs_store_begin(s->store, diag);

	if (err != NRS_OK)
		return err;
	nrs_store_bind_i64(s->queries[SPOOL_REQUEUE], 1, row);
	err = nrs_store_done(s->queries[SPOOL_REQUEUE], diag);
	if (err == NRS_OK)
		err = drop_status(s, row, diag);
	return end(s, err, diag);
}
