/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml_sink: what the loaders of XML formats do with an indicator when it is
 * read: an id of STIX's form, a pattern, a row of the set, a word about what
 * could not be said.
 */
#pragma once

#include "loaders/condition.h"
#include "loaders/reader.h"
#include "loaders/xml.h"

/* Set, source and options from the reader's open; the rest starts as {0}. */
struct nrs_xml_sink {
	struct nrs_set *set;
	uint32_t source;
	struct nrs_loader_options options;
	struct nrs_loader_result result;
	struct nrs_text text;
};

void nrs_xml_sink_fini(struct nrs_xml_sink *sink);

/* True if @text ends in a UUID: @out is it, in lower case, with a NUL. */
bool nrs_xml_uuid(struct nrs_span text, char out[37]);

/*
 * Add @item, with the pattern of the bytes of a @condition. Its id is made from
 * @foreign_id: "indicator--" and the UUID at its end; or one that follows from
 * it; or, of an empty one, one that follows from source and pattern. Its texts
 * other than id and pattern are in the set's arena. What cannot be said is
 * added as unsupported. NRS_E_NOMEM.
 */
int nrs_xml_sink_add(struct nrs_xml_sink *sink,
		     const struct nrs_indicator *item,
		     struct nrs_span foreign_id, struct nrs_span condition,
		     const struct nrs_condition_rules *rules);

/* "REASON: DETAIL" at @line. */
int nrs_xml_sink_refuse(struct nrs_xml_sink *sink, uint64_t line,
			const char *reason, struct nrs_span detail);

/* A copy in the set's arena. False: no memory. */
bool nrs_xml_sink_keep(struct nrs_xml_sink *sink, struct nrs_span text,
		       struct nrs_span *out);

/*
 * The document ends: what struct nrs_reader's end returns. A document that
 * breaks keeps what was read; if that is nothing, it is an error of format.
 */
int nrs_xml_sink_end(struct nrs_xml_sink *sink, struct nrs_xml *xml,
		     struct nrs_loader_result *result, struct nrs_diag *diag);
