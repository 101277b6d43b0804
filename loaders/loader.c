/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loader: the format by the first bytes, then the bytes to whoever reads that
 * format. An input that breaks off (cut or damaged compression) gives what it
 * still held first and its error at the end.
 */
#include "loaders/loader.h"

#include <stdlib.h>

#include "engine/base/inflate.h"
#include "loaders/csv.h"
#include "loaders/list.h"
#include "loaders/openioc.h"
#include "loaders/stix.h"
#include "loaders/stix1.h"
#include "loaders/suricata.h"
#include "loaders/zeek.h"

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

/*
 * The formats, in the order in which they are tried. A new one is a row here;
 * the last two take what no row above knows.
 */
static const struct nrs_format formats[] = {
	{"stix", nrs_stix_detect, nrs_stix_open},
	{"suricata-iprep", nrs_suricata_detect_iprep, nrs_suricata_open},
	{"suricata-datarep", nrs_suricata_detect_datarep, nrs_suricata_open},
	{"suricata-dataset", nrs_suricata_detect_dataset, nrs_suricata_open},
	{"suricata-categories", nrs_suricata_detect_categories,
	 nrs_suricata_open},
	{"csv", nrs_csv_detect, nrs_csv_open},
	{"urlhaus", NULL, nrs_csv_open},
	{"threatfox", NULL, nrs_csv_open},
	{"malwarebazaar", NULL, nrs_csv_open},
	{"feodo", NULL, nrs_csv_open},
	{"sslbl", NULL, nrs_csv_open},
	{"sslbl-ja3", NULL, nrs_csv_open},
	{"zeek", nrs_zeek_detect, nrs_zeek_open},
	{"openioc", nrs_openioc_detect, nrs_openioc_open},
	{"stix1", nrs_stix1_detect, nrs_stix1_open},
	{"list", nrs_list_detect, nrs_list_open},
};
#define FORMATS (sizeof(formats) / sizeof(*formats))

int nrs_format_check(struct nrs_span format, struct nrs_diag *diag)
{
	const struct nrs_span name =
		nrs_span_part(format, 0, nrs_span_find(format, ':', 0));
	struct nrs_text names = {0};

	for (size_t i = 0; i < FORMATS; i++) {
		if (nrs_span_is(name, formats[i].name))
			return NRS_OK;
	}
	for (size_t i = 0; i < FORMATS; i++) {
		if (formats[i].detect == NULL)
			continue;
		nrs_text_puts(&names, names.len == 0 ? "" : ", ");
		nrs_text_puts(&names, formats[i].name);
	}
	const int err = nrs_diag_set(
		diag, NRS_E_USAGE, 0, "no format '%.*s' (%.*s, ...)",
		(int)(name.len > 30 ? 30 : name.len), (const char *)name.ptr,
		(int)names.len, (const char *)names.ptr);
	nrs_text_fini(&names);
	return err;
}

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

/* The format of what begins with @head, or why it has none. */
static const struct nrs_format *
format_of(struct nrs_span head, const struct nrs_loader_options *options,
	  const char **reason)
{
	const struct nrs_span name = nrs_span_part(
		options->format, 0, nrs_span_find(options->format, ':', 0));

	*reason = "is UTF-16 text: save it as UTF-8";
	if (nrs_span_starts(head, "\xff\xfe") ||
	    nrs_span_starts(head, "\xfe\xff"))
		return NULL;
	*reason = "is binary data, no indicators of any known format";
	if (!is_text(head))
		return NULL;
	if (nrs_span_starts(head, "\xef\xbb\xbf"))
		head = nrs_span_from(head, 3);
	head = nrs_span_trim(head);
	*reason = "is XML of a kind that is not read";
	for (size_t i = 0; i < FORMATS; i++) {
		const struct nrs_format *f = &formats[i];

		if (name.len > 0 ? nrs_span_is(name, f->name)
				 : f->detect != NULL && f->detect(head))
			return f;
	}
	return NULL;
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
		head.len == 0 ? NULL : format_of(head, options, &reason);
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
	return err;
}

int nrs_load_file(struct nrs_set *set, const char *path,
		  const struct nrs_loader_options *options,
		  struct nrs_loader_result *result, struct nrs_diag *diag)
{
	struct load l = {.result = result, .diag = diag};
	uint32_t source;
	int err;

	*result = (struct nrs_loader_result){0};
	if (options->format.len > 0) {
		err = nrs_format_check(options->format, diag);
		if (err != NRS_OK)
			return err;
	}
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
