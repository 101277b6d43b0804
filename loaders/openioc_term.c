/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openioc_term: two tables, of what is searched and how it is compared.
 */
#include "loaders/openioc_term.h"

#include <stdio.h>

#include "loaders/comparison.h"

#define HTTP "network-traffic:extensions.'http-request-ext'."

enum kind { TEXT, NAME, ADDRESS, NUMBER, URL };

static const struct {
	const char *search;
	enum kind kind;
	const char *path;
} searches[] = {
	{"Network/DNS", NAME, "domain-name:value"},
	{"DnsEntryItem/Host", NAME, "domain-name:value"},
	{"DnsEntryItem/RecordName", NAME, "domain-name:value"},
	{"DnsEntryItem/RecordData/Host", NAME, "domain-name:value"},
	{"UrlHistoryItem/HostName", NAME, "domain-name:value"},
	{"PortItem/remoteIP", ADDRESS, "network-traffic:dst_ref.value"},
	{"Network/RemoteIP", ADDRESS, "network-traffic:dst_ref.value"},
	{"PortItem/remotePort", NUMBER, "network-traffic:dst_port"},
	{"Network/URI", URL, "url:value"},
	{"UrlHistoryItem/URL", URL, "url:value"},
	{"Network/UserAgent", TEXT, HTTP "request_header.'User-Agent'"},
	{"FileItem/Md5sum", NAME, "file:hashes.MD5"},
	{"FileItem/Sha1sum", NAME, "file:hashes.'SHA-1'"},
	{"FileItem/Sha256sum", NAME, "file:hashes.'SHA-256'"},
	{"FileItem/FileName", TEXT, "file:name"},
	{"FileItem/SizeInBytes", NUMBER, "file:size"},
	{"Email/From", NAME, "email-message:from_ref.value"},
	{"Email/To", NAME, "email-message:to_refs[*].value"},
	{"Email/Subject", TEXT, "email-message:subject"},
	{"Email/Attachment/Name", TEXT,
	 "email-message:body_multipart[*].body_raw_ref.name"},
};

static const struct {
	const char *condition;
	enum nrs_how how;
	bool is_negated;
} conditions[] = {
	{"is", NRS_HOW_IS, false},
	{"contains", NRS_HOW_CONTAINS, false},
	{"isnot", NRS_HOW_IS, true},
	{"containsnot", NRS_HOW_CONTAINS, true},
	{"starts-with", NRS_HOW_STARTS, false},
	{"ends-with", NRS_HOW_ENDS, false},
	{"matches", NRS_HOW_MATCHES, false},
	{"greater-than", NRS_HOW_ABOVE, false},
	{"less-than", NRS_HOW_BELOW, false},
};

/* "100 TO 200", also in brackets, as "100-200". */
static bool read_range(struct nrs_span value, char *out, size_t room)
{
	const size_t to = nrs_span_find_text(value, " TO ");

	if (to == SIZE_MAX || value.len > room - 2)
		return false;
	struct nrs_span first = nrs_span_part(value, 0, to);
	struct nrs_span last = nrs_span_from(value, to + 4);
	if (nrs_span_starts(first, "["))
		first = nrs_span_from(first, 1);
	if (nrs_span_ends(last, "]"))
		last.len--;
	first = nrs_span_trim(first);
	last = nrs_span_trim(last);
	snprintf(out, room, "%.*s-%.*s", (int)first.len,
		 (const char *)first.ptr, (int)last.len,
		 (const char *)last.ptr);
	return true;
}

static void refuse(struct nrs_condition *c, struct nrs_span what,
		   const char *why)
{
	char text[120];

	snprintf(text, sizeof(text), "%.*s %s",
		 (int)(what.len > 70 ? 70 : what.len), (const char *)what.ptr,
		 why);
	nrs_condition_refuse(c, text);
}

/* Which comparison it is; false: none that is known. */
static bool find_condition(const struct nrs_openioc_item *item,
			   struct nrs_comparison *out)
{
	const size_t count = sizeof(conditions) / sizeof(*conditions);

	for (size_t i = 0; i < count; i++) {
		if (!nrs_span_is_icase(item->condition,
				       conditions[i].condition))
			continue;
		out->how = conditions[i].how;
		out->is_negated = conditions[i].is_negated != item->is_negated;
		return true;
	}
	return false;
}

static void add(struct nrs_condition *c, const struct nrs_openioc_item *item,
		struct nrs_comparison comparison, enum kind kind)
{
	char range[80];

	comparison.value = item->value;
	switch (kind) {
	case NAME:
		break; /* canonical: case means nothing */
	case TEXT:
		comparison.ignores_case = item->ignores_case;
		break;
	case URL:
		if (nrs_span_starts(item->value, "/"))
			comparison.path = HTTP "request_value";
		comparison.ignores_case =
			item->ignores_case && comparison.how != NRS_HOW_IS;
		break;
	case ADDRESS:
		comparison.kind = NRS_VALUE_ADDRESS;
		break;
	case NUMBER:
		comparison.kind = NRS_VALUE_NUMBER;
		break;
	}
	if ((kind == ADDRESS || kind == NUMBER) &&
	    comparison.how == NRS_HOW_IS &&
	    read_range(item->value, range, sizeof(range))) {
		comparison.how = NRS_HOW_BETWEEN;
		comparison.value = nrs_span_of(range);
	}
	nrs_comparison_add(c, &comparison);
}

void nrs_openioc_term(struct nrs_condition *c,
		      const struct nrs_openioc_item *item)
{
	const size_t count = sizeof(searches) / sizeof(*searches);
	struct nrs_comparison comparison = {0};

	if (!find_condition(item, &comparison)) {
		refuse(c, item->condition, "is no condition that is known");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (!nrs_span_is_icase(item->search, searches[i].search))
			continue;
		comparison.path = searches[i].path;
		add(c, item, comparison, searches[i].kind);
		return;
	}
	refuse(c, item->search, "is not seen on a network");
}
