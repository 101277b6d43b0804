/* SPDX-License-Identifier: Apache-2.0 */
/*
 * formats: the rows in the order in which they are tried. A new format is a
 * row here; "stix" and "list" take what no row above them knows.
 */
#include "loaders/formats.h"

#include "loaders/csv.h"
#include "loaders/list.h"
#include "loaders/misp.h"
#include "loaders/misp_index.h"
#include "loaders/openioc.h"
#include "loaders/stix.h"
#include "loaders/stix1.h"
#include "loaders/suricata.h"
#include "loaders/suricata_json.h"
#include "loaders/zeek.h"

static const struct nrs_format formats[] = {
	{"misp", nrs_misp_detect, nrs_misp_open},
	{"misp-index", nrs_misp_index_detect, nrs_misp_index_open},
	{"stix", nrs_stix_detect, nrs_stix_open},
	{"suricata-iprep", nrs_suricata_detect_iprep, nrs_suricata_open},
	{"suricata-datarep", nrs_suricata_detect_datarep, nrs_suricata_open},
	{"suricata-dataset", nrs_suricata_detect_dataset, nrs_suricata_open},
	{"suricata-categories", nrs_suricata_detect_categories,
	 nrs_suricata_open},
	{"suricata-json", NULL, nrs_suricata_json_open},
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

const struct nrs_format *nrs_format_of(struct nrs_span head,
				       const struct nrs_loader_options *options,
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
