/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misp_object: a table of what can be a part, and a condition over the parts.
 * What is too broad alone (a port, a size) is a good part.
 */
#include "loaders/misp_object.h"

#include <stdio.h>

#include "loaders/comparison.h"

#define PARTS_MAX 64u
#define HTTP "network-traffic:extensions.'http-request-ext'."

static const struct row {
	const char *type, *path;
	enum nrs_value_kind kind;
} rows[] = {
	{"domain", "domain-name:value", NRS_VALUE_TEXT},
	{"email-dst", "email-message:to_refs[*].value", NRS_VALUE_TEXT},
	{"email-src", "email-message:from_ref.value", NRS_VALUE_TEXT},
	{"email-subject", "email-message:subject", NRS_VALUE_TEXT},
	{"filename", "file:name", NRS_VALUE_TEXT},
	{"hostname", "domain-name:value", NRS_VALUE_TEXT},
	{"http-method", HTTP "request_method", NRS_VALUE_TEXT},
	{"ip-dst", "", NRS_VALUE_IP},
	{"ip-src", "", NRS_VALUE_IP},
	{"ja3-fingerprint-md5", "network-traffic:extensions.'tls-ext'.ja3",
	 NRS_VALUE_TEXT},
	{"md5", "file:hashes.MD5", NRS_VALUE_TEXT},
	{"mime-type", "file:mime_type", NRS_VALUE_TEXT},
	{"port", "network-traffic:dst_port", NRS_VALUE_NUMBER},
	{"sha1", "file:hashes.'SHA-1'", NRS_VALUE_TEXT},
	{"sha256", "file:hashes.'SHA-256'", NRS_VALUE_TEXT},
	{"sha512", "file:hashes.'SHA-512'", NRS_VALUE_TEXT},
	{"size-in-bytes", "file:size", NRS_VALUE_NUMBER},
	{"uri", HTTP "request_value", NRS_VALUE_TEXT},
	{"url", "url:value", NRS_VALUE_TEXT},
	{"user-agent", HTTP "request_header.'User-Agent'", NRS_VALUE_TEXT},
	{"x509-fingerprint-md5", "x509-certificate:hashes.MD5", NRS_VALUE_TEXT},
	{"x509-fingerprint-sha1", "x509-certificate:hashes.'SHA-1'",
	 NRS_VALUE_TEXT},
	{"x509-fingerprint-sha256", "x509-certificate:hashes.'SHA-256'",
	 NRS_VALUE_TEXT},
};

struct part {
	const struct nrs_json *attribute;
	const struct row *row;
	struct nrs_span relation;
};

struct parts {
	struct part at[PARTS_MAX];
	unsigned int count;
	enum nrs_tlp tlp; /* the strictest of them */
};

static const struct row *row_of(struct nrs_span type)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (nrs_span_is(type, rows[i].type))
			return &rows[i];
	}
	return NULL;
}

static int add_part(struct nrs_misp_taker *t, struct parts *parts,
		    const struct nrs_json *attribute)
{
	const struct row *row = row_of(nrs_misp_text(attribute, "type"));

	if (row == NULL || parts->count == PARTS_MAX ||
	    nrs_misp_is(attribute, "deleted") ||
	    !(t->options.all || nrs_misp_is(attribute, "to_ids")))
		return NRS_OK;
	const int err = nrs_misp_tags_read(&t->tags, attribute);
	if (err != NRS_OK ||
	    (t->tags.is_false_positive && t->options.skip_false_positives))
		return err;
	if (t->tags.tlp > parts->tlp)
		parts->tlp = t->tags.tlp;
	parts->at[parts->count++] = (struct part){
		attribute, row, nrs_misp_text(attribute, "object_relation")};
	return NRS_OK;
}

/* Two values of one relation are alternatives. */
static bool go_together(const struct part *a, const struct part *b)
{
	return a == b || (a->relation.len > 0 &&
			  nrs_span_equal(a->relation, b->relation));
}

static void write_condition(const struct parts *parts, struct nrs_condition *c)
{
	nrs_condition_clear(c);
	nrs_condition_open(c, true);
	for (unsigned int i = 0; i < parts->count; i++) {
		const struct part *first = &parts->at[i];
		bool is_new = true;

		for (unsigned int k = 0; k < i; k++)
			is_new &= !go_together(&parts->at[k], first);
		if (!is_new)
			continue;
		nrs_condition_open(c, false);
		for (unsigned int k = i; k < parts->count; k++) {
			const struct part *part = &parts->at[k];
			const struct nrs_comparison comparison = {
				.path = part->row->path,
				.kind = part->row->kind,
				.how = NRS_HOW_IS,
				.value = nrs_misp_text(part->attribute,
						       "value")};

			if (go_together(part, first))
				nrs_comparison_add(c, &comparison);
		}
		nrs_condition_close(c);
	}
	nrs_condition_close(c);
}

static int add(struct nrs_misp_taker *t, const struct nrs_json *object,
	       const struct parts *parts, struct nrs_condition *c)
{
	static const struct nrs_condition_rules rules = {.joins = true};
	const uint64_t place = t->adder->result.objects;
	struct nrs_entry entry = nrs_adder_entry(t->adder, place);
	const struct nrs_span name = nrs_misp_text(object, "name");
	const struct nrs_indicator_context said = {
		.description = nrs_misp_cut(nrs_misp_text(object, "comment"),
					    NRS_MISP_NAME_MAX)};
	struct nrs_condition_result result = {0};
	struct nrs_text pattern = {0};
	const char *reason = result.reason;
	char id[64], what[80];

	write_condition(parts, c);
	int err = c->bytes.failed
			  ? NRS_E_NOMEM
			  : nrs_condition_write(nrs_text_span(&c->bytes),
						&rules, &pattern, &result);
	entry.type = NRS_TYPED_PATTERN;
	entry.value = nrs_text_span(&pattern);
	entry.id = nrs_misp_id("indicator", object, id);
	entry.context = &said;
	entry.tlp = (uint8_t)parts->tlp;
	entry.created_ns = entry.modified_ns =
		nrs_misp_time(object, "timestamp");
	if (err == NRS_OK)
		err = nrs_adder_add(t->adder, &entry, &reason);
	if (err == NRS_OK && result.is_partial && !t->adder->was_there)
		err = nrs_set_judge(t->adder->set, t->adder->index,
				    NRS_STATUS_PARTIAL, result.reason);
	nrs_text_fini(&pattern);
	if (err != NRS_E_FORMAT && err != NRS_E_UNSUPPORTED)
		return err;
	const int len = snprintf(what, sizeof(what), "object %.*s",
				 (int)(name.len > 40 ? 40 : name.len),
				 (const char *)name.ptr);
	return nrs_adder_refuse(t->adder, place, nrs_span(what, (size_t)len),
				reason);
}

static bool is_part(const struct parts *parts, const struct nrs_json *attribute)
{
	for (unsigned int i = 0; i < parts->count; i++) {
		if (parts->at[i].attribute == attribute)
			return true;
	}
	return false;
}

int nrs_misp_object(struct nrs_misp_taker *t, const struct nrs_json *object,
		    struct nrs_condition *condition)
{
	const struct nrs_json *list = nrs_json_get(object, "Attribute");
	struct nrs_loader_result *result = &t->adder->result;
	struct parts parts = {.tlp = NRS_TLP_NONE};
	int err = NRS_OK;

	for (const struct nrs_json *a = list->child; a != NULL && err == NRS_OK;
	     a = a->next)
		err = add_part(t, &parts, a);
	if (parts.count < 2)
		parts.count = 0;
	for (const struct nrs_json *a = list->child; a != NULL && err == NRS_OK;
	     a = a->next) {
		result->objects++;
		if (!is_part(&parts, a))
			err = nrs_misp_attribute(t, a, result->objects);
	}
	return err == NRS_OK && parts.count > 0
		       ? add(t, object, &parts, condition)
		       : err;
}
