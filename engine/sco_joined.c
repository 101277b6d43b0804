/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sco_joined: objects that several values make: certificates and files. Which
 * values are of one object, its number in the transaction tells.
 */
#include "engine/sco_part.h"

#include "engine/value_text.h"

enum part_kind {
	PART_DIGEST, /* one of hashes; these come first in a table */
	PART_TEXT,
	PART_NUMBER,
	PART_BOOL,
};

struct part {
	enum nrs_field field;
	const char *key;
	enum part_kind kind;
	bool is_identifying; /* without any such an object has no id */
};

static const struct part of_certificate[] = {
	{NRS_F_CERT_MD5, "MD5", PART_DIGEST, true},
	{NRS_F_CERT_SHA1, "SHA-1", PART_DIGEST, true},
	{NRS_F_CERT_SHA256, "SHA-256", PART_DIGEST, true},
	{NRS_F_CERT_SERIAL, "serial_number", PART_TEXT, true},
	{NRS_F_CERT_ISSUER, "issuer", PART_TEXT, false},
	{NRS_F_CERT_SUBJECT, "subject", PART_TEXT, false},
	{NRS_F_CERT_NOT_BEFORE, "validity_not_before", PART_TEXT, false},
	{NRS_F_CERT_NOT_AFTER, "validity_not_after", PART_TEXT, false},
	{NRS_F_CERT_SELF_SIGNED, "is_self_signed", PART_BOOL, false},
};

static const struct part of_file[] = {
	{NRS_F_FILE_MD5, "MD5", PART_DIGEST, true},
	{NRS_F_FILE_SENT_MD5, "MD5", PART_DIGEST, true},
	{NRS_F_FILE_SHA1, "SHA-1", PART_DIGEST, true},
	{NRS_F_FILE_SENT_SHA1, "SHA-1", PART_DIGEST, true},
	{NRS_F_FILE_SHA256, "SHA-256", PART_DIGEST, true},
	{NRS_F_FILE_SENT_SHA256, "SHA-256", PART_DIGEST, true},
	{NRS_F_FILE_NAME, "name", PART_TEXT, true},
	{NRS_F_FILE_SIZE, "size", PART_NUMBER, false},
	{NRS_F_FILE_TYPE, "mime_type", PART_TEXT, false},
};

#define ROWS(table) (table), sizeof(table) / sizeof(*(table))
static const struct joined {
	const char *type;
	const struct part *parts;
	size_t count;
} types[] = {
	{"x509-certificate", ROWS(of_certificate)},
	{"file", ROWS(of_file)},
};

static bool has_part(const struct joined *type, enum nrs_field field)
{
	for (size_t i = 0; i < type->count; i++) {
		if (type->parts[i].field == field)
			return true;
	}
	return false;
}

static const struct joined *type_of(enum nrs_field field)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (has_part(&types[i], field))
			return &types[i];
	}
	return NULL;
}

static void put_part(struct nrs_text *out, const struct part *part,
		     const struct nrs_hit_value *value)
{
	struct nrs_text text = {0};

	nrs_text_printf(out, "\"%s\":", part->key);
	nrs_value_text(&text, value->field, value->value);
	if (part->kind == PART_BOOL)
		nrs_text_puts(out, nrs_span_is(nrs_text_span(&text), "0")
					   ? "false"
					   : "true");
	else if (part->kind == PART_NUMBER)
		nrs_text_add(out, nrs_text_span(&text));
	else
		nrs_json_quote(out, nrs_text_span(&text));
	out->failed |= text.failed;
	nrs_text_fini(&text);
}

/* The object that @values[0] is of, from all values of the same. */
static void put_object(struct nrs_sco_list *list, const struct joined *type,
		       const struct nrs_hit_value *values, unsigned int count)
{
	struct nrs_text members = {0};
	char id[NRS_SCO_ID_LEN];
	bool in_hashes = false, has_id = false;

	for (size_t p = 0; p < type->count; p++) {
		const struct part *part = &type->parts[p];
		const struct nrs_hit_value *found = NULL;

		for (unsigned int i = 0; i < count && found == NULL; i++) {
			if (values[i].field == part->field &&
			    values[i].object == values->object)
				found = &values[i];
		}
		if (found == NULL)
			continue;
		has_id |= part->is_identifying;
		if (in_hashes && part->kind != PART_DIGEST) {
			nrs_text_putc(&members, '}');
			in_hashes = false;
		}
		if (members.len > 0)
			nrs_text_putc(&members, ',');
		if (members.len == 0 && part->kind == PART_DIGEST) {
			nrs_text_puts(&members, "\"hashes\":{");
			in_hashes = true;
		}
		put_part(&members, part, found);
	}
	if (in_hashes)
		nrs_text_putc(&members, '}');
	if (has_id)
		nrs_sco_put(list, type->type, nrs_text_span(&members), id);
	nrs_text_fini(&members);
}

bool nrs_sco_put_joined(struct nrs_sco_list *list,
			const struct nrs_hit_value *values, unsigned int count,
			unsigned int at)
{
	const struct joined *type = type_of(values[at].field);

	if (type == NULL)
		return false;
	for (unsigned int i = 0; i < at; i++) {
		if (has_part(type, values[i].field) &&
		    values[i].object == values[at].object)
			return true; /* written with that one */
	}
	put_object(list, type, &values[at], count - at);
	return true;
}
