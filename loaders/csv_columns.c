/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_columns: a table of names that headers use, and one of layouts that
 * mean something else by a name, or are known without a header.
 */
#include "loaders/csv_columns.h"

#include "loaders/params.h"

static const struct name {
	const char *name; /* lower case, _ for blanks */
	enum nrs_csv_role role;
	enum nrs_typed type;
} names[] = {
	{"address", NRS_CSV_VALUE, NRS_TYPED_ADDRESS},
	{"c2_status", NRS_CSV_STATUS, 0},
	{"cidr", NRS_CSV_VALUE, NRS_TYPED_ADDRESS},
	{"comment", NRS_CSV_DESCRIPTION, 0},
	{"confidence", NRS_CSV_CONFIDENCE, 0},
	{"confidence_level", NRS_CSV_CONFIDENCE, 0},
	{"date", NRS_CSV_FIRST_SEEN, 0},
	{"dateadded", NRS_CSV_FIRST_SEEN, 0},
	{"description", NRS_CSV_DESCRIPTION, 0},
	{"domain", NRS_CSV_VALUE, NRS_TYPED_NAME},
	{"domain_name", NRS_CSV_VALUE, NRS_TYPED_NAME},
	{"dst_ip", NRS_CSV_VALUE, NRS_TYPED_ADDRESS},
	{"dst_port", NRS_CSV_PORT, 0},
	{"email", NRS_CSV_VALUE, NRS_TYPED_EMAIL},
	{"first_seen", NRS_CSV_FIRST_SEEN, 0},
	{"first_seen_utc", NRS_CSV_FIRST_SEEN, 0},
	{"firstseen", NRS_CSV_FIRST_SEEN, 0},
	{"fk_malware", NRS_CSV_LABELS, 0},
	{"fqdn", NRS_CSV_VALUE, NRS_TYPED_NAME},
	{"hash", NRS_CSV_VALUE, NRS_TYPED_HASH},
	{"host", NRS_CSV_VALUE, NRS_TYPED_NAME},
	{"hostname", NRS_CSV_VALUE, NRS_TYPED_NAME},
	{"indicator", NRS_CSV_VALUE, NRS_TYPED_ANY},
	{"indicator_type", NRS_CSV_TYPE, 0},
	{"ioc", NRS_CSV_VALUE, NRS_TYPED_ANY},
	{"ioc_type", NRS_CSV_TYPE, 0},
	{"ioc_value", NRS_CSV_VALUE, NRS_TYPED_ANY},
	{"ip", NRS_CSV_VALUE, NRS_TYPED_ADDRESS},
	{"ip_address", NRS_CSV_VALUE, NRS_TYPED_ADDRESS},
	{"ipv4", NRS_CSV_VALUE, NRS_TYPED_ADDRESS},
	{"ipv6", NRS_CSV_VALUE, NRS_TYPED_ADDRESS},
	{"ja3", NRS_CSV_VALUE, NRS_TYPED_JA3},
	{"ja3_md5", NRS_CSV_VALUE, NRS_TYPED_JA3},
	{"ja4", NRS_CSV_VALUE, NRS_TYPED_JA4},
	{"labels", NRS_CSV_LABELS, 0},
	{"last_online", NRS_CSV_LAST_SEEN, 0},
	{"last_seen", NRS_CSV_LAST_SEEN, 0},
	{"last_seen_utc", NRS_CSV_LAST_SEEN, 0},
	{"lastseen", NRS_CSV_LAST_SEEN, 0},
	{"listingdate", NRS_CSV_FIRST_SEEN, 0},
	{"listingreason", NRS_CSV_DESCRIPTION, 0},
	{"malware", NRS_CSV_TITLE, 0},
	{"malware_printable", NRS_CSV_TITLE, 0},
	{"md5", NRS_CSV_VALUE, NRS_TYPED_MD5},
	{"md5_hash", NRS_CSV_VALUE, NRS_TYPED_MD5},
	{"network", NRS_CSV_VALUE, NRS_TYPED_ADDRESS},
	{"observable", NRS_CSV_VALUE, NRS_TYPED_ANY},
	{"port", NRS_CSV_PORT, 0},
	{"reference", NRS_CSV_DESCRIPTION, 0},
	{"sha1", NRS_CSV_VALUE, NRS_TYPED_SHA1},
	{"sha1_hash", NRS_CSV_VALUE, NRS_TYPED_SHA1},
	{"sha256", NRS_CSV_VALUE, NRS_TYPED_SHA256},
	{"sha256_hash", NRS_CSV_VALUE, NRS_TYPED_SHA256},
	{"signature", NRS_CSV_TITLE, 0},
	{"src_ip", NRS_CSV_VALUE, NRS_TYPED_ADDRESS},
	{"tags", NRS_CSV_LABELS, 0},
	{"threat", NRS_CSV_LABELS, 0},
	{"threat_type", NRS_CSV_LABELS, 0},
	{"type", NRS_CSV_TYPE, 0},
	{"url", NRS_CSV_VALUE, NRS_TYPED_URL},
	{"url_status", NRS_CSV_STATUS, 0},
	{"urlhaus_link", NRS_CSV_DESCRIPTION, 0},
	{"value", NRS_CSV_VALUE, NRS_TYPED_ANY},
};

/* The abuse.ch feeds. A header belongs to the first whose @keys it has all. */
static const struct layout {
	const char *name, *format;
	const char *keys[3];
	const char *columns; /* as published */
	const char *own;     /* a name with a type of its own here */
	enum nrs_typed own_type;
	int8_t confidence;
} layouts[] = {
	{"urlhaus",
	 "URLhaus CSV",
	 {"url", "url_status", "urlhaus_link"},
	 "id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,"
	 "reporter",
	 NULL,
	 0,
	 -1},
	{"threatfox",
	 "ThreatFox CSV",
	 {"ioc_value", "ioc_type", "fk_malware"},
	 "first_seen_utc,ioc_id,ioc_value,ioc_type,threat_type,fk_malware,"
	 "malware_alias,malware_printable,last_seen_utc,confidence_level,"
	 "is_compromised,reference,tags,anonymous,reporter",
	 NULL,
	 0,
	 -1},
	{"malwarebazaar",
	 "MalwareBazaar CSV",
	 {"sha256_hash", "md5_hash", "imphash"},
	 "first_seen_utc,sha256_hash,md5_hash,sha1_hash,reporter,file_name,"
	 "file_type_guess,mime_type,signature,clamav,vtpercent,imphash,ssdeep,"
	 "tlsh",
	 NULL,
	 0,
	 -1},
	{"feodo",
	 "Feodo Tracker CSV",
	 {"dst_ip", "dst_port", "c2_status"},
	 "first_seen_utc,dst_ip,dst_port,c2_status,last_online,malware",
	 NULL,
	 0,
	 -1},
	{"sslbl",
	 "SSLBL CSV",
	 {"listingdate", "sha1", "listingreason"},
	 "listingdate,sha1,listingreason",
	 "sha1",
	 NRS_TYPED_CERTIFICATE_SHA1,
	 -1},
	/* Frozen since 2021, and known for false positives. */
	{"sslbl-ja3",
	 "SSLBL JA3 CSV",
	 {"ja3_md5", "firstseen", "listingreason"},
	 "ja3_md5,firstseen,lastseen,listingreason",
	 NULL,
	 0,
	 10},
};
#define LAYOUTS (sizeof(layouts) / sizeof(*layouts))

/* @name as the table has it: case and blanks do not count. */
static bool is_called(struct nrs_span name, const char *known)
{
	if (name.len != strlen(known))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		const uint8_t c = nrs_ascii_lower(name.ptr[i]);

		if ((c == ' ' || c == '-' ? '_' : c) != (uint8_t)known[i])
			return false;
	}
	return true;
}

static bool holds(const struct nrs_span *header, unsigned int count,
		  const char *known)
{
	unsigned int i = 0;

	while (i < count && !is_called(header[i], known))
		i++;
	return i < count;
}

static const struct layout *layout_of(const struct nrs_span *header,
				      unsigned int count)
{
	for (size_t i = 0; i < LAYOUTS; i++) {
		unsigned int k = 0;

		while (k < 3 && holds(header, count, layouts[i].keys[k]))
			k++;
		if (k == 3)
			return &layouts[i];
	}
	return NULL;
}

static struct nrs_csv_column column_of(struct nrs_span name,
				       const struct layout *layout)
{
	if (layout != NULL && layout->own != NULL &&
	    is_called(name, layout->own))
		return (struct nrs_csv_column){NRS_CSV_VALUE, layout->own_type};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (is_called(name, names[i].name))
			return (struct nrs_csv_column){names[i].role,
						       names[i].type};
	}
	return (struct nrs_csv_column){NRS_CSV_NOTHING, 0};
}

/* A cell that is a number or an indicator itself stands in no header. */
static bool is_data(struct nrs_span cell)
{
	uint8_t room[NRS_SHAPE_ROOM(256)];
	struct nrs_list_value found;
	uint64_t number;

	return nrs_span_u64(cell, &number) == NRS_OK ||
	       (cell.len <= 256 &&
		nrs_list_shape(cell, room, sizeof(room), &found) == NRS_OK &&
		found.shape != NRS_SHAPE_NAME);
}

bool nrs_csv_by_header(struct nrs_csv_columns *columns,
		       const struct nrs_span *header, unsigned int count)
{
	const struct layout *layout = layout_of(header, count);
	bool has_value = false;

	if (count > NRS_CSV_FIELDS_MAX)
		return false;
	*columns = (struct nrs_csv_columns){
		.format = layout == NULL ? "CSV" : layout->format,
		.confidence =
			(int8_t)(layout == NULL ? -1 : layout->confidence),
		.count = count};
	for (unsigned int i = 0; i < count; i++) {
		if (is_data(header[i]))
			return false;
		columns->at[i] = column_of(header[i], layout);
		has_value |= columns->at[i].role == NRS_CSV_VALUE;
	}
	return has_value;
}

bool nrs_csv_by_layout(struct nrs_csv_columns *columns, struct nrs_span name)
{
	struct nrs_span header[NRS_CSV_FIELDS_MAX], rest, field;
	unsigned int count = 0;
	size_t i = 0;

	while (i < LAYOUTS && !nrs_span_is(name, layouts[i].name))
		i++;
	if (i == LAYOUTS)
		return false;
	rest = nrs_span_of(layouts[i].columns);
	while (count < NRS_CSV_FIELDS_MAX && nrs_span_split(&rest, ',', &field))
		header[count++] = field;
	return nrs_csv_by_header(columns, header, count);
}

/* The role that a parameter stands for. */
static bool role_of(struct nrs_span key, struct nrs_csv_column *column)
{
	static const struct {
		const char *key;
		enum nrs_csv_role role;
	} keys[] = {
		{"value", NRS_CSV_VALUE},
		{"type", NRS_CSV_TYPE},
		{"port", NRS_CSV_PORT},
		{"confidence", NRS_CSV_CONFIDENCE},
		{"first-seen", NRS_CSV_FIRST_SEEN},
		{"last-seen", NRS_CSV_LAST_SEEN},
		{"title", NRS_CSV_TITLE},
		{"description", NRS_CSV_DESCRIPTION},
		{"labels", NRS_CSV_LABELS},
		{"status", NRS_CSV_STATUS},
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (nrs_span_is(key, keys[i].key)) {
			*column = (struct nrs_csv_column){keys[i].role,
							  NRS_TYPED_ANY};
			return true;
		}
	}
	*column =
		(struct nrs_csv_column){NRS_CSV_VALUE, nrs_typed_by_name(key)};
	return column->type != NRS_TYPED_COUNT;
}

/* The parameters that are no columns: csv.c reads them. */
static bool is_other(struct nrs_span key)
{
	return nrs_span_is(key, "delimiter") || nrs_span_is(key, "header") ||
	       nrs_span_is(key, "skip") || nrs_span_is(key, "seen");
}

/* Index of the column called @text, or NRS_CSV_FIELDS_MAX. */
static unsigned int index_of(struct nrs_span text,
			     const struct nrs_span *header, unsigned int count)
{
	uint64_t number = 0;
	unsigned int i = 0;

	if (nrs_span_u64(text, &number) == NRS_OK)
		return number >= 1 && number <= NRS_CSV_FIELDS_MAX
			       ? (unsigned int)number - 1
			       : NRS_CSV_FIELDS_MAX;
	while (header != NULL && i < count && !nrs_span_equal(header[i], text))
		i++;
	return header != NULL && i < count ? i : NRS_CSV_FIELDS_MAX;
}

int nrs_csv_by_params(struct nrs_csv_columns *columns, struct nrs_span format,
		      const struct nrs_span *header, unsigned int count,
		      struct nrs_diag *diag)
{
	struct nrs_span rest = nrs_params_of(format), key, value;
	struct nrs_csv_column column;

	*columns = (struct nrs_csv_columns){.format = "CSV", .confidence = -1};
	while (nrs_params_next(&rest, &key, &value)) {
		if (is_other(key))
			continue;
		const unsigned int at = index_of(value, header, count);
		const char *what = !role_of(key, &column) ? "no role"
				   : at == NRS_CSV_FIELDS_MAX && header != NULL
					   ? "no column"
					   : NULL;
		if (what != NULL)
			return nrs_diag_set(
				diag, NRS_E_USAGE, 0,
				"'%.*s=%.*s': %s of this name",
				(int)(key.len > 40 ? 40 : key.len),
				(const char *)key.ptr,
				(int)(value.len > 40 ? 40 : value.len),
				(const char *)value.ptr, what);
		if (at == NRS_CSV_FIELDS_MAX)
			continue; /* known when the header is */
		columns->at[at] = column;
		if (at >= columns->count)
			columns->count = at + 1;
	}
	if (rest.len > 0)
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "'%.*s' is no KEY=VALUE of a format",
				    (int)(rest.len > 60 ? 60 : rest.len),
				    (const char *)rest.ptr);
	return NRS_OK;
}

bool nrs_csv_has_columns(struct nrs_span format)
{
	struct nrs_span rest = nrs_params_of(format), key, value;
	bool has = false;

	while (nrs_params_next(&rest, &key, &value))
		has |= !is_other(key);
	return has;
}

enum nrs_typed nrs_csv_type(struct nrs_span word)
{
	static const struct {
		const char *word;
		enum nrs_typed type;
	} words[] = {
		{"domain", NRS_TYPED_NAME},
		{"domain_name", NRS_TYPED_NAME},
		{"hostname", NRS_TYPED_NAME},
		{"fqdn", NRS_TYPED_NAME},
		{"ip", NRS_TYPED_ADDRESS},
		{"ipv4", NRS_TYPED_ADDRESS},
		{"ipv6", NRS_TYPED_ADDRESS},
		{"cidr", NRS_TYPED_ADDRESS},
		{"ip:port", NRS_TYPED_ADDRESS_PORT},
		{"uri", NRS_TYPED_URL},
		{"md5_hash", NRS_TYPED_MD5},
		{"sha1_hash", NRS_TYPED_SHA1},
		{"sha256_hash", NRS_TYPED_SHA256},
		{"sha384_hash", NRS_TYPED_SHA384},
		{"sha512_hash", NRS_TYPED_SHA512},
		{"envelope_from", NRS_TYPED_MAIL_FROM},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (is_called(word, words[i].word))
			return words[i].type;
	}
	return nrs_typed_by_name(word);
}
