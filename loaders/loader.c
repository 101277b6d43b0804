/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loader: the format by the first bytes, then the bytes to whoever reads that
 * format. An input that breaks off (cut or damaged compression) gives what it
 * still held first and its error at the end.
 */
#include "loaders/loader.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/base/inflate.h"
#include "engine/handling.h"
#include "loaders/formats.h"
#include "loaders/lifetime.h"
#include "loaders/list.h"
#include "loaders/misp_feed.h"
#include "loaders/params.h"

#define CHUNK ((size_t)262144)

struct load {
	struct nrs_input *input;
	uint8_t *chunk;
	int ended; /* why reading ended early, or NRS_OK */
	struct nrs_loader_result *result;
	struct nrs_diag *diag;
};

void nrs_loader_ignore(struct nrs_loader_result *result,
		       enum nrs_ignored reason, uint64_t count)
{
	result->ignored += count;
	result->ignored_for[reason] += count;
}

/* What a person knows a file by: its last path component; a slash behind it,
 * as folders have, does not count. */
static struct nrs_span base_name(const char *path)
{
	struct nrs_span name = nrs_span_of(path);
	size_t slash;

	while (nrs_span_ends(name, "/"))
		name.len--;
	while ((slash = nrs_span_find(name, '/', 0)) != SIZE_MAX)
		name = nrs_span_from(name, slash + 1);
	return name;
}

/* The next bytes, none at the end. */
static struct nrs_span next(struct load *l)
{
	size_t got = 0;

	if (l->ended == NRS_OK)
		l->ended = nrs_input_read(l->input, l->chunk, CHUNK, &got,
					  l->diag);
	return nrs_span(l->chunk, got);
}

static int read_all(struct load *l, struct nrs_reader *reader,
		    struct nrs_span bytes)
{
	int err = NRS_OK;

	for (; bytes.len > 0 && err == NRS_OK; bytes = next(l))
		err = reader->push(reader, bytes);
	if (err == NRS_OK)
		err = reader->end(reader, l->result,
				  l->ended == NRS_OK ? l->diag : NULL);
	if (l->ended == NRS_OK ||
	    (err != NRS_OK && err != NRS_E_TRUNCATED && err != NRS_E_FORMAT))
		return err;
	l->result->truncated = true;
	return l->ended;
}

static int load_any(struct load *l, struct nrs_set *set, uint32_t source,
		    const struct nrs_loader_options *options)
{
	const struct nrs_span head = next(l);
	const char *reason = "is empty";
	struct nrs_reader *reader = NULL;

	if (head.len == 0 && l->ended != NRS_OK)
		return l->ended;
	const struct nrs_format *format =
		head.len == 0 ? NULL : nrs_format_of(head, options, &reason);
	if (format == NULL)
		return nrs_diag_set(l->diag, NRS_E_FORMAT, 0, "%s", reason);
	struct nrs_loader_options known = *options;
	if (known.format.len == 0)
		known.format = nrs_span_of(format->name);
	int err = format->open(&reader, set, source, &known, l->diag);
	if (err != NRS_OK)
		return err;
	err = read_all(l, reader, head);
	reader->free(reader);
	return err == NRS_E_FORMAT && l->diag != NULL &&
			       l->diag->text[0] == '\0'
		       ? nrs_diag_set(l->diag, err, 0, "is not what %s is",
				      format->name)
		       : err;
}

static struct nrs_span name_of(const char *path,
			       const struct nrs_loader_options *options)
{
	return options->name.len > 0 ? options->name : base_name(path);
}

/* The file @path as @source. */
static int load_source(struct nrs_set *set, uint32_t source,
		       const struct nrs_loader_options *options,
		       struct nrs_loader_result *result, struct nrs_diag *diag)
{
	struct load l = {.result = result, .diag = diag};
	const struct nrs_span path = nrs_set_source_of(set, source)->path;
	char *const name = strndup((const char *)path.ptr, path.len);
	int err = NRS_E_NOMEM;

	*result = (struct nrs_loader_result){0};
	l.chunk = malloc(CHUNK);
	if (l.chunk != NULL && name != NULL)
		err = nrs_input_open(&l.input, name, NULL, diag);
	if (err == NRS_OK)
		err = load_any(&l, set, source, options);
	nrs_input_close(l.input);
	free(l.chunk);
	free(name);
	return err;
}

/* One event of a feed. What cannot be read whole is a refusal of the feed. */
static int load_event(struct nrs_set *set, uint32_t feed, struct nrs_span path,
		      const struct nrs_loader_options *options,
		      struct nrs_loader_result *sum)
{
	struct nrs_loader_result result = {0};
	struct nrs_diag diag = {0};
	char text[300];
	uint32_t source;
	int err = nrs_set_source(set, nrs_set_source_of(set, feed)->name, path,
				 &source);

	if (err == NRS_OK)
		err = load_source(set, source, options, &result, &diag);
	sum->objects += result.objects;
	sum->indicators += result.indicators;
	sum->refused += result.refused;
	for (unsigned int i = 0; i < NRS_IGNORED_COUNT; i++)
		nrs_loader_ignore(sum, (enum nrs_ignored)i,
				  result.ignored_for[i]);
	if (err == NRS_OK || err == NRS_E_NOMEM)
		return err;
	sum->refused++;
	sum->objects++;
	const struct nrs_span name = base_name((const char *)path.ptr);
	snprintf(text, sizeof(text), "%.*s: %s", (int)name.len,
		 (const char *)name.ptr,
		 diag.text[0] != '\0' ? diag.text : nrs_strerror(err));
	return nrs_set_refuse(set, feed, 0, text);
}

/* The folder of a MISP feed: every event that its manifest names. */
static int load_feed(struct nrs_set *set, const char *folder,
		     const struct nrs_loader_options *options,
		     struct nrs_loader_result *result, struct nrs_diag *diag)
{
	struct nrs_misp_manifest manifest = {0};
	struct nrs_loader_options known = *options;
	struct nrs_text path = {0};
	char text[100];
	uint32_t feed;
	int err = NRS_OK;

	if (options->format.len > 0 &&
	    !nrs_span_is(nrs_params_name(options->format), "misp"))
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "is a folder, which only MISP has");
	err = nrs_misp_manifest_read(&manifest, folder, diag);

	*result = (struct nrs_loader_result){.format = "MISP feed",
					     .objects = manifest.refused,
					     .refused = manifest.refused};
	if (known.format.len == 0)
		known.format = nrs_span_of("misp");
	if (err == NRS_OK)
		err = nrs_set_source(set, name_of(folder, options),
				     nrs_span_of(folder), &feed);
	if (err == NRS_OK && manifest.refused > 0) {
		snprintf(text, sizeof(text),
			 "manifest.json: %zu members are no events",
			 manifest.refused);
		err = nrs_set_refuse(set, feed, 0, text);
	}
	for (size_t i = 0; i < manifest.count && err == NRS_OK; i++) {
		nrs_text_clear(&path);
		nrs_misp_manifest_path(&manifest, i, folder, &path);
		err = path.failed
			      ? NRS_E_NOMEM
			      : load_event(set, feed,
					   nrs_span_of((const char *)path.ptr),
					   &known, result);
	}
	nrs_misp_manifest_fini(&manifest);
	nrs_text_fini(&path);
	return err;
}

int nrs_load_file(struct nrs_set *set, const char *path,
		  const struct nrs_loader_options *options,
		  struct nrs_loader_result *result, struct nrs_diag *diag)
{
	const uint32_t first = nrs_set_count(set);
	struct nrs_lifetimes lifetimes;
	uint32_t source;
	int err = NRS_OK;

	*result = (struct nrs_loader_result){0};
	if (nrs_lifetimes_read(options->lifetime, &lifetimes, diag) != NRS_OK)
		return NRS_E_USAGE;
	if (options->format.len > 0)
		err = nrs_format_check(options->format, diag);
	if (err != NRS_OK)
		return err;
	if (nrs_misp_is_feed(path)) {
		err = load_feed(set, path, options, result, diag);
	} else {
		err = nrs_set_source(set, name_of(path, options),
				     nrs_span_of(path), &source);
		if (err == NRS_OK)
			err = load_source(set, source, options, result, diag);
	}
	nrs_lifetimes_apply(&lifetimes, set, first);
	/* What came before an error is in the set, and of the exercise too. */
	int marked = nrs_exercise_mark(set, first, options->exercise);
	if (marked == NRS_OK && options->hidden)
		marked = nrs_hidden_mark(set, first);
	return marked != NRS_OK ? marked : err;
}

int nrs_load_value(struct nrs_set *set, struct nrs_span value,
		   const struct nrs_loader_options *options,
		   struct nrs_diag *diag)
{
	const uint32_t before = nrs_set_count(set);
	struct nrs_list *list = NULL;
	const char *reason = NULL;
	uint32_t source;
	int err = nrs_set_source(set, nrs_span_of("command line"),
				 nrs_span_of("--ioc"), &source);

	if (err == NRS_OK)
		err = nrs_list_new(&list, set, source, options);
	if (err == NRS_OK)
		err = nrs_list_line(list, value, &reason);
	nrs_list_free(list);
	if (err == NRS_OK)
		err = nrs_exercise_mark(set, before, options->exercise);
	if (err == NRS_OK && nrs_set_count(set) == before)
		reason = "no value";
	if (reason != NULL)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0, "'%.*s' is %s",
				    (int)(value.len > 80 ? 80 : value.len),
				    (const char *)value.ptr, reason);
	return err;
}
