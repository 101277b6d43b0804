/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_schema_select: the policy that chooses among indicators, and the
 * limits of what is believed of a feed.
 */
#include "app/config_schema_sharing.h"
#include "app/config_select.h"
#include "loaders/about.h"
#include "loaders/select.h"

#define COUNT(rows) ((unsigned int)(sizeof(rows) / sizeof(*(rows))))

_Static_assert(NRS_SELECT_KEEP == 0 && NRS_SELECT_DROP == 1 &&
		       NRS_SELECT_WATCH == 2 && NRS_SELECT_REQUIRE == 3 &&
		       NRS_SELECT_LIMIT == 4,
	       "the order of select.rules.action, and of select.otherwise");
_Static_assert(NRS_SEVERITY_NONE == 0 && NRS_SEVERITY_CRITICAL == 4,
	       "the order of NRS_SEVERITIES");

#define WORDS(member, words, said, shown)                                      \
	{                                                                      \
		.key = #member, .type = NRS_CONFIG_TEXTS,                      \
		.offset = offsetof(struct nrs_config_rule, member),            \
		.max = (words), .text = (said), .sample = (shown)              \
	}

static const struct nrs_config_row rule_rows[] = {
	{.key = "action",
	 .type = NRS_CONFIG_CHOICE,
	 .is_required = true,
	 .offset = offsetof(struct nrs_config_rule, action),
	 .choices = "keep|drop|watch|require|limit",
	 .text = "What meets all conditions of the rule: keep, match it, "
		 "whatever the rules behind say; drop, do not; watch, match "
		 "it, but its hits are never worth a report; limit, drop what "
		 "is beyond max of its source. And require: drop what does "
		 "not meet them all.",
	 .sample = "require"},
	{.key = "name",
	 .type = NRS_CONFIG_TEXT,
	 .offset = offsetof(struct nrs_config_rule, name),
	 .min = 1,
	 .max = 64,
	 .text = "For people. Default: from its conditions."},
	WORDS(source, 64,
	      "Condition: its source has one of these names; as in all such "
	      "lists, a last * stands for any end.",
	      "[\"isac-a/*\", block]"),
	{.key = "type",
	 .type = NRS_CONFIG_CHOICES,
	 .offset = offsetof(struct nrs_config_rule, type),
	 .choices = NRS_ABOUT_TYPES,
	 .text = "Condition: its pattern speaks of one of these objects.",
	 .sample = "domain-name, url"},
	WORDS(kind, 32, "Condition: one of these is among its indicator_types.",
	      "[malicious-activity, attribution]"),
	{.key = "min_confidence",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_rule, min_confidence),
	 .max = 100,
	 .text = "Condition: its confidence is this or more.",
	 .sample = "70"},
	{.key = "max_confidence",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_rule, max_confidence),
	 .max = 100,
	 .text = "Condition: it is this or less."},
	{.key = "min_severity",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_rule, min_severity),
	 .choices = NRS_SEVERITIES,
	 .text = "Condition: its severity, where a source says one, is this "
		 "or more; rates of CVSS count as their words.",
	 .sample = "medium"},
	{.key = "max_severity",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_rule, max_severity),
	 .choices = NRS_SEVERITIES,
	 .text = "Condition: it is this or less."},
	{.key = "min_age",
	 .type = NRS_CONFIG_SECONDS,
	 .offset = offsetof(struct nrs_config_rule, min_age_s),
	 .max = 3153600000,
	 .text = "Condition: its newest version was made so long ago, or "
		 "longer."},
	{.key = "max_age",
	 .type = NRS_CONFIG_SECONDS,
	 .offset = offsetof(struct nrs_config_rule, max_age_s),
	 .max = 3153600000,
	 .text = "Condition: it was made so long ago, or later.",
	 .sample = "365d"},
	{.key = "tlp",
	 .type = NRS_CONFIG_CHOICES,
	 .offset = offsetof(struct nrs_config_rule, tlp),
	 .choices = NRS_CONFIG_TLP,
	 .text = "Condition: it is marked so; none, not at all.",
	 .sample = "clear, green, amber"},
	WORDS(marking, 32,
	      "Condition: one of these marking-definitions marks it.", NULL),
	WORDS(label, 64, "Condition: it has one of these labels.",
	      "[\"campaign:*\", phishing]"),
	WORDS(phase, 64,
	      "Condition: it stands for one of these phases of a kill chain, "
	      "written PHASE or CHAIN:PHASE.",
	      "[command-and-control, \"lockheed-martin-cyber-kill-chain:*\"]"),
	WORDS(sector, 32,
	      "Condition: it concerns one of these sectors (STIX 2.1 section "
	      "10.11).",
	      "[energy, utilities]"),
	WORDS(within, 64,
	      "Condition: one of its values lies in one of these networks or "
	      "domains; home_net stands for that setting.",
	      "[home_net, power.example]"),
	{.key = "max",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_rule, max),
	 .max = 100000000,
	 .unit = "indicators",
	 .text = "With limit: of each source so many that meet the conditions, "
		 "those of the highest confidence, then the newest."},
	{.key = "unknown",
	 .type = NRS_CONFIG_BOOL,
	 .offset = offsetof(struct nrs_config_rule, unknown),
	 .fallback = "no",
	 .text = "Whether an indicator that says nothing about it (no "
		 "confidence, no sector) meets a condition."},
};

static const struct nrs_config_section rule = {rule_rows, COUNT(rule_rows),
					       sizeof(struct nrs_config_rule)};

static const struct nrs_config_row select_rows[] = {
	{.key = "rules",
	 .type = NRS_CONFIG_LIST,
	 .offset = offsetof(struct nrs_config_select, rules),
	 .max = NRS_SELECT_RULES_MAX,
	 .text = "In order: the first that decides about an indicator counts.",
	 .section = &rule},
	{.key = "otherwise",
	 .type = NRS_CONFIG_CHOICE,
	 .offset = offsetof(struct nrs_config_select, otherwise),
	 .fallback = "keep",
	 .choices = "keep|drop|watch",
	 .text = "What happens to an indicator that no rule decided about."},
};

const struct nrs_config_section nrs_config_select_schema = {
	select_rows, COUNT(select_rows), sizeof(struct nrs_config_select)};

static const struct nrs_config_row feed_rows[] = {
	{.key = "shrink",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_feeds, shrink_percent),
	 .max = 100,
	 .fallback = "50",
	 .unit = "percent",
	 .text = "A source that lost more than this share of its indicators "
		 "is not believed: the set in force stays, and status says so, "
		 "until noroshi reload --accept. 0: it is always believed."},
	{.key = "grow",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_feeds, grow_percent),
	 .max = 1000000,
	 .fallback = "400",
	 .unit = "percent",
	 .text = "Nor is one that gained more than this share of what it had. "
		 "0: it is always believed."},
	{.key = "least",
	 .type = NRS_CONFIG_NUMBER,
	 .offset = offsetof(struct nrs_config_feeds, least),
	 .max = 1000000000,
	 .fallback = "1000",
	 .unit = "indicators",
	 .text = "A source with fewer, before and after, may do what it "
		 "likes."},
};

const struct nrs_config_section nrs_config_feeds_schema = {
	feed_rows, COUNT(feed_rows), sizeof(struct nrs_config_feeds)};
