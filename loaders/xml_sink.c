/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml_sink: ids, patterns and refusals of XML formats.
 */
#include "loaders/xml_sink.h"

#include <stdio.h>

#include "engine/base/crypto.h"
#include "engine/pattern.h"

#define UUID_LEN ((size_t)36)

void nrs_xml_sink_fini(struct nrs_xml_sink *sink)
{
	nrs_text_fini(&sink->text);
}

static bool is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool nrs_xml_uuid(struct nrs_span text, char out[37])
{
	if (text.len < UUID_LEN)
		return false;
	text = nrs_span_from(text, text.len - UUID_LEN);
	for (size_t i = 0; i < UUID_LEN; i++) {
		const uint8_t c = nrs_ascii_lower(text.ptr[i]);
		const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (is_dash ? c != '-' : !is_hex(c))
			return false;
		out[i] = (char)c;
	}
	out[UUID_LEN] = '\0';
	return true;
}

bool nrs_xml_sink_keep(struct nrs_xml_sink *sink, struct nrs_span text,
		       struct nrs_span *out)
{
	*out = nrs_arena_copy(nrs_set_arena(sink->set), text);
	return out->len == text.len;
}

/* The id in the set's arena. @pattern may be empty. */
static bool make_id(struct nrs_xml_sink *sink, struct nrs_indicator *item,
		    struct nrs_span foreign_id)
{
	char text[64], uuid[NRS_UUID_LEN + 1];
	struct nrs_text name = {0};

	if (!nrs_xml_uuid(foreign_id, uuid)) {
		nrs_text_add(&name, foreign_id);
		if (foreign_id.len == 0) {
			nrs_text_add(&name,
				     nrs_set_source_of(sink->set, sink->source)
					     ->name);
			nrs_text_putc(&name, '|');
			nrs_text_add(&name, item->pattern);
		}
		if (foreign_id.len == 0 && item->pattern.len == 0)
			nrs_text_printf(&name, "line %u", item->place);
		nrs_uuid5(nrs_uuid_noroshi, nrs_text_span(&name), uuid);
	}
	const bool failed = name.failed;
	nrs_text_fini(&name);
	snprintf(text, sizeof(text), "indicator--%s", uuid);
	return !failed && nrs_xml_sink_keep(sink, nrs_span_of(text), &item->id);
}

int nrs_xml_sink_refuse(struct nrs_xml_sink *sink, uint64_t line,
			const char *reason, struct nrs_span detail)
{
	char text[240];
	size_t len = detail.len < 100 ? detail.len : 100;

	while (len > 0 && len < detail.len && (detail.ptr[len] & 0xc0) == 0x80)
		len--;
	snprintf(text, sizeof(text), "%s%s%.*s", reason, len > 0 ? ": " : "",
		 (int)len, (const char *)detail.ptr);
	sink->result.refused++;
	return nrs_set_refuse(sink->set, sink->source, line, text);
}

int nrs_xml_sink_add(struct nrs_xml_sink *sink,
		     const struct nrs_indicator *base,
		     struct nrs_span foreign_id, struct nrs_span condition,
		     const struct nrs_condition_rules *rules)
{
	struct nrs_condition_result written;
	struct nrs_indicator item = *base;

	nrs_text_clear(&sink->text);
	int err = nrs_condition_write(condition, rules, &sink->text, &written);
	if (err != NRS_OK && err != NRS_E_UNSUPPORTED)
		return err;
	const bool is_said = err == NRS_OK;
	item.source = sink->source;
	item.shape = NRS_SHAPE_PATTERN;
	item.version = NRS_STIX_21;
	item.warned |= written.is_partial;
	if (!nrs_xml_sink_keep(sink, nrs_text_span(&sink->text),
			       &item.pattern) ||
	    !make_id(sink, &item, foreign_id))
		return NRS_E_NOMEM;
	err = nrs_set_add(sink->set, &item);
	sink->result.indicators += err == NRS_OK;
	if (err == NRS_OK && !is_said)
		return nrs_set_judge(sink->set, nrs_set_count(sink->set) - 1,
				     NRS_STATUS_UNSUPPORTED, written.reason);
	if (err == NRS_OK && written.is_partial)
		return nrs_xml_sink_refuse(sink, item.place,
					   "a side of an OR is left out",
					   nrs_span_of(written.reason));
	return err;
}

int nrs_xml_sink_end(struct nrs_xml_sink *sink, struct nrs_xml *xml,
		     struct nrs_loader_result *result, struct nrs_diag *diag)
{
	struct nrs_diag local = {0};
	int err = nrs_xml_end(xml, &local);

	if (err == NRS_E_TRUNCATED || err == NRS_E_FORMAT ||
	    err == NRS_E_LIMIT) {
		sink->result.truncated = true;
		if (sink->result.indicators == 0)
			err = nrs_diag_set(diag, NRS_E_FORMAT, local.place,
					   "is XML that cannot be read: %s",
					   local.text);
		else
			err = nrs_diag_set(diag, NRS_E_TRUNCATED, local.place,
					   "%s; what stands before it is kept",
					   local.text);
	}
	*result = sink->result;
	return err;
}
