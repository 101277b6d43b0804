/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_parts: the forms of STIX 2.1 objects that more than one writer needs.
 */
#include "sightings/stix_parts.h"

#include "sightings/sighted.h"

static const struct {
	const char *id, *name, *tlp;
} markings[] = {
	[NRS_TLP_CLEAR] = {"marking-definition--"
			   "94868c89-83c2-464b-929b-a1a8aa3c8487",
			   "TLP:CLEAR", "clear"},
	[NRS_TLP_GREEN] = {"marking-definition--"
			   "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
			   "TLP:GREEN", "green"},
	[NRS_TLP_AMBER] = {"marking-definition--"
			   "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
			   "TLP:AMBER", "amber"},
	[NRS_TLP_AMBER_STRICT] = {"marking-definition--"
				  "939a9414-2ddd-4d32-a0cd-375ea402b003",
				  "TLP:AMBER+STRICT", "amber+strict"},
	[NRS_TLP_RED] = {"marking-definition--"
			 "e828b379-4e03-4974-9ac4-e53a884c97c1",
			 "TLP:RED", "red"},
};

enum nrs_tlp nrs_stix_tlp(enum nrs_tlp tlp)
{
	return tlp == NRS_TLP_NONE ? NRS_TLP_AMBER_STRICT : tlp;
}

const char *nrs_stix_marking_id(enum nrs_tlp tlp)
{
	return markings[nrs_stix_tlp(tlp)].id;
}

void nrs_stix_text(struct nrs_jsonw *w, const char *key, const char *text)
{
	nrs_jsonw_member(w, key, nrs_span_of(text));
}

void nrs_stix_time(struct nrs_jsonw *w, const char *key, int64_t ns,
		   unsigned int digits)
{
	char text[NRS_STAMP_LEN];

	nrs_jsonw_member(w, key,
			 nrs_span(text, nrs_stamp_format(ns, digits, text)));
}

void nrs_stix_begin(struct nrs_jsonw *w, const char *type, const char *id)
{
	nrs_jsonw_open(w, '{');
	nrs_stix_text(w, "type", type);
	nrs_stix_text(w, "spec_version", "2.1");
	nrs_stix_text(w, "id", id);
}

void nrs_stix_exercise(struct nrs_jsonw *w, struct nrs_span id)
{
	if (id.len == 0)
		return;
	nrs_jsonw_key(w, "labels");
	nrs_jsonw_open(w, '[');
	nrs_jsonw_string(w, nrs_span_of("exercise"));
	if (!nrs_span_is_icase(id, "exercise"))
		nrs_jsonw_string(w, id);
	nrs_jsonw_close(w, ']');
}

void nrs_stix_ref(struct nrs_jsonw *w, const char *key, const char *id)
{
	nrs_jsonw_key(w, key);
	nrs_jsonw_open(w, '[');
	nrs_jsonw_string(w, nrs_span_of(id));
	nrs_jsonw_close(w, ']');
}

void nrs_stix_marking(struct nrs_jsonw *w, enum nrs_tlp tlp)
{
	nrs_stix_begin(w, "marking-definition", markings[tlp].id);
	nrs_stix_text(w, "created", "2022-10-01T00:00:00.000Z");
	nrs_stix_text(w, "name", markings[tlp].name);
	nrs_jsonw_key(w, "extensions");
	nrs_jsonw_open(w, '{');
	nrs_jsonw_key(w, "extension-definition--60a3c5c5-0d10-413e-aab3-"
			 "9e08dde9e88d");
	nrs_jsonw_open(w, '{');
	nrs_stix_text(w, "extension_type", "property-extension");
	nrs_stix_text(w, "tlp_2_0", markings[tlp].tlp);
	nrs_jsonw_close(w, '}');
	nrs_jsonw_close(w, '}');
	nrs_jsonw_close(w, '}');
}

void nrs_stix_value(struct nrs_jsonw *w, const struct nrs_stix_value *value)
{
	nrs_stix_begin(w, "indicator", value->id);
	nrs_stix_text(w, "created_by_ref", value->created_by);
	/* A list says nothing about time: the epoch stands for "unknown". */
	nrs_stix_text(w, "created", "1970-01-01T00:00:00.000Z");
	nrs_stix_text(w, "modified", "1970-01-01T00:00:00.000Z");
	nrs_jsonw_member(w, "name", value->name);
	nrs_jsonw_key(w, "indicator_types");
	nrs_jsonw_open(w, '[');
	nrs_jsonw_string(w, nrs_span_of("unknown"));
	nrs_jsonw_close(w, ']');
	nrs_jsonw_member(w, "pattern", value->pattern);
	nrs_stix_text(w, "pattern_type", "stix");
	nrs_stix_text(w, "pattern_version", "2.1");
	nrs_stix_text(w, "valid_from", "1970-01-01T00:00:00Z");
	nrs_stix_exercise(w, value->exercise);
	nrs_stix_ref(w, "object_marking_refs", nrs_stix_marking_id(value->tlp));
	nrs_jsonw_close(w, '}');
}

int nrs_stix_confidence(int confidence, enum nrs_how how, bool is_partial)
{
	const int grade = is_partial ? 50 : nrs_how_grade(how);

	return confidence < grade ? confidence : grade;
}
