/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix1_object: each field as a term, a list of values as a group of them.
 */
#include "loaders/stix1_object.h"

#include <stdio.h>

#include "engine/canon.h"
#include "loaders/stix1_field.h"

#define DELIMITER "##comma##"
#define VALUES_MAX 10000u

/* @text cut to what fits. */
static void copy(char *out, size_t room, struct nrs_span text)
{
	snprintf(out, room, "%.*s",
		 (int)(text.len < room ? text.len : room - 1),
		 text.len == 0 ? "" : (const char *)text.ptr);
}

static bool is_yes(struct nrs_span text)
{
	return nrs_span_is_icase(text, "true") || nrs_span_is(text, "1");
}

void nrs_stix1_object_begin(struct nrs_stix1_object *o, struct nrs_condition *c,
			    const struct nrs_xml_element *e)
{
	const struct nrs_span category = nrs_xml_attribute(e, "category");

	*o = (struct nrs_stix1_object){.depth = e->depth};
	copy(o->type, sizeof(o->type), nrs_xml_type(e));
	copy(o->category, sizeof(o->category),
	     category.len > 0 ? category : nrs_xml_attribute(e, "type"));
	o->is_source = is_yes(nrs_xml_attribute(e, "is_source"));
	o->is_destination = is_yes(nrs_xml_attribute(e, "is_destination"));
	nrs_condition_open(c, true);
}

void nrs_stix1_object_open(struct nrs_stix1_object *o,
			   const struct nrs_xml_element *e)
{
	const struct nrs_span category = nrs_xml_attribute(e, "category");
	const struct nrs_span kind = nrs_xml_attribute(e, "pattern_type");
	const size_t need = e->name.len + 1;

	/* A path too long for the room is that of no field. */
	if (o->path_len + need < sizeof(o->path)) {
		if (o->path_len > 0)
			o->path[o->path_len] = '/';
		memcpy(o->path + o->path_len + (o->path_len > 0), e->name.ptr,
		       e->name.len);
	}
	o->path_len += need - (o->path_len == 0);
	if (o->path_len < sizeof(o->path))
		o->path[o->path_len] = '\0';
	copy(o->how, sizeof(o->how), nrs_xml_attribute(e, "condition"));
	copy(o->apply, sizeof(o->apply),
	     nrs_xml_attribute(e, "apply_condition"));
	copy(o->delimiter, sizeof(o->delimiter),
	     nrs_xml_attribute(e, "delimiter"));
	o->is_regex = kind.len == 0 || nrs_span_is_icase(kind, "Regex");
	if (category.len > 0)
		copy(o->category, sizeof(o->category), category);
	if (nrs_span_is(e->name, "Hash"))
		o->hash[0] = '\0';
}

/* Which STIX path a digest has; false: no algorithm that is known. */
static bool hash_path(const struct nrs_stix1_object *o, struct nrs_span value,
		      char out[64])
{
	static const char *const by_digits[][2] = {
		{"32", "MD5"}, {"40", "SHA1"}, {"64", "SHA256"}};
	size_t digits = 0;
	const char *name = nrs_canon_hash_name(nrs_span_of(o->hash), &digits);

	if (name == NULL && o->hash[0] == '\0') {
		char len[24];

		snprintf(len, sizeof(len), "%zu", value.len);
		for (size_t i = 0; i < 3; i++) {
			if (strcmp(len, by_digits[i][0]) == 0)
				name = nrs_canon_hash_name(
					nrs_span_of(by_digits[i][1]), &digits);
		}
	}
	if (name != NULL)
		snprintf(out, 64,
			 strchr(name, '-') == NULL ? "file:hashes.%s"
						   : "file:hashes.'%s'",
			 name);
	return name != NULL;
}

/* What an Address object is by its category; false: of no use here. */
static bool address_path(const struct nrs_stix1_object *o,
			 struct nrs_comparison *to)
{
	static const struct {
		const char *category;
		enum nrs_value_kind kind;
		const char *path;
	} rows[] = {{"", NRS_VALUE_IP, NULL},
		    {"ipv4-addr", NRS_VALUE_IP, NULL},
		    {"ipv6-addr", NRS_VALUE_IP, NULL},
		    {"ipv4-net", NRS_VALUE_IP, NULL},
		    {"ipv6-net", NRS_VALUE_IP, NULL},
		    {"cidr", NRS_VALUE_IP, NULL},
		    {"e-mail", NRS_VALUE_TEXT, "email-addr:value"},
		    {"mac", NRS_VALUE_TEXT, "mac-addr:value"},
		    {"asn", NRS_VALUE_NUMBER, "autonomous-system:number"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (strcmp(o->category, rows[i].category) != 0)
			continue;
		to->kind = rows[i].kind;
		to->path = rows[i].path;
		if (to->kind == NRS_VALUE_IP &&
		    o->is_source != o->is_destination) {
			to->kind = NRS_VALUE_ADDRESS;
			to->path = o->is_source
					   ? "network-traffic:src_ref.value"
					   : "network-traffic:dst_ref.value";
		}
		return true;
	}
	return false;
}

/* Path and kind of the comparison; false: the field is of no use here. */
static bool place(const struct nrs_stix1_object *o,
		  const struct nrs_stix1_field *field, struct nrs_span value,
		  struct nrs_comparison *to, char room[64])
{
	to->path = field->path;
	switch (field->kind) {
	case NRS_STIX1_NUMBER:
		to->kind = NRS_VALUE_NUMBER;
		return true;
	case NRS_STIX1_ADDRESS:
		to->kind = NRS_VALUE_ADDRESS;
		return true;
	case NRS_STIX1_CATEGORY:
		return address_path(o, to);
	case NRS_STIX1_URI:
		if (strcmp(o->category, "Domain Name") == 0)
			to->path = "domain-name:value";
		return true;
	case NRS_STIX1_HASH:
		to->path = room;
		return hash_path(o, value, room);
	default:
		return true;
	}
}

/* The field cannot be seen, or not be said. */
static void leave_out(struct nrs_stix1_object *o, const char *why)
{
	if (!o->has_unseen)
		snprintf(o->unseen, sizeof(o->unseen), "%.50s %.60s %s",
			 o->type, o->path_len < sizeof(o->path) ? o->path : "",
			 why);
	o->has_unseen = true;
}

/* One value of the field. */
static void add_value(struct nrs_stix1_object *o, struct nrs_condition *c,
		      const struct nrs_stix1_field *field,
		      struct nrs_comparison comparison)
{
	char room[64];
	uint8_t lower[256];

	if (!place(o, field, comparison.value, &comparison, room)) {
		leave_out(o, field->kind == NRS_STIX1_HASH
				     ? "is of no algorithm that is known"
				     : "is of no category that is known");
		return;
	}
	if (field->kind == NRS_STIX1_LOWER &&
	    comparison.value.len <= sizeof(lower)) {
		nrs_canon_lower(comparison.value, lower);
		comparison.value = nrs_span(lower, comparison.value.len);
	}
	o->has_hash |= field->kind == NRS_STIX1_HASH &&
		       comparison.how == NRS_HOW_IS && !comparison.is_negated;
	nrs_comparison_add(c, &comparison);
}

/* Cut the next of several values off @rest. */
static bool next_value(struct nrs_span *rest, const char *delimiter,
		       struct nrs_span *value)
{
	const size_t at = nrs_span_find_text(*rest, delimiter);

	if (rest->len == 0)
		return false;
	*value = nrs_span_trim(nrs_span_part(*rest, 0, at));
	*rest = at == SIZE_MAX ? nrs_span(NULL, 0)
			       : nrs_span_from(*rest, at + strlen(delimiter));
	return true;
}

/*
 * ANY of the values (the default), ALL, or NONE. A negation of any value would
 * hold for nearly everything: it is of all.
 */
static void add_list(struct nrs_stix1_object *o, struct nrs_condition *c,
		     const struct nrs_stix1_field *field,
		     struct nrs_comparison comparison, const char *delimiter)
{
	struct nrs_span rest = comparison.value, value;
	unsigned int count = 0;

	if (strcmp(o->apply, "NONE") == 0)
		comparison.is_negated = !comparison.is_negated;
	const bool is_all =
		comparison.is_negated || strcmp(o->apply, "ALL") == 0;
	nrs_condition_open(c, is_all);
	while (next_value(&rest, delimiter, &value)) {
		if (value.len == 0)
			continue;
		if (++count > VALUES_MAX) {
			nrs_condition_refuse(c, "a list of too many values");
			break;
		}
		comparison.value = value;
		add_value(o, c, field, comparison);
	}
	nrs_condition_close(c);
}

/* "5##comma##9" as "5-9". */
static void add_range(struct nrs_stix1_object *o, struct nrs_condition *c,
		      const struct nrs_stix1_field *field,
		      struct nrs_comparison comparison, const char *delimiter)
{
	struct nrs_span rest = comparison.value, first, last;
	char text[128];

	if (!next_value(&rest, delimiter, &first) ||
	    !next_value(&rest, delimiter, &last) || rest.len > 0 ||
	    first.len > 50 || last.len > 50) {
		nrs_condition_refuse(c, "a range that is none");
		return;
	}
	snprintf(text, sizeof(text), "%.*s-%.*s", (int)first.len,
		 (const char *)first.ptr, (int)last.len,
		 (const char *)last.ptr);
	comparison.value = nrs_span_of(text);
	add_value(o, c, field, comparison);
}

static void add_field(struct nrs_stix1_object *o, struct nrs_condition *c,
		      const struct nrs_stix1_field *field,
		      struct nrs_span value)
{
	const char *delimiter =
		o->delimiter[0] != '\0' ? o->delimiter : DELIMITER;
	struct nrs_comparison comparison = {.value = value};
	char text[80];

	if (!nrs_stix1_how(o->how, &comparison.how, &comparison.is_negated) ||
	    (comparison.how == NRS_HOW_MATCHES && !o->is_regex)) {
		snprintf(text, sizeof(text), "%s is no condition that is known",
			 o->how);
		nrs_condition_refuse(c, text);
		return;
	}
	if (comparison.how == NRS_HOW_BETWEEN)
		add_range(o, c, field, comparison, delimiter);
	else if (o->apply[0] != '\0' ||
		 nrs_span_find_text(value, delimiter) != SIZE_MAX)
		add_list(o, c, field, comparison, delimiter);
	else
		add_value(o, c, field, comparison);
}

/* The last name of the path goes. */
static void cut_path(struct nrs_stix1_object *o, size_t name_len)
{
	o->path_len -= name_len < o->path_len ? name_len : o->path_len;
	o->path_len -= o->path_len > 0; /* its slash */
	if (o->path_len < sizeof(o->path))
		o->path[o->path_len] = '\0';
}

void nrs_stix1_object_close(struct nrs_stix1_object *o, struct nrs_condition *c,
			    const struct nrs_xml_element *e)
{
	const struct nrs_span value = nrs_span_trim(e->text);

	if (e->is_leaf && value.len > 0 && o->path_len < sizeof(o->path)) {
		const struct nrs_stix1_field *field =
			nrs_stix1_field(o->type, o->path);

		if (strcmp(o->path, "Hashes/Hash/Type") == 0)
			copy(o->hash, sizeof(o->hash), value);
		else if (e->is_cut)
			leave_out(o, "is too long");
		else if (field == NULL)
			leave_out(o, "is not seen on a network");
		else if (field->kind != NRS_STIX1_IGNORED)
			add_field(o, c, field, value);
	} else if (e->is_leaf && value.len > 0) {
		leave_out(o, "stands too deep");
	}
	cut_path(o, e->name.len);
}

void nrs_stix1_object_end(struct nrs_stix1_object *o, struct nrs_condition *c)
{
	char text[120];

	if (!nrs_stix1_is_known(o->type)) {
		snprintf(text, sizeof(text), "%s is not seen on a network",
			 o->type[0] == '\0' ? "an object without a type"
					    : o->type);
		nrs_condition_refuse(c, text);
	} else if (o->has_unseen && !o->has_hash) {
		nrs_condition_refuse(c, o->unseen);
	}
	nrs_condition_close(c);
}
