/* SPDX-License-Identifier: Apache-2.0 */
/*
 * select_why: a rule and a decision in words.
 *
 * A reason is kept with each indicator that was dropped, by the hundred
 * thousand: it has the indicator's numbers in it, but not its words.
 */
#include "loaders/about.h"
#include "loaders/select_inside.h"

#define WORD_SHOWN 60

/* The keys of the configuration. */
static const char *const keys[NRS_SELECT_CONDITIONS] = {
	[NRS_SELECT_SOURCE] = "source",
	[NRS_SELECT_KIND] = "kind",
	[NRS_SELECT_LABEL] = "label",
	[NRS_SELECT_PHASE] = "phase",
	[NRS_SELECT_SECTOR] = "sector",
	[NRS_SELECT_MARKING] = "marking",
	[NRS_SELECT_WITHIN] = "within",
	[NRS_SELECT_LISTS + NRS_SELECT_CONFIDENCE] = "confidence",
	[NRS_SELECT_LISTS + NRS_SELECT_SEVERITY] = "severity",
	[NRS_SELECT_LISTS + NRS_SELECT_AGE] = "age",
	[NRS_SELECT_TYPE] = "type",
	[NRS_SELECT_TLP] = "tlp",
};

static bool is_number(unsigned int condition)
{
	return condition >= NRS_SELECT_LISTS && condition < NRS_SELECT_TYPE;
}

static enum nrs_select_number number_of(unsigned int condition)
{
	return (enum nrs_select_number)(condition - NRS_SELECT_LISTS);
}

/* The @index-th of "a|b|c". */
static void put_choice(struct nrs_text *out, const char *choices, int64_t index)
{
	struct nrs_span rest = nrs_span_of(choices), one;

	for (int64_t i = 0; nrs_span_split(&rest, '|', &one); i++) {
		if (i == index)
			nrs_text_add(out, one);
	}
}

/* An age is rounded to its largest unit: @up, so that it is no less. */
static void put_number(struct nrs_text *out, unsigned int condition,
		       int64_t value, bool up)
{
	static const struct {
		int64_t seconds;
		char letter;
	} units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	unsigned int u = 0;

	if (number_of(condition) == NRS_SELECT_SEVERITY) {
		put_choice(out, NRS_SEVERITIES, value);
		return;
	}
	if (number_of(condition) != NRS_SELECT_AGE) {
		nrs_text_printf(out, "%lld", (long long)value);
		return;
	}
	while (u < 3 && value < units[u].seconds)
		u++;
	const int64_t whole = value / units[u].seconds;
	const bool is_more = up && whole * units[u].seconds < value;
	nrs_text_printf(out, "%lld%c", (long long)(whole + is_more),
			units[u].letter);
}

static void put_comma(struct nrs_text *out, size_t begin, const char *between)
{
	if (out->len > begin)
		nrs_text_puts(out, between);
}

/* What a rule that wants the bounds does not want, or what one does. */
static void put_bounds(struct nrs_text *out, const struct nrs_select_rule *rule,
		       unsigned int condition)
{
	const struct nrs_select_bounds *b = &rule->bounds[number_of(condition)];
	const bool wants = rule->action == NRS_SELECT_REQUIRE;

	if (b->has_least) {
		nrs_text_printf(out, "%s %s ", keys[condition],
				wants ? "<" : ">=");
		put_number(out, condition, b->least, false);
	}
	if (b->has_least && b->has_most)
		nrs_text_puts(out, wants ? " or " : " and ");
	if (b->has_most) {
		nrs_text_printf(out, "%s %s ", keys[condition],
				wants ? ">" : "<=");
		put_number(out, condition, b->most, false);
	}
}

/* The first of what a rule takes: "label c2, ..". */
static void put_taken(struct nrs_text *out, const struct nrs_select_rule *rule,
		      unsigned int condition)
{
	uint32_t bits =
		condition == NRS_SELECT_TYPE ? rule->types : rule->markings;
	unsigned int count = 0;

	nrs_text_putc(out, ' ');
	if (condition < NRS_SELECT_LISTS) {
		nrs_text_puts(out, rule->words[condition].items[0]);
		count = rule->words[condition].count;
	} else {
		const int64_t first = __builtin_ctz(bits);

		if (condition == NRS_SELECT_TYPE)
			put_choice(out, NRS_ABOUT_TYPES, first);
		else
			nrs_text_puts(out, nrs_tlp_name((enum nrs_tlp)first));
		for (; bits != 0; bits &= bits - 1)
			count++;
	}
	if (count > 1)
		nrs_text_puts(out, ", ..");
}

static void put_rule(struct nrs_text *out, const struct nrs_select_rule *rule)
{
	const bool wants = rule->action == NRS_SELECT_REQUIRE;
	const size_t begin = out->len;

	if (rule->action == NRS_SELECT_LIMIT) {
		nrs_text_printf(out, "beyond %u of a source", rule->most);
		return;
	}
	for (unsigned int i = 0; i < NRS_SELECT_CONDITIONS; i++) {
		if (!nrs_select_has(rule, i))
			continue;
		put_comma(out, begin, wants ? " or " : " and ");
		if (is_number(i)) {
			put_bounds(out, rule, i);
			continue;
		}
		nrs_text_puts(out, keys[i]);
		if (!wants)
			put_taken(out, rule, i);
	}
	if (out->len == begin)
		nrs_text_puts(out, "everything");
}

void nrs_select_label(const struct nrs_select_policy *policy, unsigned int rule,
		      struct nrs_text *out)
{
	if (rule >= policy->rule_count)
		nrs_text_puts(out, "no rule keeps it");
	else if (policy->rules[rule].name != NULL)
		nrs_text_puts(out, policy->rules[rule].name);
	else
		put_rule(out, &policy->rules[rule]);
}

/* "confidence 50 < 70", for a rule that drops it because of this. */
static void put_value(struct nrs_text *out, const struct nrs_select_case *c,
		      unsigned int condition)
{
	const struct nrs_select_bounds *b =
		&c->rule->bounds[number_of(condition)];
	const bool wants = c->rule->action == NRS_SELECT_REQUIRE;
	int64_t value = 0;

	(void)nrs_select_number(c, number_of(condition), &value);
	const bool is_low = b->has_least && value < b->least;
	const bool by_least = wants ? is_low : b->has_least;
	nrs_text_printf(out, "%s ", keys[condition]);
	put_number(out, condition, value, wants && !is_low);
	nrs_text_puts(out, wants ? (is_low ? " < " : " > ")
				 : (by_least ? " >= " : " <= "));
	put_number(out, condition, by_least ? b->least : b->most, false);
}

/* Does this condition speak for dropping what @c is about? */
static bool speaks(const struct nrs_select_case *c, unsigned int condition,
		   bool *is_unsaid)
{
	if (!nrs_select_has(c->rule, condition))
		return false;
	const enum nrs_met met = nrs_select_test(c, condition);
	*is_unsaid = met == NRS_UNSAID;
	if (met == NRS_UNSAID)
		return c->rule->unknown ==
		       (c->rule->action != NRS_SELECT_REQUIRE);
	return (met == NRS_MET) == (c->rule->action != NRS_SELECT_REQUIRE);
}

static void put_item(struct nrs_text *out, struct nrs_span item)
{
	nrs_text_add(out, nrs_span_part(item, 0, WORD_SHOWN));
}

static void put_types(struct nrs_text *out, uint32_t types)
{
	struct nrs_span rest = nrs_span_of(NRS_ABOUT_TYPES), one;
	const size_t begin = out->len;

	for (unsigned int i = 0; nrs_span_split(&rest, '|', &one); i++) {
		if ((types & 1u << i) == 0)
			continue;
		put_comma(out, begin, ", ");
		nrs_text_add(out, one);
	}
}

/* The words of the indicator that the condition is about. */
static void put_words(struct nrs_text *out, const struct nrs_select_case *c,
		      unsigned int condition)
{
	const size_t begin = out->len;
	struct nrs_span rest, one;

	if (condition == NRS_SELECT_TYPE) {
		put_types(out, nrs_select_types(c));
		return;
	}
	if (condition == NRS_SELECT_TLP) {
		nrs_text_puts(out, nrs_tlp_name((enum nrs_tlp)c->item.tlp));
		return;
	}
	if (condition == NRS_SELECT_WITHIN) {
		nrs_text_puts(out, "its value");
		return;
	}
	rest = nrs_select_list(c, (enum nrs_select_list)condition);
	while (nrs_span_split(&rest, '\n', &one)) {
		put_comma(out, begin, ", ");
		put_item(out, one);
	}
}

/* One condition, with the indicator's words or without. */
static void put_cause(struct nrs_text *out, const struct nrs_select_case *c,
		      unsigned int condition, bool is_unsaid, bool with_words)
{
	if (is_unsaid) {
		nrs_text_printf(out, "no %s said", keys[condition]);
		return;
	}
	if (is_number(condition)) {
		put_value(out, c, condition);
		return;
	}
	if (condition == NRS_SELECT_WITHIN) {
		nrs_text_puts(out, c->rule->action == NRS_SELECT_REQUIRE
					   ? "not within"
					   : "within");
		return;
	}
	nrs_text_puts(out, keys[condition]);
	if (!with_words)
		return;
	nrs_text_putc(out, ' ');
	put_words(out, c, condition);
}

static void put_causes(struct nrs_text *out, const struct nrs_select_case *c,
		       bool with_words)
{
	const size_t begin = out->len;
	bool is_unsaid = false;

	if (c->rule->action == NRS_SELECT_LIMIT) {
		put_rule(out, c->rule);
		return;
	}
	for (unsigned int i = 0; i < NRS_SELECT_CONDITIONS; i++) {
		if (!speaks(c, i, &is_unsaid))
			continue;
		put_comma(out, begin, ", ");
		put_cause(out, c, i, is_unsaid, with_words);
	}
	if (out->len == begin)
		nrs_text_puts(out, "which takes everything");
}

void nrs_select_reason(const struct nrs_select_case *c, struct nrs_text *out)
{
	nrs_text_printf(out, "rule %u, ", c->rule_index + 1);
	put_causes(out, c, false);
}

/* "min_confidence <= 50", "sector has finance", "unknown: yes". */
static void put_change(struct nrs_text *out, const struct nrs_select_case *c,
		       unsigned int condition, bool is_unsaid)
{
	const bool wants = c->rule->action == NRS_SELECT_REQUIRE;
	int64_t value = 0;

	if (is_unsaid) {
		nrs_text_puts(out, wants ? "unknown: yes" : "unknown: no");
		return;
	}
	if (!is_number(condition)) {
		nrs_text_printf(out, "%s %s ", keys[condition],
				wants ? "has" : "leaves out");
		put_words(out, c, condition);
		return;
	}
	const struct nrs_select_bounds *b =
		&c->rule->bounds[number_of(condition)];
	(void)nrs_select_number(c, number_of(condition), &value);
	const bool by_least =
		wants ? b->has_least && value < b->least : b->has_least;
	nrs_text_printf(
		out, "%s_%s %s ", by_least ? "min" : "max", keys[condition],
		wants ? (by_least ? "<=" : ">=") : (by_least ? ">" : "<"));
	put_number(out, condition, value, wants != by_least);
}

/* Its place among those of its source that came to the rule, from 1. */
static uint32_t rank_of(const struct nrs_select_case *c)
{
	struct nrs_select_case other = *c;
	uint32_t rank = 1;

	for (uint32_t i = 0; i < nrs_set_count(c->set); i++) {
		const uint8_t by = c->select->by[i];

		other.index = i;
		nrs_set_get(c->set, i, &other.item);
		const bool came = other.item.status == NRS_STATUS_FULL ||
				  other.item.status == NRS_STATUS_PARTIAL ||
				  other.item.status == NRS_STATUS_DROPPED;
		if (i == c->index || !came ||
		    (by != 0 && by < c->rule_index + 1) ||
		    !nrs_span_equal(nrs_select_list(&other, NRS_SELECT_SOURCE),
				    nrs_select_list(c, NRS_SELECT_SOURCE)) ||
		    !nrs_select_is_better(c->set, i, c->index))
			continue;
		rank += nrs_select_meets(&other);
	}
	return rank;
}

/* What would let it pass this rule; nothing where the rule does so anyway. */
static void put_remedy(struct nrs_text *out, const struct nrs_select_case *c)
{
	const bool wants = c->rule->action == NRS_SELECT_REQUIRE;
	const size_t begin = out->len;
	bool is_unsaid = false;

	if (c->rule->action == NRS_SELECT_LIMIT) {
		const uint32_t rank = nrs_select_meets(c) ? rank_of(c) : 0;

		if (rank > c->rule->most)
			nrs_text_printf(out, "max >= %u", rank);
		return;
	}
	/* To escape a rule that drops one condition less is enough. */
	for (unsigned int i = 0; i < NRS_SELECT_CONDITIONS; i++) {
		if (!speaks(c, i, &is_unsaid))
			continue;
		put_comma(out, begin, " and ");
		put_change(out, c, i, is_unsaid);
		if (!wants)
			return;
	}
	if (out->len == begin && !wants)
		nrs_text_puts(out, "a rule before it keeps it");
}

static bool drops(const struct nrs_select_case *c)
{
	if (c->rule->action == NRS_SELECT_LIMIT)
		return nrs_select_meets(c) && rank_of(c) > c->rule->most;
	return (c->rule->action == NRS_SELECT_DROP && nrs_select_meets(c)) ||
	       (c->rule->action == NRS_SELECT_REQUIRE && !nrs_select_meets(c));
}

/* Through the rules from @first on: what each that drops it asks for. */
static void put_remedies(struct nrs_select_case *c, unsigned int first,
			 struct nrs_text *out)
{
	const struct nrs_select_policy *policy = c->select->policy;
	const size_t begin = out->len;
	unsigned int told = 0;

	for (unsigned int r = first; r < policy->rule_count; r++) {
		c->rule = &policy->rules[r];
		c->rule_index = r;
		if ((c->rule->action == NRS_SELECT_KEEP ||
		     c->rule->action == NRS_SELECT_WATCH) &&
		    nrs_select_meets(c))
			return;
		if (!drops(c))
			continue;
		put_comma(out, begin, " and ");
		put_remedy(out, c);
		if (told++ > 0 || r > first)
			nrs_text_printf(out, " (rule %u)", r + 1);
	}
	if (policy->otherwise == NRS_SELECT_DROP) {
		put_comma(out, begin, " and ");
		nrs_text_puts(out, "a rule keeps it");
	}
}

void nrs_select_why(struct nrs_select *select, const struct nrs_set *set,
		    uint32_t index, struct nrs_text *why,
		    struct nrs_text *remedy)
{
	const uint8_t by = select->by[index];
	struct nrs_select_case c = {
		.select = select, .set = set, .index = index};

	nrs_set_get(set, index, &c.item);
	if (c.item.status != NRS_STATUS_DROPPED || by == 0)
		return;
	if (by == NRS_SELECT_OTHERWISE) {
		nrs_text_puts(why, "the policy's otherwise: no rule keeps it");
		nrs_text_puts(remedy, "a rule keeps it");
		return;
	}
	c.rule_index = by - 1u;
	c.rule = &select->policy->rules[c.rule_index];
	nrs_text_printf(why, "rule %u, ", c.rule_index + 1);
	put_causes(why, &c, true);
	put_remedies(&c, c.rule_index, remedy);
}
