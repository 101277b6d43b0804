/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_relate_select: what holds between the settings of a rule.
 */
#include "app/config_inside.h"
#include "engine/canon.h"
#include "loaders/select.h"

static void problem(struct nrs_reader *r, unsigned int rule, const char *key,
		    const char *text)
{
	const char *path = nrs_reader_text(r, "select.rules[%u].%s", rule, key);

	if (!nrs_config_is_set(r->config, path))
		path = nrs_reader_text(r, "select.rules[%u]", rule);
	nrs_reader_problem(r, nrs_config_where(r->config, path), path, "%s",
			   text);
}

static bool is_set(struct nrs_reader *r, unsigned int rule, const char *key)
{
	return nrs_config_is_set(
		r->config,
		nrs_reader_text(r, "select.rules[%u].%s", rule, key));
}

/* A lower bound above the upper one is met by nothing. */
static void relate_bounds(struct nrs_reader *r, unsigned int i,
			  const struct nrs_config_rule *rule)
{
	const struct {
		const char *least_key, *most_key;
		uint64_t least, most;
	} rows[] = {{"min_confidence", "max_confidence", rule->min_confidence,
		     rule->max_confidence},
		    {"min_severity", "max_severity", rule->min_severity,
		     rule->max_severity},
		    {"min_age", "max_age", rule->min_age_s, rule->max_age_s}};

	for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++)
		if (is_set(r, i, rows[k].least_key) &&
		    is_set(r, i, rows[k].most_key) &&
		    rows[k].least > rows[k].most)
			problem(r, i, rows[k].least_key,
				nrs_reader_text(r,
						"is above %s: nothing can "
						"meet both",
						rows[k].most_key));
}

static bool is_place(const char *word)
{
	uint8_t canonical[NRS_CANON_NAME_ROOM];
	struct nrs_span text = nrs_span_of(word);
	struct nrs_prefix net;
	size_t len;

	if (nrs_span_starts(text, "*."))
		text = nrs_span_from(text, 2);
	return strcmp(word, "home_net") == 0 ||
	       nrs_prefix_parse(text, &net) == NRS_OK ||
	       nrs_canon_name(text, NRS_CANON_INDICATOR, canonical, &len) ==
		       NRS_OK;
}

static void relate_guards(struct nrs_reader *r)
{
	const struct nrs_config_texts *allow = &r->config->spared.allowed;

	for (unsigned int i = 0; i < allow->count; i++)
		if (!is_place(allow->items[i]) ||
		    strcmp(allow->items[i], "home_net") == 0)
			nrs_reader_problem(
				r, nrs_config_where(r->config, "guards_allow"),
				"guards_allow",
				"'%.60s' is neither a network nor a domain",
				allow->items[i]);
}

void nrs_reader_relate_select(struct nrs_reader *r)
{
	const struct nrs_config_rules *rules = &r->config->select.rules;

	relate_guards(r);
	for (unsigned int i = 0; i < rules->count; i++) {
		const struct nrs_config_rule *rule = &rules->items[i];
		const bool is_limit = rule->action == NRS_SELECT_LIMIT;

		if (is_limit != is_set(r, i, "max"))
			problem(r, i, "max",
				is_limit ? "limit wants a max"
					 : "max goes with limit");
		relate_bounds(r, i, rule);
		for (unsigned int k = 0; k < rule->within.count; k++)
			if (!is_place(rule->within.items[k]))
				problem(r, i, "within",
					nrs_reader_text(
						r,
						"'%.60s' is neither a network "
						"nor a domain",
						rule->within.items[k]));
	}
}
