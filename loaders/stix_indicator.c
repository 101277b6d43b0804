/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_indicator: strict where a wrong reading would alert or stay silent
 * wrongly, lenient (and warned) where hubs are known to be sloppy.
 */
#include "loaders/stix_indicator.h"

#include <stdio.h>

#include "engine/pattern.h"

#define ID_MAX 512u
#define ROOM 120

void nrs_stix_taker_fini(struct nrs_stix_taker *taker)
{
	nrs_stix_said_fini(&taker->said);
}

/* @text copied into the set's arena; false without memory. */
static bool keep(struct nrs_stix_taker *t, struct nrs_span text,
		 struct nrs_span *out)
{
	*out = nrs_arena_copy(nrs_set_arena(t->set), text);
	return out->len == text.len;
}

static int add_context(struct nrs_stix_taker *t, const struct nrs_json *object,
		       struct nrs_indicator *item)
{
	struct nrs_background background;
	const struct nrs_indicator_context context = {
		.name = nrs_json_text(object, "name"),
		.description = nrs_json_text(object, "description"),
		.background = &background};
	const int err = nrs_stix_said_read(&t->said, object, &background);

	if (err != NRS_OK)
		return err;
	item->context = nrs_set_context(t->set, &context);
	return item->context == NULL ? NRS_E_NOMEM : NRS_OK;
}

static bool holds(const struct nrs_json *list, const char *word)
{
	if (!nrs_json_is(list, NRS_JSON_ARRAY))
		return false;
	for (const struct nrs_json *e = list->child; e != NULL; e = e->next) {
		if (nrs_json_is(e, NRS_JSON_STRING) &&
		    nrs_span_is_icase(e->text, word))
			return true;
	}
	return false;
}

/* STIX 2.0 has its indicator types among the labels. */
static bool is_benign(const struct nrs_json *object)
{
	const struct nrs_json *types = nrs_json_get(object, "indicator_types");

	return holds(types != NULL ? types : nrs_json_get(object, "labels"),
		     "benign");
}

bool nrs_stix_leaves_version_open(const struct nrs_json *object)
{
	return nrs_json_text(object, "pattern_version").len == 0 &&
	       nrs_json_text(object, "spec_version").len == 0;
}

enum nrs_stix_version nrs_stix_version_said(struct nrs_span text)
{
	return text.len == 0 || nrs_span_starts(text, "2.0") ? NRS_STIX_20
							     : NRS_STIX_21;
}

static enum nrs_stix_version version_of(const struct nrs_json *object,
					struct nrs_span bundle_version)
{
	struct nrs_span text = nrs_json_text(object, "pattern_version");

	if (text.len == 0)
		text = nrs_json_text(object, "spec_version");
	if (text.len == 0)
		text = bundle_version;
	return nrs_stix_version_said(text);
}

/*
 * Time @key into *@out, left alone if it is absent. The strict form, or with a
 * warning what a person would read too. False: it is no time at all.
 */
static bool read_time(const struct nrs_json *object, const char *key,
		      int64_t *out, bool *warned)
{
	const struct nrs_json *value = nrs_json_get(object, key);

	if (value == NULL || nrs_json_is(value, NRS_JSON_NULL))
		return true;
	if (!nrs_json_is(value, NRS_JSON_STRING))
		return false;
	if (nrs_stamp_parse(value->text, out) == NRS_OK)
		return true;
	*warned = true;
	return nrs_stamp_parse_human(value->text, out) == NRS_OK;
}

/* All times; the name of the first that cannot be read, or NULL. */
static const char *read_times(const struct nrs_json *object,
			      struct nrs_indicator *item)
{
	static const char *const keys[] = {"created", "modified", "valid_from",
					   "valid_until"};
	int64_t *const times[] = {&item->created_ns, &item->modified_ns,
				  &item->valid_from_ns, &item->valid_until_ns};
	const char *bad = NULL;

	item->created_ns = item->modified_ns = NRS_TIME_MIN;
	item->valid_from_ns = NRS_TIME_MIN;
	item->valid_until_ns = NRS_TIME_MAX;
	for (unsigned int i = 0; i < 4; i++) {
		if (!read_time(object, keys[i], times[i], &item->warned) &&
		    bad == NULL)
			bad = keys[i];
	}
	return bad;
}

/* What stands in for times that are missing. */
static void complete_times(struct nrs_indicator *item)
{
	item->warned |= item->created_ns == NRS_TIME_MIN ||
			item->modified_ns == NRS_TIME_MIN ||
			item->valid_from_ns == NRS_TIME_MIN;
	if (item->valid_from_ns == NRS_TIME_MIN)
		item->valid_from_ns = item->created_ns;
	if (item->created_ns == NRS_TIME_MIN)
		item->created_ns = item->modified_ns == NRS_TIME_MIN
					   ? 0
					   : item->modified_ns;
	if (item->modified_ns == NRS_TIME_MIN)
		item->modified_ns = item->created_ns;
}

/* A number, or a word where the source has a scale of words. */
static void read_confidence(const struct nrs_json *object, enum nrs_scale scale,
			    struct nrs_indicator *item)
{
	const struct nrs_json *value = nrs_json_get(object, "confidence");
	const bool may_be_text = scale != NRS_SCALE_PERCENT;

	item->confidence = -1;
	if (value == NULL)
		return;
	if ((!nrs_json_is(value, NRS_JSON_NUMBER) &&
	     (!may_be_text || !nrs_json_is(value, NRS_JSON_STRING))) ||
	    nrs_confidence_read(scale, value->text, &item->confidence) !=
		    NRS_OK)
		item->warned = true;
}

/* Where the property is absent, a tag may say it. */
static void read_tags(struct nrs_indicator *item)
{
	struct nrs_span labels = nrs_indicator_background(item)->labels, tag;

	while (item->confidence < 0 && nrs_span_split(&labels, '\n', &tag))
		(void)nrs_confidence_of_tag(tag, &item->confidence);
}

static const char *judged(struct nrs_indicator *item, enum nrs_status status,
			  const char *reason)
{
	item->status = (uint8_t)status;
	return reason;
}

/* The status, and the reason why it is not matched or "". A revocation counts
 * even where the rest is broken: it must not get lost. */
static const char *judge(const struct nrs_json *object, enum nrs_scale scale,
			 struct nrs_indicator *item, char room[ROOM])
{
	const struct nrs_span type = nrs_json_text(object, "pattern_type");
	const char *bad = read_times(object, item);
	const bool ends_early = item->valid_from_ns != NRS_TIME_MIN &&
				item->valid_until_ns <= item->valid_from_ns;

	complete_times(item);
	read_confidence(object, scale, item);
	if (nrs_json_is(nrs_json_get(object, "revoked"), NRS_JSON_TRUE))
		return judged(item, NRS_STATUS_REVOKED, "revoked");
	if (item->pattern.len == 0)
		return judged(item, NRS_STATUS_REJECTED, "no pattern");
	if (bad != NULL) {
		snprintf(room, ROOM, "%s is no timestamp", bad);
		return judged(item, NRS_STATUS_REJECTED, room);
	}
	if (ends_early)
		return judged(item, NRS_STATUS_REJECTED,
			      "valid_until is not after valid_from");
	if (type.len == 0)
		item->warned |= item->version != NRS_STIX_20;
	else if (!nrs_span_is_icase(type, "stix")) {
		snprintf(room, ROOM, "pattern type %.*s",
			 (int)(type.len > 60 ? 60 : type.len),
			 (const char *)type.ptr);
		return judged(item, NRS_STATUS_UNSUPPORTED, room);
	}
	if (is_benign(object))
		return judged(item, NRS_STATUS_BENIGN,
			      "indicator_types names it benign");
	return judged(item, NRS_STATUS_FULL, "");
}

int nrs_stix_indicator(struct nrs_stix_taker *t, const struct nrs_json *object,
		       uint64_t number, struct nrs_span bundle_version)
{
	const struct nrs_span id = nrs_json_text(object, "id");
	struct nrs_indicator item = {
		.source = t->source,
		.place = (uint32_t)number,
		.version = (uint8_t)version_of(object, bundle_version)};
	char room[ROOM];

	if (id.len == 0 || id.len > ID_MAX)
		return NRS_E_FORMAT;
	if (!keep(t, id, &item.id) ||
	    !keep(t, nrs_json_text(object, "pattern"), &item.pattern))
		return NRS_E_NOMEM;
	const char *reason = judge(object, t->scale, &item, room);
	int err = add_context(t, object, &item);
	if (err == NRS_OK && nrs_json_get(object, "confidence") == NULL)
		read_tags(&item);
	if (err == NRS_OK)
		err = nrs_set_add(t->set, &item);
	if (err == NRS_OK && *reason != '\0')
		err = nrs_set_judge(t->set, nrs_set_count(t->set) - 1,
				    (enum nrs_status)item.status, reason);
	return err;
}
