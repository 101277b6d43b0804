/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allow: the lists, their files and their refusals. A list that cannot be read
 * to its end leaves nothing behind.
 */
#include "loaders/allow.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/base/inflate.h"
#include "loaders/allow_inside.h"

#define FILE_MAX ((size_t)256 << 20)
#define CHUNK ((size_t)262144)

int nrs_allow_new(struct nrs_allow **out)
{
	struct nrs_allow *a = NULL;
	int err;

	if (posix_memalign((void **)&a, _Alignof(struct nrs_allow),
			   sizeof(*a)) != 0)
		return NRS_E_NOMEM;
	memset(a, 0, sizeof(*a));
	err = nrs_allow_table_init(&a->table);
	a->lists = calloc(NRS_ALLOW_LISTS_MAX, sizeof(*a->lists));
	a->patterns = nrs_arena_new(0);
	if (err == NRS_OK && (a->lists == NULL || a->patterns == NULL))
		err = NRS_E_NOMEM;
	if (err != NRS_OK) {
		nrs_allow_free(a);
		return err;
	}
	*out = a;
	return NRS_OK;
}

void nrs_allow_free(struct nrs_allow *a)
{
	if (a == NULL)
		return;
	nrs_allow_table_fini(&a->table);
	nrs_arena_free(a->patterns);
	free(a->lists);
	free(a->refusals);
	free(a);
}

unsigned int nrs_allow_lists(const struct nrs_allow *a)
{
	return a->list_count;
}

const struct nrs_allow_list *nrs_allow_list(const struct nrs_allow *a,
					    unsigned int list)
{
	return &a->lists[list];
}

size_t nrs_allow_refusals(const struct nrs_allow *a,
			  const struct nrs_allow_refusal **first)
{
	*first = a->refusals;
	return a->refusal_count;
}

int nrs_allow_put(struct nrs_allow *a, const struct nrs_allow_entry *entry,
		  struct nrs_expression *regex)
{
	struct nrs_allow_entry e = *entry;

	e.list = (uint16_t)a->list_count;
	const int err = nrs_allow_table_add(&a->table, &e, regex);
	a->lists[a->list_count].entries += err == NRS_OK;
	return err;
}

int nrs_allow_refuse(struct nrs_allow *a, uint64_t place, struct nrs_span text,
		     const char *reason)
{
	struct nrs_allow_list *list = &a->lists[a->list_count];
	char line[200];
	size_t len = text.len < 60 ? text.len : 60;

	while (len > 0 && len < text.len && (text.ptr[len] & 0xc0) == 0x80)
		len--;
	if (list->refused++ >= NRS_ALLOW_REFUSALS_MAX)
		return NRS_OK;
	if (a->refusal_count == a->refusal_room) {
		const size_t room =
			a->refusal_room == 0 ? 64 : 2 * a->refusal_room;
		struct nrs_allow_refusal *refusals =
			reallocarray(a->refusals, room, sizeof(*refusals));

		if (refusals == NULL)
			return NRS_E_NOMEM;
		a->refusals = refusals;
		a->refusal_room = room;
	}
	snprintf(line, sizeof(line), "%.*s%s: %s", (int)len,
		 len == 0 ? "" : (const char *)text.ptr,
		 len < text.len ? "..." : "", reason);
	const struct nrs_allow_refusal refusal = {
		.list = a->list_count,
		.place = place,
		.text = nrs_arena_copy(a->table.arena, nrs_span_of(line))};
	a->refusals[a->refusal_count++] = refusal;
	return refusal.text.len > 0 ? NRS_OK : NRS_E_NOMEM;
}

/* The list that was begun goes again. */
static void take_back(struct nrs_allow *a, uint32_t entries, size_t refusals)
{
	nrs_allow_table_cut(&a->table, entries);
	a->refusal_count = refusals;
}

/* What a person knows a file by: a list.json by its folder. */
static struct nrs_span name_of(const char *path)
{
	struct nrs_span name = nrs_span_of(path);
	size_t slash = SIZE_MAX, before = SIZE_MAX;

	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] == '/') {
			before = slash;
			slash = i;
		}
	}
	if (slash == SIZE_MAX)
		return name;
	const struct nrs_span file = nrs_span_from(name, slash + 1);
	if (!nrs_span_is(file, "list.json"))
		return file;
	const size_t start = before == SIZE_MAX ? 0 : before + 1;
	return nrs_span_part(name, start, slash - start);
}

int nrs_allow_read(struct nrs_allow *a, struct nrs_span bytes, const char *path,
		   struct nrs_diag *diag)
{
	const uint32_t entries = a->table.count;
	const size_t refusals = a->refusal_count;
	struct nrs_allow_list *list = &a->lists[a->list_count];
	int err;

	if (a->list_count == NRS_ALLOW_LISTS_MAX)
		return nrs_diag_set(diag, NRS_E_LIMIT, 0,
				    "is one exception list too many");
	*list = (struct nrs_allow_list){
		.name = nrs_arena_copy(a->table.arena, name_of(path)),
		.path = nrs_arena_copy(a->table.arena, nrs_span_of(path))};
	if (nrs_span_starts(bytes, "\xef\xbb\xbf"))
		bytes = nrs_span_from(bytes, 3);
	err = nrs_span_starts(nrs_span_trim(bytes), "{")
		      ? nrs_allow_read_misp(a, bytes, diag)
		      : nrs_allow_read_plain(a, bytes, diag);
	if (err == NRS_OK && list->entries == 0 && list->refused > 0)
		err = nrs_diag_set(
			diag, NRS_E_FORMAT, 0,
			"holds no exception: all of its %llu "
			"entries are refused, the first is '%.*s'",
			(unsigned long long)list->refused,
			(int)a->refusals[refusals].text.len,
			(const char *)a->refusals[refusals].text.ptr);
	if (err == NRS_OK)
		a->list_count++;
	else
		take_back(a, entries, refusals);
	return err;
}

static int read_file(struct nrs_input *input, struct nrs_text *text,
		     struct nrs_diag *diag)
{
	uint8_t *chunk = malloc(CHUNK);
	size_t got = CHUNK;
	int err = chunk == NULL ? NRS_E_NOMEM : NRS_OK;

	while (err == NRS_OK && got == CHUNK) {
		err = nrs_input_read(input, chunk, CHUNK, &got, diag);
		nrs_text_add(text, nrs_span(chunk, got));
		if (err == NRS_OK && text->failed)
			err = NRS_E_NOMEM;
		if (err == NRS_OK && text->len > FILE_MAX)
			err = nrs_diag_set(diag, NRS_E_LIMIT, 0,
					   "is longer than 256 MB");
	}
	free(chunk);
	return err;
}

int nrs_allow_load(struct nrs_allow *a, const char *path, struct nrs_diag *diag)
{
	struct nrs_input *input = NULL;
	struct nrs_text text = {0};
	int err = nrs_input_open(&input, path, NULL, diag);

	if (err == NRS_OK)
		err = read_file(input, &text, diag);
	nrs_input_close(input);
	if (err == NRS_OK)
		err = nrs_allow_read(a, nrs_text_span(&text), path, diag);
	nrs_text_fini(&text);
	return err;
}
