/* SPDX-License-Identifier: Apache-2.0 */
/*
 * disclose: the rules one after the other; the first that refuses decides.
 */
#include "sightings/disclose.h"

#include <stdarg.h>
#include <stdio.h>

#include "sightings/share_form.h"
#include "sightings/stix_parts.h"

static const struct nrs_share_source unsaid;

/* What the rules look at. */
struct question {
	const struct nrs_share_policy *policy;
	const struct nrs_share_audience *to;
	const struct nrs_share_source *from; /* `unsaid`: nobody said */
	const struct nrs_share_item *item;
	enum nrs_tlp tlp;
	struct nrs_share_verdict *out;
};

/* A span for "%.*s", short enough for a message; who made the name may have
 * put anything into it. */
struct shown {
	char text[64];
};

static struct shown show(struct nrs_span name)
{
	struct shown out = {{0}};
	const struct nrs_span cut = nrs_span_part(name, 0, sizeof(out) - 1);

	for (size_t i = 0; i < cut.len; i++)
		out.text[i] = cut.ptr[i] < 0x20 || cut.ptr[i] > 0x7e
				      ? '?'
				      : (char)cut.ptr[i];
	return out;
}

__attribute__((format(printf, 4, 5))) static bool say(const struct question *q,
						      enum nrs_share_act act,
						      unsigned int rule,
						      const char *format, ...)
{
	va_list args;

	q->out->act = act;
	q->out->rule = rule;
	va_start(args, format);
	(void)vsnprintf(q->out->text, sizeof(q->out->text), format, args);
	va_end(args);
	return false;
}

const struct nrs_share_source *
nrs_share_source_of(const struct nrs_share_policy *policy, struct nrs_span name)
{
	for (unsigned int i = 0; i < policy->source_count; i++) {
		if (nrs_span_equal(policy->sources[i].name, name))
			return &policy->sources[i];
	}
	return NULL;
}

struct nrs_span nrs_share_name(const struct nrs_share_audience *audience)
{
	return audience->of.len > 0 ? audience->of : audience->name;
}

enum nrs_share_as nrs_share_as(const struct nrs_share_audience *audience)
{
	const enum nrs_share_as as = audience->reporter.as;

	return as == NRS_SHARE_NAMED && !audience->tells_provider
		       ? NRS_SHARE_PSEUDONYM
		       : as;
}

static const struct nrs_share_audience *
audience_of(const struct nrs_share_policy *policy, struct nrs_span name)
{
	for (unsigned int i = 0; i < policy->audience_count; i++) {
		if (name.len > 0 &&
		    nrs_span_equal(policy->audiences[i].name, name))
			return &policy->audiences[i];
	}
	return NULL;
}

/* Is @a the audience @wide, or reached from it by `within`? */
static bool is_within(const struct nrs_share_policy *policy,
		      const struct nrs_share_audience *a, struct nrs_span wide)
{
	/* A chain that bites its tail ends after as many steps. */
	for (unsigned int i = 0;
	     wide.len > 0 && a != NULL && i <= policy->audience_count; i++) {
		if (nrs_span_equal(a->name, wide) ||
		    nrs_span_equal(a->within, wide))
			return true;
		a = audience_of(policy, a->within);
	}
	return false;
}

static bool lists(struct nrs_span names, struct nrs_span name)
{
	struct nrs_span one;

	while (nrs_span_split(&names, ',', &one)) {
		if (nrs_span_equal(nrs_span_trim(one), name))
			return true;
	}
	return false;
}

/* The key of the source's settings. */
static struct shown key_of(const struct question *q)
{
	struct shown out = show(q->from->key);
	struct shown name;

	if (out.text[0] != '\0')
		return out;
	name = show(q->item->source);
	(void)snprintf(out.text, sizeof(out.text), "sources.%.50s", name.text);
	return out;
}

/* Rule 5: only to the hub that supplied the indicator. */
static bool is_for_this_hub(const struct question *q)
{
	const struct shown source = show(q->item->source);
	const struct shown to = show(nrs_share_name(q->to)), key = key_of(q);

	if (q->from == &unsaid)
		return say(q, NRS_SHARE_REFUSE, 5,
			   "no hub is known to have supplied source %s: name "
			   "its file under indicators, with an origin",
			   source.text);
	if (q->from->hub.len == 0)
		return say(q, NRS_SHARE_REFUSE, 5,
			   "no hub is known to have supplied source %s: set "
			   "%s.origin",
			   source.text, key.text);
	if (!nrs_span_equal(q->from->hub, q->to->hub) &&
	    !lists(q->from->redistribute, nrs_share_name(q->to)))
		return say(q, NRS_SHARE_REFUSE, 5,
			   "source %s came from another hub than audience %s's:"
			   " set %s.redistribute",
			   source.text, to.text, key.text);
	return true;
}

/* Rules 2 and 6: RED and AMBER+STRICT only back to the collection they came
 * from, or to an audience within its own. */
static bool is_for_this_collection(const struct question *q)
{
	const struct shown source = show(q->item->source);
	const struct shown to = show(nrs_share_name(q->to)), key = key_of(q);

	if (q->tlp < NRS_TLP_AMBER_STRICT)
		return true;
	if (nrs_span_equal(q->from->hub, q->to->hub) &&
	    q->from->collection.len > 0 &&
	    nrs_span_equal(q->from->collection, q->to->collection))
		return true;
	if (is_within(q->policy, q->to, q->from->audience))
		return true;
	if (q->item->tlp == NRS_TLP_NONE &&
	    q->from->default_tlp == NRS_TLP_NONE)
		return say(q, NRS_SHARE_REFUSE, 2,
			   "unmarked is AMBER+STRICT, and audience %s is not "
			   "within source %s's: set %s.default_tlp",
			   to.text, source.text, key.text);
	return say(q, NRS_SHARE_REFUSE, 6,
		   "%s leaves only within the audience it came from: set "
		   "%s.audience and audiences.%s.within",
		   q->tlp == NRS_TLP_RED ? "RED (or an unknown marking)"
					 : "AMBER+STRICT",
		   key.text, to.text);
}

/* Rule 3: the channel's ceiling. */
static bool is_below_the_ceiling(const struct question *q)
{
	const enum nrs_tlp most =
		q->to->max_tlp == NRS_TLP_NONE ? NRS_TLP_AMBER : q->to->max_tlp;
	const struct shown to = show(nrs_share_name(q->to));

	if (q->tlp <= most)
		return true;
	return say(q, NRS_SHARE_REFUSE, 3,
		   "%s%s is above audience %s's ceiling %s: set "
		   "audiences.%s.max_tlp",
		   q->item->tlp == NRS_TLP_NONE ? "unmarked, so " : "",
		   nrs_tlp_name(q->tlp), to.text, nrs_tlp_name(most), to.text);
}

/* Rule 21: what waits was written under the policy of its day. */
static bool is_in_the_form_of_today(const struct question *q)
{
	const struct shown to = show(nrs_share_name(q->to));
	unsigned int rule;
	const char *key = nrs_share_form_tightened(q->item->form, q->to, &rule);

	return key == NULL ||
	       say(q, NRS_SHARE_REFUSE, rule,
		   "it was written when audience %s was told more: by "
		   "audiences.%s.%s of today it may not leave",
		   to.text, to.text, key);
}

static bool is_wanted(const struct question *q)
{
	const enum nrs_class least = q->to->min_class == NRS_CLASS_UNSAID
					     ? NRS_CLASS_REPORT
					     : q->to->min_class;
	const struct shown source = show(q->item->source);
	const struct shown to = show(nrs_share_name(q->to));

	if (q->item->is_exercise && !q->to->takes_exercise)
		return say(q, NRS_SHARE_REFUSE, 8,
			   "an exercise, and audience %s takes none: set "
			   "audiences.%s.exercise",
			   to.text, to.text);
	if (q->item->grade < least)
		return say(q, NRS_SHARE_REFUSE, 10,
			   "class %s is below %s: set audiences.%s.min_class",
			   nrs_class_name(q->item->grade),
			   nrs_class_name(least), to.text);
	if (q->item->is_value && q->item->is_hidden)
		return say(q, NRS_SHARE_REFUSE, 4,
			   "source %s may be run and not read, and a sighting "
			   "of a list's value would tell it",
			   source.text);
	if (q->item->is_value && !q->to->publishes_values)
		return say(q, NRS_SHARE_REFUSE, 5,
			   "a list's value has no indicator at the hub: set "
			   "audiences.%s.publish_indicators",
			   to.text);
	return true;
}

/* Nothing refuses; does a person have to look first? */
static void release(const struct question *q)
{
	const struct shown to = show(nrs_share_name(q->to));

	if (!q->to->is_auto)
		(void)say(q, NRS_SHARE_HOLD, 1,
			  "audience %s is in hold: set audiences.%s.mode",
			  to.text, to.text);
	else if (q->to->reporter.name.len == 0 ||
		 q->to->reporter.contact.len == 0)
		(void)say(q, NRS_SHARE_HOLD, 17,
			  "a report must have a name and a contact: set "
			  "reporter.name and reporter.contact");
	else
		(void)say(q, NRS_SHARE_RELEASE, 1, "audiences.%s.mode is auto",
			  to.text);
}

void nrs_disclose(const struct nrs_share_policy *policy, unsigned int to,
		  const struct nrs_share_item *item,
		  struct nrs_share_verdict *out)
{
	struct question q = {.policy = policy,
			     .item = item,
			     .from = nrs_share_source_of(policy, item->source),
			     .tlp = item->tlp,
			     .out = out};

	*out = (struct nrs_share_verdict){.act = NRS_SHARE_REFUSE, .rule = 1};
	if (q.from == NULL)
		q.from = &unsaid;
	if (q.tlp == NRS_TLP_NONE)
		q.tlp = q.from->default_tlp;
	q.tlp = nrs_stix_tlp(q.tlp);
	out->tlp = q.tlp;
	if (to >= policy->audience_count) {
		(void)say(&q, NRS_SHARE_REFUSE, 1,
			  "no destination is named: set audiences");
		return;
	}
	q.to = &policy->audiences[to];
	if (is_for_this_hub(&q) && is_for_this_collection(&q) &&
	    is_below_the_ceiling(&q) && is_wanted(&q) &&
	    is_in_the_form_of_today(&q))
		release(&q);
}
