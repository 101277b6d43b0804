/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sco_tunnel: tunnels behind a hit's values, and as STIX objects that
 * refer to what is inside.
 */
#include "engine/sco_tunnel.h"

#include "tests/nrs_test.h"

static struct nrs_addr addr(const char *text)
{
	struct nrs_addr a;

	assert_int_equal(nrs_addr_parse(nrs_span_of(text), &a), NRS_OK);
	return a;
}

/* GRE, and VXLAN in it. */
static void make(struct nrs_outer outers[2], struct nrs_flow_info *flow)
{
	outers[0] = (struct nrs_outer){.src = addr("203.0.113.1"),
				       .dst = addr("203.0.113.2"),
				       .proto = 47};
	outers[1] = (struct nrs_outer){.src = addr("198.51.100.1"),
				       .dst = addr("198.51.100.2"),
				       .src_port = 40000,
				       .dst_port = 4789,
				       .proto = 17};
	*flow = (struct nrs_flow_info){.src = addr("10.0.0.5"),
				       .dst = addr("192.0.2.80"),
				       .src_port = 51234,
				       .dst_port = 80,
				       .proto = 6};
}

static const struct nrs_json *parse(struct nrs_arena *arena,
				    const struct nrs_sco_list *list)
{
	struct nrs_text text = {0};
	struct nrs_json *tree = NULL;

	nrs_text_putc(&text, '[');
	nrs_text_add(&text, nrs_text_span(&list->objects));
	nrs_text_putc(&text, ']');
	assert_false(text.failed || list->objects.failed);
	assert_int_equal(
		nrs_json_parse(nrs_text_span(&text), arena, &tree, NULL),
		NRS_OK);
	nrs_text_fini(&text);
	return tree;
}

/* The traffic whose second protocol is @name. */
static const struct nrs_json *traffic(const struct nrs_json *list,
				      const char *name)
{
	for (const struct nrs_json *o = list->child; o != NULL; o = o->next) {
		const struct nrs_json *protocols = nrs_json_get(o, "protocols");

		if (protocols != NULL &&
		    nrs_span_is(protocols->child->next->text, name))
			return o;
	}
	fail_msg("no traffic with %s", name);
	return NULL;
}

static bool refers(const struct nrs_json *from, const struct nrs_json *to)
{
	const struct nrs_json *refs = nrs_json_get(from, "encapsulates_refs");

	return refs != NULL && refs->child->next == NULL &&
	       nrs_span_equal(refs->child->text, nrs_json_text(to, "id")) &&
	       nrs_span_equal(nrs_json_text(to, "encapsulated_by_ref"),
			      nrs_json_text(from, "id"));
}

static void each_tunnel_refers_to_what_is_inside_it(void **state)
{
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_sco_list list = {0};
	struct nrs_outer outers[2];
	struct nrs_flow_info flow;

	(void)state;
	make(outers, &flow);
	const struct nrs_sco_traffic inner = {.flow = &flow};
	nrs_sco_add_inner(&list, &inner, outers, 2);
	assert_int_equal(list.count, 9); /* three, and six addresses */
	const struct nrs_json *all = parse(arena, &list);
	const struct nrs_json *gre = traffic(all, "gre");
	const struct nrs_json *vxlan = traffic(all, "udp");
	const struct nrs_json *tcp = traffic(all, "tcp");
	int64_t port = 0;

	assert_true(refers(gre, vxlan));
	assert_true(refers(vxlan, tcp));
	assert_null(nrs_json_get(gre, "encapsulated_by_ref"));
	assert_null(nrs_json_get(gre, "dst_port"));
	assert_null(nrs_json_get(tcp, "encapsulates_refs"));
	assert_int_equal(nrs_json_i64(nrs_json_get(vxlan, "dst_port"), &port),
			 NRS_OK);
	assert_int_equal(port, 4789);
	nrs_sco_list_fini(&list);
	nrs_arena_free(arena);
}

static void without_a_tunnel_nothing_is_added(void **state)
{
	struct nrs_sco_list with = {0}, without = {0};
	struct nrs_outer outers[2];
	struct nrs_flow_info flow;

	(void)state;
	make(outers, &flow);
	const struct nrs_sco_traffic inner = {.flow = &flow};
	nrs_sco_add_inner(&with, &inner, outers, 0);
	nrs_sco_add_traffic(&without, &inner);
	assert_true(nrs_span_equal(nrs_text_span(&with.objects),
				   nrs_text_span(&without.objects)));
	nrs_sco_list_fini(&with);
	nrs_sco_list_fini(&without);
}

static void they_stand_behind_the_values_of_a_hit(void **state)
{
	struct {
		struct nrs_record_hit hit;
		struct nrs_record_value value;
		uint8_t octets[16];
		struct nrs_outer outers[2];
	} record = {.hit = {.value_count = 1, .outer_count = 2},
		    .value = {.len = 11}};
	struct nrs_outer out[NRS_OUTERS_MAX];
	struct nrs_flow_info flow;

	(void)state;
	make(record.outers, &flow);
	assert_int_equal(nrs_hit_outers(&record.hit, out), 2);
	assert_memory_equal(out, record.outers, sizeof(record.outers));
	record.hit.outer_count = 0;
	assert_int_equal(nrs_hit_outers(&record.hit, out), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_tunnel_refers_to_what_is_inside_it),
		cmocka_unit_test(without_a_tunnel_nothing_is_added),
		cmocka_unit_test(they_stand_behind_the_values_of_a_hit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
