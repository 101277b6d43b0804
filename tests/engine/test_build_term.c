/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_build_term: terms into predicates, each led by its rarest test; and
 * what a guard or an unseen side does to the whole.
 */
#include "tests/engine/made_builder.h"

static struct nrs_term *name_term(struct nrs_builder *b, const char *name)
{
	struct nrs_term *term = nrs_term_atom(
		b, nrs_build_exact(b, NRS_LANE_NAME, nrs_span_of(name)));

	assert_non_null(term);
	return term;
}

static struct nrs_term *port_term(struct nrs_builder *b, int64_t port)
{
	struct nrs_term *term = nrs_term_atom(
		b, nrs_build_exact(b, NRS_LANE_DST_PORT, nrs_span(&port, 8)));

	assert_non_null(term);
	return term;
}

static struct nrs_term *both(struct nrs_builder *b, struct nrs_term *one,
			     struct nrs_term *other)
{
	struct nrs_term *term = nrs_term_new(b, NRS_TERM_AND);

	assert_non_null(term);
	term->child = one;
	one->next = other;
	return term;
}

static uint32_t lead(const struct nrs_builder *b, unsigned int index)
{
	assert_true(index < b->leads.count);
	return ((const struct nrs_lead *)b->leads.items)[index].atom;
}

static const struct nrs_predicate *predicate(const struct nrs_builder *b,
					     unsigned int index)
{
	assert_true(index < b->predicates.count);
	return (const struct nrs_predicate *)b->predicates.items + index;
}

static void without_memory_there_is_no_term(void **state)
{
	struct made_builder *m = *state;

	assert_null(nrs_term_atom(&m->b, NRS_NONE));
	assert_null(nrs_term_either(&m->b, NULL, NULL));
}

static void a_single_test_needs_no_program(void **state)
{
	struct made_builder *m = *state;
	struct nrs_term *term = name_term(&m->b, "a.example");

	assert_int_equal(nrs_build_predicates(&m->b, term, NULL), NRS_OK);
	assert_int_equal(m->b.predicates.count, 1);
	assert_int_equal(m->b.programs.count, 0);
	assert_int_equal(predicate(&m->b, 0)->length, 0);
	assert_int_equal(predicate(&m->b, 0)->program, term->atom);
	assert_int_equal(lead(&m->b, 0), term->atom);
}

static void of_an_and_the_rarest_test_leads(void **state)
{
	struct made_builder *m = *state;
	struct nrs_term *port = port_term(&m->b, 443);
	struct nrs_term *name = name_term(&m->b, "a.example");

	assert_int_equal(
		nrs_build_predicates(&m->b, both(&m->b, port, name), NULL),
		NRS_OK);
	assert_int_equal(m->b.predicates.count, 1);
	assert_int_equal(m->b.leads.count, 1);
	assert_int_equal(lead(&m->b, 0), name->atom);
	/* two tests and their AND */
	assert_int_equal(predicate(&m->b, 0)->length, 3);
	const uint32_t *code = (const uint32_t *)m->b.programs.items;
	assert_true(code[2] == (NRS_CODE_AND | 2));
}

static void each_side_of_an_or_is_a_predicate(void **state)
{
	struct made_builder *m = *state;
	struct nrs_term *either =
		nrs_term_either(&m->b, name_term(&m->b, "a.example"),
				name_term(&m->b, "b.example"));

	either = nrs_term_either(&m->b, either, port_term(&m->b, 80));
	assert_int_equal(either->kind, NRS_TERM_OR);
	assert_int_equal(nrs_build_predicates(&m->b, either, NULL), NRS_OK);
	assert_int_equal(m->b.predicates.count, 3);
	assert_int_equal(m->b.leads.count, 3);
	assert_false(m->b.is_partial);
}

static void an_unseen_side_of_an_or_makes_it_partial(void **state)
{
	struct made_builder *m = *state;
	struct nrs_term *name = name_term(&m->b, "a.example");

	assert_ptr_equal(
		nrs_term_either(&m->b, name, nrs_term_unseen(&m->b, "why")),
		name);
	assert_true(m->b.is_partial);
	assert_string_equal(m->b.reason, "why");
	m->b.is_partial = false;
	assert_ptr_equal(
		nrs_term_either(&m->b, nrs_term_unseen(&m->b, "so"), name),
		name);
	assert_true(m->b.is_partial);
}

static void what_only_an_absence_decides_waits_for_the_end(void **state)
{
	struct made_builder *m = *state;
	struct nrs_term *absent = name_term(&m->b, "a.example");

	absent->kind = NRS_TERM_NOT;
	absent->at_end = true;
	assert_int_equal(nrs_build_predicates(&m->b, absent, NULL), NRS_OK);
	/* led by what every flow has, which is what a hit shows */
	assert_int_equal(m->b.leads.count, 1);
	assert_int_equal(
		builder_lane(&m->b,
			     ((const struct nrs_lead *)m->b.leads.items)->atom),
		NRS_LANE_SRC_ADDR);
	assert_true((predicate(&m->b, 0)->flags & NRS_PRED_AT_END) != 0);
}

static void flags_say_whose_values_can_satisfy_it(void **state)
{
	struct made_builder *m = *state;
	const struct nrs_addr addr = {.bytes = {[15] = 9}};

	/* a port belongs to the flow, a name to an exchange */
	assert_int_equal(
		nrs_build_predicates(&m->b, port_term(&m->b, 80), NULL),
		NRS_OK);
	assert_int_equal(predicate(&m->b, 0)->flags,
			 NRS_PRED_FLOW_ONLY | NRS_PRED_FLOW_CAPABLE);
	assert_int_equal(nrs_build_predicates(
				 &m->b, name_term(&m->b, "a.example"), NULL),
			 NRS_OK);
	assert_int_equal(predicate(&m->b, 1)->flags, 0);
	/* an address may be the flow's or an answer's */
	assert_int_equal(
		nrs_build_predicates(
			&m->b,
			nrs_term_atom(&m->b, nrs_build_exact(
						     &m->b, NRS_LANE_ADDR,
						     nrs_span(addr.bytes, 16))),
			NULL),
		NRS_OK);
	assert_int_equal(predicate(&m->b, 2)->flags, NRS_PRED_FLOW_CAPABLE);
}

static void a_window_is_kept_and_judged_at_the_end(void **state)
{
	const struct nrs_window window = {.start_ns = 1, .stop_ns = 2};
	struct made_builder *m = *state;

	assert_int_equal(nrs_build_predicates(
				 &m->b, name_term(&m->b, "a.example"), &window),
			 NRS_OK);
	assert_int_equal(predicate(&m->b, 0)->window, 1);
	assert_true((predicate(&m->b, 0)->flags & NRS_PRED_AT_END) != 0);
	assert_int_equal(m->b.windows.count, 1);
	/* so the value must be there then */
	assert_true(((const struct nrs_atom *)m->b.atoms.items)->is_kept);
}

static void a_guard_holds_the_whole_back_unless_another_narrows(void **state)
{
	struct made_builder *m = *state;
	struct nrs_term *absurd = port_term(&m->b, 80);
	struct nrs_term *good = name_term(&m->b, "a.example");

	absurd->guard = "guard: absurd";
	assert_true(nrs_term_is_guarded(&m->b, absurd));
	assert_string_equal(m->b.reason, "guard: absurd");
	assert_true(m->b.is_guarded);
	assert_int_equal(nrs_build_predicates(&m->b, absurd, NULL),
			 NRS_E_FORMAT);
	assert_int_equal(m->b.predicates.count, 0);
	/* AND: the good side narrows it; OR: the absurd side matches alone */
	m->b.is_guarded = false;
	assert_false(nrs_term_is_guarded(&m->b, both(&m->b, absurd, good)));
	assert_false(m->b.is_guarded);
	absurd->next = NULL;
	assert_true(nrs_term_is_guarded(&m->b,
					nrs_term_either(&m->b, good, absurd)));
	/* AND of absurd ones only */
	struct nrs_term *other = port_term(&m->b, 81);
	other->guard = "guard: too";
	absurd->next = NULL;
	assert_true(nrs_term_is_guarded(&m->b, both(&m->b, other, absurd)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NRS_B(without_memory_there_is_no_term),
		NRS_B(a_single_test_needs_no_program),
		NRS_B(of_an_and_the_rarest_test_leads),
		NRS_B(each_side_of_an_or_is_a_predicate),
		NRS_B(an_unseen_side_of_an_or_makes_it_partial),
		NRS_B(what_only_an_absence_decides_waits_for_the_end),
		NRS_B(flags_say_whose_values_can_satisfy_it),
		NRS_B(a_window_is_kept_and_judged_at_the_end),
		NRS_B(a_guard_holds_the_whole_back_unless_another_narrows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
