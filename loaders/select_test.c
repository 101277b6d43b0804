/* SPDX-License-Identifier: Apache-2.0 */
/*
 * select_test: one condition of a rule asked of one indicator.
 *
 * What an indicator does not say is neither met nor unmet: the rule's `unknown`
 * decides.
 */
#include <strings.h>

#include "engine/canon.h"
#include "loaders/select_inside.h"

#define HAS_TYPES 0x80000000u

bool nrs_select_has(const struct nrs_select_rule *rule, unsigned int condition)
{
	if (condition < NRS_SELECT_LISTS)
		return rule->words[condition].count > 0;
	if (condition == NRS_SELECT_TYPE)
		return rule->types != 0;
	if (condition == NRS_SELECT_TLP)
		return rule->markings != 0;
	const struct nrs_select_bounds *bounds =
		&rule->bounds[condition - NRS_SELECT_LISTS];
	return bounds->has_least || bounds->has_most;
}

struct nrs_span nrs_select_list(const struct nrs_select_case *c,
				enum nrs_select_list list)
{
	const struct nrs_background *says = nrs_indicator_background(&c->item);

	switch (list) {
	case NRS_SELECT_SOURCE:
		return nrs_set_source_of(c->set, c->item.source)->name;
	case NRS_SELECT_KIND:
		return says->types;
	case NRS_SELECT_LABEL:
		return says->labels;
	case NRS_SELECT_PHASE:
		return says->kill_chain;
	case NRS_SELECT_SECTOR:
		return says->sectors;
	case NRS_SELECT_MARKING:
		return says->markings;
	default:
		return nrs_span(NULL, 0);
	}
}

bool nrs_select_fits(struct nrs_span text, const char *word)
{
	const size_t len = strlen(word);

	if (len == 0 || word[len - 1] != '*')
		return nrs_span_is_icase(text, word);
	return text.len + 1 >= len &&
	       strncasecmp((const char *)text.ptr, word, len - 1) == 0;
}

static bool fits_any(struct nrs_span text, const struct nrs_select_words *words)
{
	for (unsigned int i = 0; i < words->count; i++) {
		if (nrs_select_fits(text, words->items[i]))
			return true;
	}
	return false;
}

static enum nrs_met test_words(const struct nrs_select_case *c,
			       enum nrs_select_list list)
{
	const struct nrs_select_words *words = &c->rule->words[list];
	struct nrs_span rest = nrs_select_list(c, list), one;

	if (rest.len == 0)
		return NRS_UNSAID;
	while (nrs_span_split(&rest, '\n', &one)) {
		if (fits_any(one, words))
			return NRS_MET;
		const size_t colon = list == NRS_SELECT_PHASE
					     ? nrs_span_find(one, ':', 0)
					     : SIZE_MAX;
		if (colon != SIZE_MAX &&
		    fits_any(nrs_span_from(one, colon + 1), words))
			return NRS_MET;
	}
	return NRS_UNMET;
}

/* In words, as a rate of 0 to 10 (CVSS), or in percent. */
static bool read_severity(struct nrs_span text, int64_t *out)
{
	static const struct {
		const char *word;
		enum nrs_severity severity;
	} words[] = {
		{"none", NRS_SEVERITY_NONE},
		{"info", NRS_SEVERITY_NONE},
		{"informational", NRS_SEVERITY_NONE},
		{"low", NRS_SEVERITY_LOW},
		{"medium", NRS_SEVERITY_MEDIUM},
		{"moderate", NRS_SEVERITY_MEDIUM},
		{"high", NRS_SEVERITY_HIGH},
		{"critical", NRS_SEVERITY_CRITICAL},
	};
	uint64_t rate = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (nrs_span_is_icase(text, words[i].word)) {
			*out = words[i].severity;
			return true;
		}
	}
	/* CVSS 3.1, section 5: low from 0.1, medium 4, high 7, critical 9. */
	const size_t point = nrs_span_find(text, '.', 0);
	if (nrs_span_u64(nrs_span_part(text, 0, point), &rate) != NRS_OK ||
	    rate > 100)
		return false;
	if (rate > 10)
		rate /= 10;
	*out = rate >= 9			? NRS_SEVERITY_CRITICAL
	       : rate >= 7			? NRS_SEVERITY_HIGH
	       : rate >= 4			? NRS_SEVERITY_MEDIUM
	       : rate >= 1 || point != SIZE_MAX ? NRS_SEVERITY_LOW
						: NRS_SEVERITY_NONE;
	return true;
}

bool nrs_select_number(const struct nrs_select_case *c,
		       enum nrs_select_number number, int64_t *out)
{
	int64_t made_ns = c->item.modified_ns;

	if (number == NRS_SELECT_CONFIDENCE) {
		*out = (uint8_t)c->item.confidence;
		return c->item.confidence >= 0;
	}
	if (number == NRS_SELECT_SEVERITY)
		return read_severity(
			nrs_indicator_background(&c->item)->severity, out);
	/* A value of a list has no time but, at best, that it is valid from. */
	if (c->item.id.len == 0 || made_ns == 0)
		made_ns = c->item.valid_from_ns;
	if (made_ns == NRS_TIME_MIN || made_ns == 0)
		return false;
	*out = made_ns > c->select->at_ns
		       ? 0
		       : (c->select->at_ns - made_ns) / NRS_SECOND_NS;
	return true;
}

static enum nrs_met test_number(const struct nrs_select_case *c,
				enum nrs_select_number number)
{
	const struct nrs_select_bounds *bounds = &c->rule->bounds[number];
	int64_t value = 0;

	if (!nrs_select_number(c, number, &value))
		return NRS_UNSAID;
	return (bounds->has_least && value < bounds->least) ||
			       (bounds->has_most && value > bounds->most)
		       ? NRS_UNMET
		       : NRS_MET;
}

static bool overlap(const struct nrs_prefix *a, const struct nrs_prefix *b)
{
	return nrs_prefix_contains(a, &b->addr) ||
	       nrs_prefix_contains(b, &a->addr);
}

static bool is_in_place(const struct nrs_select_places *places,
			const struct nrs_prefix *net, struct nrs_span name)
{
	for (unsigned int i = 0; i < places->count; i++) {
		const struct nrs_select_place *place = &places->items[i];

		if (place->is_net ? net != NULL && overlap(&place->net, net)
				  : nrs_about_is_below(name, place->name))
			return true;
	}
	return false;
}

static bool is_within(void *ctx, const struct nrs_about_value *value)
{
	const struct nrs_select_places *places = ctx;
	uint8_t canonical[NRS_CANON_NAME_ROOM];
	const struct nrs_span none = {0};
	struct nrs_prefix net;
	size_t len = 0;

	if (value->kind == NRS_ABOUT_ADDR)
		return is_in_place(places, &value->prefix, none);
	if (value->kind == NRS_ABOUT_TEXT)
		return false;
	const struct nrs_span host = nrs_about_host(value);
	if (nrs_prefix_parse(host, &net) == NRS_OK)
		return is_in_place(places, &net, none);
	return nrs_canon_name(host, NRS_CANON_INDICATOR, canonical, &len) ==
		       NRS_OK &&
	       is_in_place(places, NULL, nrs_span(canonical, len));
}

uint32_t nrs_select_types(const struct nrs_select_case *c)
{
	uint32_t *types = &c->select->types[c->index];

	if (*types == 0)
		*types =
			HAS_TYPES | nrs_about_types(c->select->about, &c->item);
	return *types & ~HAS_TYPES;
}

enum nrs_met nrs_select_test(const struct nrs_select_case *c,
			     unsigned int condition)
{
	bool is_met;

	if (condition == NRS_SELECT_WITHIN)
		is_met = nrs_about_any(c->select->about, &c->item, is_within,
				       &c->select->within[c->rule_index]);
	else if (condition < NRS_SELECT_LISTS)
		return test_words(c, (enum nrs_select_list)condition);
	else if (condition == NRS_SELECT_TYPE)
		is_met = (c->rule->types & nrs_select_types(c)) != 0;
	else if (condition == NRS_SELECT_TLP)
		is_met = (c->rule->markings & 1u << c->item.tlp) != 0;
	else
		return test_number(c, (enum nrs_select_number)(
					      condition - NRS_SELECT_LISTS));
	return is_met ? NRS_MET : NRS_UNMET;
}

bool nrs_select_meets(const struct nrs_select_case *c)
{
	for (unsigned int i = 0; i < NRS_SELECT_CONDITIONS; i++) {
		if (!nrs_select_has(c->rule, i))
			continue;
		const enum nrs_met met = nrs_select_test(c, i);
		if (met == NRS_UNMET ||
		    (met == NRS_UNSAID && !c->rule->unknown))
			return false;
	}
	return true;
}
