/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loader: the format by the first bytes, then the bytes to whoever reads that
 * format. An input that breaks off (cut or damaged compression) gives what it
 * still held first and its error at the end.
 */
#include "loaders/loader.h"

#include <stdlib.h>

#include "engine/base/inflate.h"
#include "loaders/list.h"
#include "loaders/stix.h"

#define CHUNK ((size_t)262144)

struct load {
	struct nrs_input *input;
	uint8_t *chunk;
	int ended; /* why reading ended early, or NRS_OK */
	struct nrs_loader_result *result;
	struct nrs_diag *diag;
};

/* What a person knows a file by: its last path component. */
static struct nrs_span base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return nrs_span_of(slash == NULL ? path : slash + 1);
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

enum format {
	FORMAT_LIST,
	FORMAT_JSON,
	FORMAT_XML,
	FORMAT_UTF16,
	FORMAT_OTHER
};

/* Text has no NUL, and hardly another control character. */
static bool is_text(struct nrs_span bytes)
{
	size_t controls = 0;

	for (size_t i = 0; i < bytes.len; i++) {
		const uint8_t c = bytes.ptr[i];

		if (c == 0)
			return false;
		controls += c < ' ' && (c < '\t' || c > '\r');
	}
	return controls <= bytes.len / 16;
}

static enum format format_of(struct nrs_span bytes)
{
	if (nrs_span_starts(bytes, "\xff\xfe") ||
	    nrs_span_starts(bytes, "\xfe\xff"))
		return FORMAT_UTF16;
	if (!is_text(bytes))
		return FORMAT_OTHER;
	if (nrs_span_starts(bytes, "\xef\xbb\xbf"))
		bytes = nrs_span_from(bytes, 3);
	bytes = nrs_span_trim(bytes);
	if (bytes.len == 0)
		return FORMAT_LIST;
	if (bytes.ptr[0] == '{')
		return FORMAT_JSON;
	if (bytes.ptr[0] == '<')
		return FORMAT_XML;
	if (bytes.ptr[0] != '[')
		return FORMAT_LIST;
	/* An array, and not "[2001:db8::1]:443" or "[Adblock Plus]". */
	bytes = nrs_span_trim(nrs_span_from(bytes, 1));
	return bytes.len == 0 || memchr("{[]\"", bytes.ptr[0], 4) != NULL
		       ? FORMAT_JSON
		       : FORMAT_LIST;
}

/* @err from reading, or else what the input itself ended with. */
static int close_result(struct load *l, int err)
{
	if (err != NRS_OK && err != NRS_E_TRUNCATED)
		return err;
	if (l->ended == NRS_OK)
		return err;
	l->result->truncated = true;
	return l->ended;
}

static int load_stix(struct load *l, struct nrs_stix *stix,
		     struct nrs_span bytes)
{
	int err = NRS_OK;

	for (; bytes.len > 0 && err == NRS_OK; bytes = next(l))
		err = nrs_stix_push(stix, bytes);
	if (err == NRS_OK)
		err = nrs_stix_end(stix, l->result,
				   l->ended == NRS_OK ? l->diag : NULL);
	return close_result(l, err);
}

static int load_list(struct load *l, struct nrs_list *list,
		     struct nrs_span bytes)
{
	int err = NRS_OK;

	for (; bytes.len > 0 && err == NRS_OK; bytes = next(l))
		err = nrs_list_push(list, bytes);
	if (err == NRS_OK)
		err = nrs_list_end(list, l->result);
	if (err == NRS_OK && l->ended == NRS_OK && l->result->indicators == 0 &&
	    l->result->refused > 0)
		return nrs_diag_set(l->diag, NRS_E_FORMAT, 0,
				    "holds no indicator: all of its %llu "
				    "lines with text are refused",
				    (unsigned long long)l->result->refused);
	return close_result(l, err);
}

static int load_any(struct load *l, struct nrs_set *set, uint32_t source,
		    const struct nrs_loader_options *options)
{
	const struct nrs_span bytes = next(l);
	struct nrs_stix *stix = NULL;
	struct nrs_list *list = NULL;
	int err;

	if (bytes.len == 0)
		return l->ended != NRS_OK ? l->ended
					  : nrs_diag_set(l->diag, NRS_E_FORMAT,
							 0, "is empty");
	switch (format_of(bytes)) {
	case FORMAT_JSON:
		err = nrs_stix_new(&stix, set, source, options);
		if (err == NRS_OK)
			err = load_stix(l, stix, bytes);
		nrs_stix_free(stix);
		return err;
	case FORMAT_LIST:
		err = nrs_list_new(&list, set, source, options);
		if (err == NRS_OK)
			err = load_list(l, list, bytes);
		nrs_list_free(list);
		return err;
	case FORMAT_XML:
		return nrs_diag_set(l->diag, NRS_E_FORMAT, 0,
				    "is XML: not read yet");
	case FORMAT_UTF16:
		return nrs_diag_set(l->diag, NRS_E_FORMAT, 0,
				    "is UTF-16 text: save it as UTF-8");
	default:
		return nrs_diag_set(l->diag, NRS_E_FORMAT, 0,
				    "is binary data, neither STIX nor a list "
				    "of values");
	}
}

int nrs_load_file(struct nrs_set *set, const char *path,
		  const struct nrs_loader_options *options,
		  struct nrs_loader_result *result, struct nrs_diag *diag)
{
	struct load l = {.result = result, .diag = diag};
	uint32_t source;
	int err;

	*result = (struct nrs_loader_result){0};
	err = nrs_set_source(
		set, options->name.len > 0 ? options->name : base_name(path),
		nrs_span_of(path), &source);
	if (err != NRS_OK)
		return err;
	l.chunk = malloc(CHUNK);
	if (l.chunk == NULL)
		return NRS_E_NOMEM;
	err = nrs_input_open(&l.input, path, NULL, diag);
	if (err == NRS_OK)
		err = load_any(&l, set, source, options);
	nrs_input_close(l.input);
	free(l.chunk);
	return err;
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
	if (err == NRS_OK && nrs_set_count(set) == before)
		reason = "no value";
	if (reason != NULL)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0, "'%.*s' is %s",
				    (int)(value.len > 80 ? 80 : value.len),
				    (const char *)value.ptr, reason);
	return err;
}
