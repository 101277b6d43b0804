/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loader: the format by the first byte that is no blank, then the bytes to
 * whoever reads that format.
 */
#include "loaders/loader.h"

#include <stdlib.h>

#include "engine/base/inflate.h"
#include "loaders/list.h"
#include "loaders/stix.h"

#define CHUNK ((size_t)262144)

/* What a person knows a file by: its last path component. */
static struct nrs_span base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return nrs_span_of(slash == NULL ? path : slash + 1);
}

static uint8_t first_byte(struct nrs_span bytes)
{
	if (nrs_span_starts(bytes, "\xef\xbb\xbf"))
		bytes = nrs_span_from(bytes, 3);
	bytes = nrs_span_trim(bytes);
	return bytes.len == 0 ? 0 : bytes.ptr[0];
}

struct load {
	struct nrs_input *input;
	uint8_t *chunk;
	struct nrs_loader_result *result;
	struct nrs_diag *diag;
};

static int load_stix(struct load *l, struct nrs_stix *stix,
		     struct nrs_span bytes)
{
	int err = NRS_OK;

	while (bytes.len > 0 && err == NRS_OK) {
		err = nrs_stix_push(stix, bytes);
		if (err == NRS_OK)
			err = nrs_input_read(l->input, l->chunk, CHUNK,
					     &bytes.len, l->diag);
		bytes.ptr = l->chunk;
	}
	if (err == NRS_E_FORMAT)
		return nrs_diag_set(l->diag, err, 0, "is not JSON");
	if (err != NRS_OK && err != NRS_E_TRUNCATED)
		return err;
	const int end = nrs_stix_end(stix, l->result, l->diag);
	return err != NRS_OK ? err : end;
}

static int load_list(struct load *l, struct nrs_list *list,
		     struct nrs_span bytes)
{
	int err = NRS_OK;

	while (bytes.len > 0 && err == NRS_OK) {
		err = nrs_list_push(list, bytes);
		if (err == NRS_OK)
			err = nrs_input_read(l->input, l->chunk, CHUNK,
					     &bytes.len, l->diag);
		bytes.ptr = l->chunk;
	}
	if (err == NRS_OK)
		err = nrs_list_end(list, l->result);
	if (err == NRS_E_FORMAT)
		return nrs_diag_set(l->diag, err, 0,
				    "is neither STIX nor a list of values "
				    "(binary data)");
	if (err == NRS_OK && l->result->indicators == 0 &&
	    l->result->refused > 0)
		return nrs_diag_set(l->diag, NRS_E_FORMAT, 0,
				    "holds no indicator: %llu lines refused",
				    (unsigned long long)l->result->refused);
	return err;
}

static int load_any(struct load *l, struct nrs_set *set, uint32_t source,
		    const struct nrs_loader_options *options)
{
	struct nrs_span bytes = {l->chunk, 0};
	struct nrs_stix *stix = NULL;
	struct nrs_list *list = NULL;
	int err =
		nrs_input_read(l->input, l->chunk, CHUNK, &bytes.len, l->diag);

	if (err != NRS_OK && bytes.len == 0)
		return err;
	if (bytes.len == 0)
		return nrs_diag_set(l->diag, NRS_E_FORMAT, 0, "is empty");
	switch (first_byte(bytes)) {
	case '{':
	case '[':
		err = nrs_stix_new(&stix, set, source, options);
		if (err == NRS_OK)
			err = load_stix(l, stix, bytes);
		nrs_stix_free(stix);
		return err;
	case '<':
		return nrs_diag_set(l->diag, NRS_E_FORMAT, 0,
				    "is XML: not read yet");
	default:
		err = nrs_list_new(&list, set, source, options);
		if (err == NRS_OK)
			err = load_list(l, list, bytes);
		nrs_list_free(list);
		return err;
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
	err = nrs_set_source(set, base_name(path), nrs_span_of(path), &source);
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
	if (reason != NULL)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0, "'%.*s' is %s",
				    (int)(value.len > 80 ? 80 : value.len),
				    (const char *)value.ptr, reason);
	return err;
}
