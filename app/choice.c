/* SPDX-License-Identifier: Apache-2.0 */
/*
 * choice: rules as they are written into rules as they are applied.
 */
#include "app/choice.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/canon.h"

#define PATH_ROOM 64

struct nrs_choice {
	struct nrs_select_policy policy;
	struct nrs_select_rule rules[NRS_SELECT_RULES_MAX];
	struct nrs_select *select;
	struct nrs_guard_own guards;
	struct nrs_prefix nets[NRS_GUARDS_ALLOW_MAX];
	struct nrs_span names[NRS_GUARDS_ALLOW_MAX];
	uint8_t room[NRS_GUARDS_ALLOW_MAX][NRS_CANON_NAME_ROOM];
};

/* "noroshi.yaml:41", wherever the file lies. */
static const char *short_place(const char *where)
{
	const char *slash = strrchr(where, '/');

	return slash == NULL ? where : slash + 1;
}

static bool is_set(const struct nrs_config *config, unsigned int rule,
		   const char *key)
{
	char path[PATH_ROOM];

	(void)snprintf(path, sizeof(path), "select.rules[%u].%s", rule, key);
	return nrs_config_is_set(config, path);
}

static void take_bounds(struct nrs_select_rule *to,
			const struct nrs_config *config, unsigned int index)
{
	const struct nrs_config_rule *from = &config->select.rules.items[index];
	const struct {
		enum nrs_select_number number;
		const char *least_key, *most_key;
		uint64_t least, most;
	} rows[] = {
		{NRS_SELECT_CONFIDENCE, "min_confidence", "max_confidence",
		 from->min_confidence, from->max_confidence},
		{NRS_SELECT_SEVERITY, "min_severity", "max_severity",
		 from->min_severity, from->max_severity},
		{NRS_SELECT_AGE, "min_age", "max_age", from->min_age_s,
		 from->max_age_s},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		to->bounds[rows[i].number] = (struct nrs_select_bounds){
			.has_least = is_set(config, index, rows[i].least_key),
			.has_most = is_set(config, index, rows[i].most_key),
			.least = (int64_t)rows[i].least,
			.most = (int64_t)rows[i].most};
}

static void take_rule(struct nrs_select_rule *to,
		      const struct nrs_config *config, unsigned int index)
{
	const struct nrs_config_rule *from = &config->select.rules.items[index];
	const struct nrs_config_texts *const lists[NRS_SELECT_LISTS] = {
		[NRS_SELECT_SOURCE] = &from->source,
		[NRS_SELECT_KIND] = &from->kind,
		[NRS_SELECT_LABEL] = &from->label,
		[NRS_SELECT_PHASE] = &from->phase,
		[NRS_SELECT_SECTOR] = &from->sector,
		[NRS_SELECT_MARKING] = &from->marking,
		[NRS_SELECT_WITHIN] = &from->within};
	char path[PATH_ROOM];

	(void)snprintf(path, sizeof(path), "select.rules[%u]", index);
	*to = (struct nrs_select_rule){
		.action = (enum nrs_select_action)from->action,
		.name = from->name,
		.where = short_place(nrs_config_where(config, path)),
		.types = from->type,
		.markings = from->tlp,
		.most = (uint32_t)from->max,
		.unknown = from->unknown};
	for (unsigned int i = 0; i < NRS_SELECT_LISTS; i++)
		to->words[i] = (struct nrs_select_words){lists[i]->items,
							 lists[i]->count};
	take_bounds(to, config, index);
}

static void take_guards(struct nrs_choice *choice,
			const struct nrs_config *config)
{
	const struct nrs_config_texts *allow = &config->spared.allowed;
	struct nrs_guard_own *guards = &choice->guards;

	guards->nets = config->home_net.nets;
	guards->count = nrs_config_is_set(config, "home_net")
				? config->home_net.count
				: 0;
	guards->allowed = choice->nets;
	guards->names = choice->names;
	for (unsigned int i = 0; i < allow->count && i < NRS_GUARDS_ALLOW_MAX;
	     i++) {
		const struct nrs_span text = nrs_span_of(allow->items[i]);
		uint8_t *room = choice->room[guards->name_count];
		size_t len = 0;

		if (nrs_prefix_parse(text,
				     &choice->nets[guards->allowed_count]) ==
		    NRS_OK)
			guards->allowed_count++;
		else if (nrs_canon_name(text, NRS_CANON_INDICATOR, room,
					&len) == NRS_OK)
			choice->names[guards->name_count++] =
				nrs_span(room, len);
	}
}

int nrs_choice_new(struct nrs_choice **out, const struct nrs_config *config,
		   struct nrs_diag *diag)
{
	const struct nrs_config_rules *rules = &config->select.rules;
	struct nrs_choice *choice = calloc(1, sizeof(*choice));
	int err = NRS_OK;

	if (choice == NULL)
		return NRS_E_NOMEM;
	choice->policy = (struct nrs_select_policy){
		.rules = choice->rules,
		.rule_count = rules->count,
		.otherwise = (enum nrs_select_action)config->select.otherwise,
		.home = {config->home_net.nets, config->home_net.count}};
	take_guards(choice, config);
	for (unsigned int i = 0; i < rules->count && i < NRS_SELECT_RULES_MAX;
	     i++)
		take_rule(&choice->rules[i], config, i);
	if (rules->count > 0 || choice->policy.otherwise != NRS_SELECT_KEEP)
		err = nrs_select_new(&choice->select, &choice->policy, diag);
	if (err != NRS_OK) {
		nrs_choice_free(choice);
		return err;
	}
	*out = choice;
	return NRS_OK;
}

void nrs_choice_free(struct nrs_choice *choice)
{
	if (choice == NULL)
		return;
	nrs_select_free(choice->select);
	free(choice);
}

struct nrs_guard_own nrs_choice_guards(const struct nrs_choice *choice)
{
	return choice->guards;
}

struct nrs_select *nrs_choice_select(const struct nrs_choice *choice)
{
	return choice == NULL ? NULL : choice->select;
}

const struct nrs_select_policy *
nrs_choice_policy(const struct nrs_choice *choice)
{
	return choice == NULL || choice->select == NULL ? NULL
							: &choice->policy;
}
