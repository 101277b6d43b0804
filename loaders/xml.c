/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml: expat's events with caps. A problem stops expat and is kept for the
 * end, so that whoever reads in pieces need not care where it was.
 */
#include "loaders/xml.h"

#include <expat.h>
#include <stdlib.h>

#include "engine/base/text.h"

#define SEPARATOR '\n' /* between namespace and name, as expat gives them */
#define PIECE ((size_t)65536)

struct level {
	uint64_t line;
	bool has_children;
};

struct nrs_xml {
	XML_Parser parser;
	const struct nrs_xml_events *events;
	void *ctx;
	int err; /* of the caller's events */
	struct nrs_diag diag;
	struct nrs_text text; /* of the element under way */
	bool is_cut;
	struct level levels[NRS_XML_DEPTH_MAX + 1];
	unsigned int depth;
	uint64_t fed;
	uint64_t told; /* bytes fed when the last event came */
};

static void stop(struct nrs_xml *x)
{
	XML_StopParser(x->parser, XML_FALSE);
}

/* The reason why the reading ends: the first one counts. */
static void refuse(struct nrs_xml *x, int code, const char *reason)
{
	const uint64_t line = XML_GetCurrentLineNumber(x->parser);

	if (x->diag.code == NRS_OK)
		nrs_diag_set(&x->diag, code, line, "line %llu: %s",
			     (unsigned long long)line, reason);
	stop(x);
}

static bool is_over(const struct nrs_xml *x)
{
	return x->err != NRS_OK || x->diag.code != NRS_OK;
}

static void set_name(struct nrs_xml_element *e, const char *name)
{
	const char *cut = strrchr(name, SEPARATOR);

	if (cut == NULL) {
		e->name = nrs_span_of(name);
		return;
	}
	e->space = nrs_span(name, (size_t)(cut - name));
	e->name = nrs_span_of(cut + 1);
}

static void on_open(void *ctx, const XML_Char *name, const XML_Char **pairs)
{
	struct nrs_xml *x = ctx;
	struct nrs_xml_element e = {.attributes = pairs};
	unsigned int count = 0;

	x->told = x->fed;
	if (is_over(x))
		return;
	while (pairs[count] != NULL)
		count++;
	if (count > 2 * NRS_XML_ATTRIBUTES_MAX) {
		refuse(x, NRS_E_LIMIT, "an element of too many attributes");
		return;
	}
	if (x->depth == NRS_XML_DEPTH_MAX) {
		refuse(x, NRS_E_LIMIT, "elements stand too deep in others");
		return;
	}
	x->levels[x->depth].has_children = true;
	x->depth++;
	e.line = XML_GetCurrentLineNumber(x->parser);
	e.depth = x->depth;
	x->levels[x->depth] = (struct level){.line = e.line};
	nrs_text_clear(&x->text);
	x->is_cut = false;
	set_name(&e, name);
	x->err = x->events->open(x->ctx, &e);
	if (x->err != NRS_OK)
		stop(x);
}

static void on_close(void *ctx, const XML_Char *name)
{
	struct nrs_xml *x = ctx;
	const struct level *level = &x->levels[x->depth];

	x->told = x->fed;
	if (is_over(x))
		return;
	struct nrs_xml_element e = {.line = level->line,
				    .depth = x->depth,
				    .is_leaf = !level->has_children,
				    .is_cut = x->is_cut};
	if (x->text.failed)
		x->err = NRS_E_NOMEM;
	if (e.is_leaf)
		e.text = nrs_text_span(&x->text);
	set_name(&e, name);
	if (x->err == NRS_OK)
		x->err = x->events->close(x->ctx, &e);
	if (x->err != NRS_OK)
		stop(x);
	x->depth--;
	nrs_text_clear(&x->text);
	x->is_cut = false;
}

static void on_text(void *ctx, const XML_Char *bytes, int len)
{
	struct nrs_xml *x = ctx;
	const struct nrs_span part = nrs_span(bytes, (size_t)len);

	x->told = x->fed;
	/* Whole pieces only: none of them ends within a character. */
	if (x->is_cut || x->text.len + part.len > NRS_XML_TEXT_MAX)
		x->is_cut = true;
	else
		nrs_text_add(&x->text, part);
}

/* Comments, instructions, blanks around the root: nothing but progress. */
static void on_other(void *ctx, const XML_Char *bytes, int len)
{
	struct nrs_xml *x = ctx;

	(void)bytes, (void)len;
	x->told = x->fed;
}

static void on_doctype(void *ctx, const XML_Char *name, const XML_Char *system,
		       const XML_Char *public, int has_internal)
{
	(void)name, (void)system, (void)public, (void)has_internal;
	refuse(ctx, NRS_E_FORMAT,
	       "has a DOCTYPE: documents with a DTD are not read");
}

int nrs_xml_new(struct nrs_xml **out, const struct nrs_xml_events *events,
		void *ctx)
{
	struct nrs_xml *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return NRS_E_NOMEM;
	x->events = events;
	x->ctx = ctx;
	x->parser = XML_ParserCreateNS(NULL, SEPARATOR);
	if (x->parser == NULL) {
		nrs_xml_free(x);
		return NRS_E_NOMEM;
	}
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_open, on_close);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	XML_SetDefaultHandler(x->parser, on_other);
	*out = x;
	return NRS_OK;
}

void nrs_xml_free(struct nrs_xml *x)
{
	if (x == NULL)
		return;
	if (x->parser != NULL)
		XML_ParserFree(x->parser);
	nrs_text_fini(&x->text);
	free(x);
}

/* What expat says of bytes that it cannot read. */
static int judge(struct nrs_xml *x)
{
	const enum XML_Error error = XML_GetErrorCode(x->parser);

	if (x->err != NRS_OK)
		return x->err;
	if (error == XML_ERROR_NO_MEMORY)
		return NRS_E_NOMEM;
	if (x->diag.code == NRS_OK)
		refuse(x, NRS_E_FORMAT, XML_ErrorString(error));
	return NRS_OK;
}

static int push(struct nrs_xml *x, struct nrs_span bytes)
{
	x->fed += bytes.len;
	if (x->fed > NRS_XML_LEN_MAX) {
		refuse(x, NRS_E_LIMIT, "the document is longer than 1 GB");
		return NRS_OK;
	}
	if (XML_Parse(x->parser, (const char *)bytes.ptr, (int)bytes.len, 0) !=
	    XML_STATUS_OK)
		return judge(x);
	/* Expat keeps a tag until its end has come. */
	if (x->fed - x->told > NRS_XML_TAG_MAX)
		refuse(x, NRS_E_LIMIT, "a tag or comment without an end");
	return NRS_OK;
}

int nrs_xml_push(struct nrs_xml *x, struct nrs_span bytes)
{
	int err = x->err;

	while (bytes.len > 0 && err == NRS_OK && !is_over(x)) {
		err = push(x, nrs_span_part(bytes, 0, PIECE));
		bytes = nrs_span_from(bytes, PIECE);
	}
	return err;
}

/* The document ended where it may not. */
static bool is_cut_short(enum XML_Error error)
{
	return error == XML_ERROR_NO_ELEMENTS ||
	       error == XML_ERROR_UNCLOSED_TOKEN ||
	       error == XML_ERROR_UNCLOSED_CDATA_SECTION ||
	       error == XML_ERROR_PARTIAL_CHAR;
}

/* What expat kept back for lack of more is read now: whatever could have been
 * wrong before may be wrong here. */
static int push_end(struct nrs_xml *x)
{
	if (XML_Parse(x->parser, "", 0, 1) == XML_STATUS_OK)
		return NRS_OK;
	const uint64_t line = XML_GetCurrentLineNumber(x->parser);
	if (x->diag.code != NRS_OK ||
	    !is_cut_short(XML_GetErrorCode(x->parser)))
		return judge(x);
	nrs_diag_set(&x->diag, NRS_E_TRUNCATED, line,
		     "line %llu: ends in the middle", (unsigned long long)line);
	return x->err;
}

int nrs_xml_end(struct nrs_xml *x, struct nrs_diag *diag)
{
	int err = x->err;

	if (err == NRS_OK && x->diag.code == NRS_OK)
		err = push_end(x);
	if (err != NRS_OK)
		return err;
	if (diag != NULL && x->diag.code != NRS_OK)
		*diag = x->diag;
	return x->diag.code;
}

struct nrs_span nrs_xml_attribute(const struct nrs_xml_element *e,
				  const char *name)
{
	for (const char *const *pair = e->attributes; *pair != NULL;
	     pair += 2) {
		if (strcmp(pair[0], name) == 0)
			return nrs_span_of(pair[1]);
	}
	return nrs_span(NULL, 0);
}

struct nrs_span nrs_xml_type(const struct nrs_xml_element *e)
{
	static const char name[] =
		"http://www.w3.org/2001/XMLSchema-instance\ntype";
	const struct nrs_span type = nrs_xml_attribute(e, name);
	const size_t colon = nrs_span_find(type, ':', 0);

	return colon == SIZE_MAX ? type : nrs_span_from(type, colon + 1);
}

/* @head behind the first @end at or after @from, or empty. */
static struct nrs_span behind(struct nrs_span head, const char *end)
{
	const size_t at = nrs_span_find_text(head, end);

	return at == SIZE_MAX ? nrs_span(NULL, 0)
			      : nrs_span_from(head, at + strlen(end));
}

struct nrs_span nrs_xml_root(struct nrs_span head)
{
	size_t end = 0;

	if (nrs_span_starts(head, "\xef\xbb\xbf"))
		head = nrs_span_from(head, 3);
	for (head = nrs_span_trim(head); head.len > 1 && head.ptr[0] == '<';
	     head = nrs_span_trim(head)) {
		if (nrs_span_starts(head, "<!--"))
			head = behind(head, "-->");
		else if (head.ptr[1] == '?')
			head = behind(head, "?>");
		else
			break;
	}
	if (head.len < 2 || head.ptr[0] != '<' || head.ptr[1] == '!')
		return nrs_span(NULL, 0);
	head = nrs_span_from(head, 1);
	while (end < head.len && memchr(" \t\r\n/>", head.ptr[end], 6) == NULL)
		end++;
	head = nrs_span_part(head, 0, end);
	const size_t colon = nrs_span_find(head, ':', 0);
	return colon == SIZE_MAX ? head : nrs_span_from(head, colon + 1);
}
