/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sighted: sides and texts of a hit.
 */
#include "sightings/sighted.h"

#include "engine/handling.h"
#include "engine/value_text.h"

int nrs_how_grade(enum nrs_how how)
{
	return how == NRS_HOW_SUBDOMAIN || how == NRS_HOW_PREFIX ? 75 : 100;
}

enum nrs_how nrs_how_weaker(enum nrs_how a, enum nrs_how b)
{
	return nrs_how_grade(b) < nrs_how_grade(a) ? b : a;
}

static enum nrs_how weakest(const struct nrs_hit_value *values,
			    unsigned int count)
{
	enum nrs_how how = values[0].how;

	for (unsigned int i = 1; i < count; i++)
		how = nrs_how_weaker(how, values[i].how);
	return how;
}

enum nrs_how nrs_sighted_how(const struct nrs_sighted *s)
{
	enum nrs_how how = weakest(s->values, s->value_count);
	struct nrs_hit_value values[NRS_HIT_VALUES_MAX];
	const struct nrs_record_hit *part;
	size_t at = 0;

	while ((part = nrs_sighted_part(s, &at)) != NULL) {
		const unsigned int count = nrs_hit_values(part, values);

		if (count > 0)
			how = nrs_how_weaker(how, weakest(values, count));
	}
	return how;
}

unsigned int nrs_hit_values(const struct nrs_record_hit *hit,
			    struct nrs_hit_value values[NRS_HIT_VALUES_MAX])
{
	const uint8_t *at = (const uint8_t *)(hit + 1);

	for (unsigned int i = 0; i < hit->value_count; i++) {
		struct nrs_record_value head;

		memcpy(&head, at, sizeof(head));
		values[i] = (struct nrs_hit_value){
			.field = (enum nrs_field)head.field,
			.how = (enum nrs_how)head.how,
			.object = head.object,
			.value = nrs_span(at + sizeof(head), head.len)};
		at += sizeof(head) + (head.len + 7) / 8 * 8;
	}
	return hit->value_count;
}

const struct nrs_record_hit *nrs_sighted_part(const struct nrs_sighted *s,
					      size_t *at)
{
	const struct nrs_record_hit *part;

	if (*at >= s->parts.len)
		return NULL;
	part = (const void *)(s->parts.ptr + *at);
	*at += part->head.bytes;
	return part;
}

/* A token stands for an own host, whichever network it is in. */
static enum nrs_direction direction_of(const struct nrs_home_nets *home,
				       const struct nrs_flow_info *flow)
{
	const bool src_own = nrs_flow_is_token(flow, true) ||
			     nrs_home_nets_hold(home, &flow->src);
	const bool dst_own = nrs_flow_is_token(flow, false) ||
			     nrs_home_nets_hold(home, &flow->dst);

	if (flow->tokens == 0)
		return nrs_home_direction(home, &flow->src, &flow->dst);
	return src_own && dst_own ? NRS_DIRECTION_LATERAL
	       : src_own	  ? NRS_DIRECTION_OUT
				  : NRS_DIRECTION_IN;
}

void nrs_sighted_read(struct nrs_sighted *out, const struct nrs_record_hit *hit,
		      const struct nrs_set *set,
		      const struct nrs_home_nets *home)
{
	const enum nrs_direction direction = direction_of(home, &hit->flow);

	*out = (struct nrs_sighted){
		.hit = hit,
		.set = set,
		.indicator = nrs_set_at(set, hit->indicator),
		.own_is_src = direction != NRS_DIRECTION_IN,
		.outcome = (enum nrs_outcome)hit->flow.outcome,
		.protocols = hit->flow.protocols,
		.direction = direction};
	out->value_count = nrs_hit_values(hit, out->values);
}

const struct nrs_addr *nrs_sighted_own(const struct nrs_sighted *s)
{
	return s->own_is_src ? &s->hit->flow.src : &s->hit->flow.dst;
}

const struct nrs_addr *nrs_sighted_peer(const struct nrs_sighted *s)
{
	return s->own_is_src ? &s->hit->flow.dst : &s->hit->flow.src;
}

struct nrs_span nrs_sighted_exercise(const struct nrs_sighted *s)
{
	return nrs_exercise_of(s->indicator);
}

void nrs_sighted_id(const struct nrs_sighted *s, struct nrs_text *out)
{
	nrs_set_id(s->set, s->hit->indicator, out);
}

void nrs_sighted_modified(const struct nrs_sighted *s, struct nrs_text *out)
{
	char text[NRS_STAMP_LEN];
	const int64_t modified = s->indicator->modified_ns;
	const unsigned int digits = modified % 1000000 == 0 ? 3
				    : modified % 1000 == 0  ? 6
							    : 9;

	nrs_text_add(out,
		     nrs_span(text, nrs_stamp_format(modified, digits, text)));
}
