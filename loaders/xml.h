/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml: the only door to expat: XML in pieces, as events (XML 1.0 and
 * Namespaces in XML).
 *
 * There is no DTD here: a DOCTYPE ends the reading at once, so there are no
 * external entities, and none that grow. Depth, attributes, texts and the
 * length of a tag are capped, and so is a whole document. Names are told
 * apart by namespace and local name; prefixes are of no interest. One thread.
 */
#pragma once

#include "engine/base/err.h"
#include "engine/base/span.h"

#define NRS_XML_DEPTH_MAX 64u
#define NRS_XML_ATTRIBUTES_MAX 128u
#define NRS_XML_TEXT_MAX ((size_t)262144) /* of one element, then cut */
#define NRS_XML_TAG_MAX ((uint64_t)1 << 20)
#define NRS_XML_LEN_MAX ((uint64_t)1 << 30)

struct nrs_xml;

struct nrs_xml_element {
	struct nrs_span space; /* namespace URI; empty: none */
	struct nrs_span name;  /* local name */
	struct nrs_span text;  /* at the close of an element without children */
	const char *const
		*attributes; /* at the open: for the functions below */
	uint64_t line;	     /* of the open tag, from 1 */
	unsigned int depth;  /* of the root: 1 */
	bool is_leaf;	     /* at the close: it has no children */
	bool is_cut;	     /* the text was longer than the cap */
};

/* The spans of @element live until the call returns. Anything but NRS_OK ends
 * the reading and is what nrs_xml_push returns. */
struct nrs_xml_events {
	int (*open)(void *ctx, const struct nrs_xml_element *element);
	int (*close)(void *ctx, const struct nrs_xml_element *element);
};

/* @events is borrowed until the free. NRS_E_NOMEM. */
int nrs_xml_new(struct nrs_xml **out, const struct nrs_xml_events *events,
		void *ctx);
void nrs_xml_free(struct nrs_xml *xml);

/*
 * The next bytes of the document. Bytes that are no XML are no error yet:
 * what follows them is skipped, and nrs_xml_end tells. NRS_E_NOMEM, and what
 * the events return.
 */
int nrs_xml_push(struct nrs_xml *xml, struct nrs_span bytes);

/*
 * The document ends. NRS_E_TRUNCATED: in the middle; NRS_E_FORMAT: it is not
 * well-formed, or has a DOCTYPE; NRS_E_LIMIT: a cap. @diag has line and reason.
 */
int nrs_xml_end(struct nrs_xml *xml, struct nrs_diag *diag);

/* The attribute @name that has no namespace; empty if there is none. */
struct nrs_span nrs_xml_attribute(const struct nrs_xml_element *element,
				  const char *name);

/* The local part of xsi:type: "FileObjectType". */
struct nrs_span nrs_xml_type(const struct nrs_xml_element *element);

/*
 * The local name of the root element of a document that begins with @head;
 * empty if @head does not show it, or is no XML.
 */
struct nrs_span nrs_xml_root(struct nrs_span head);
