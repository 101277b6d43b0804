/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_by_hand: what a person's word takes off, of a base and of what came
 * later, and what it does not.
 */
#include "app/by_hand.h"

#include <stdlib.h>

#include "engine/set_over.h"
#include "tests/app/workshop.h"

#define UUID "8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3"

static const struct {
	const char *id; /* NULL: a value of a list */
	const char *text;
	enum nrs_shape shape;
} items[] = {
	{"indicator--" UUID "0", "[domain-name:value = 'a.example']", 0},
	{"indicator--" UUID "1",
	 "[domain-name:value = 'a.example' OR domain-name:value = 'b.example']",
	 0},
	{"indicator--" UUID "2",
	 "[url:value = 'http://a.example/x' AND network-traffic:dst_port = 80]",
	 0},
	{"indicator--" UUID "3", "[ipv4-addr:value = '192.0.2.0/24']", 0},
	{"indicator--" UUID "4", "[ipv4-addr:value = '192.0.2.7']", 0},
	{NULL, "a.example", NRS_SHAPE_NAME},
	{NULL, "192.0.2.7", NRS_SHAPE_IPV4},
	{NULL, "198.51.100.0/24", NRS_SHAPE_IPV4},
	{NULL, "a.example/x", NRS_SHAPE_URL},
	{NULL, "d41d8cd98f00b204e9800998ecf8427f", NRS_SHAPE_MD5},
};
#define ITEMS (sizeof(items) / sizeof(*items))

static void add_all(struct nrs_set *set)
{
	uint32_t source;

	assert_int_equal(nrs_set_source(set, nrs_span_of("s"), nrs_span_of("s"),
					&source),
			 NRS_OK);
	for (size_t i = 0; i < ITEMS; i++) {
		const struct nrs_indicator item = {
			.id = nrs_span_of(items[i].id),
			.pattern = nrs_span_of(items[i].text),
			.shape = (uint8_t)items[i].shape,
			.modified_ns = 1,
			.valid_from_ns = NRS_TIME_MIN,
			.valid_until_ns = NRS_TIME_MAX,
			.confidence = -1,
			.source = source,
			.version = NRS_STIX_21};

		assert_int_equal(items[i].id == NULL
					 ? nrs_set_add_value(set, &item)
					 : nrs_set_add(set, &item),
				 NRS_OK);
	}
}

/* As bits: who is EXCEPTED, from @first on. */
static uint32_t excepted(const struct nrs_set *set, uint32_t first)
{
	uint32_t bits = 0;

	for (uint32_t i = 0; i < ITEMS; i++)
		bits |= (uint32_t)(nrs_set_status(set, first + i) ==
				   NRS_STATUS_EXCEPTED)
			<< i;
	return bits;
}

#define B(i) (UINT32_C(1) << (i))
static const struct {
	const char *name, *list;
	uint32_t off;
} cases[] = {
	{"nothing", "", 0},
	{"what nobody says", "nobody.example\nindicator--x\n", 0},
	{"a name, and who names it alone", "a.example\n", B(0) | B(5)},
	{"both sides of an OR", "a[.]example\nb.example\n", B(0) | B(1) | B(5)},
	{"an address, not the prefix around it", "192.0.2.7\n", B(4) | B(6)},
	{"a prefix, not what lies in it", "192.0.2.0/24\n", B(3)},
	{"a prefix of a list", "198.51.100.0/24\n", B(7)},
	{"a URL", "hxxp://a[.]example/x\n", B(2) | B(8)},
	{"a digest", "D41D8CD98F00B204E9800998ECF8427F\n", B(9)},
	{"an id", "indicator--" UUID "1\n", B(1)},
	{"ids and values", "indicator--" UUID "2\na.example\n",
	 B(0) | B(2) | B(5)},
};

static void a_value_takes_off_who_names_nothing_else(void **state)
{
	const struct nrs_build_options options = {.seats = 1, .generation = 1};
	struct nrs_set *under = NULL;
	struct nrs_db *db = NULL;

	(void)state;
	assert_int_equal(nrs_set_new(&under), NRS_OK);
	add_all(under);
	assert_int_equal(nrs_set_settle(under), NRS_OK);
	assert_int_equal(nrs_db_build(&db, under, &options), NRS_OK);
	for (size_t c = 0; c < sizeof(cases) / sizeof(*cases); c++) {
		struct nrs_by_hand_rows rows = {0};
		struct nrs_by_hand *hand = NULL;
		struct nrs_set *over = NULL;

		print_message("%s\n", cases[c].name);
		assert_int_equal(nrs_by_hand_new(&hand,
						 workshop_write("withdrawn",
								cases[c].list),
						 NULL),
				 NRS_OK);
		assert_int_equal(nrs_by_hand_find(hand, db, 0, &rows), NRS_OK);
		assert_int_equal(nrs_set_over(&over, under), NRS_OK);
		assert_int_equal(nrs_by_hand_judge(hand, &rows, over), NRS_OK);
		assert_int_equal(excepted(over, 0), cases[c].off);
		free(rows.rows);
		nrs_set_free(over);
		nrs_by_hand_free(hand);
	}
	nrs_db_free(db);
	nrs_set_free(under);
}

static void what_came_later_is_taken_off_too(void **state)
{
	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(*cases); c++) {
		const struct nrs_by_hand_rows none = {0};
		struct nrs_by_hand *hand = NULL;
		struct nrs_set *under = NULL, *over = NULL;

		print_message("%s\n", cases[c].name);
		assert_int_equal(nrs_by_hand_new(&hand,
						 workshop_write("withdrawn",
								cases[c].list),
						 NULL),
				 NRS_OK);
		assert_int_equal(nrs_set_new(&under), NRS_OK);
		assert_int_equal(nrs_set_over(&over, under), NRS_OK);
		add_all(over);
		assert_int_equal(nrs_by_hand_judge(hand, &none, over), NRS_OK);
		assert_int_equal(excepted(over, 0), cases[c].off);
		nrs_set_free(over);
		nrs_set_free(under);
		nrs_by_hand_free(hand);
	}
}

/* The id that is shown for a value of a list, too. */
static void a_derived_id_is_an_id(void **state)
{
	const struct nrs_by_hand_rows none = {0};
	struct nrs_by_hand *hand = NULL;
	struct nrs_set *under = NULL, *over = NULL;
	struct nrs_text id = {0};

	(void)state;
	assert_int_equal(nrs_set_new(&under), NRS_OK);
	assert_int_equal(nrs_set_over(&over, under), NRS_OK);
	add_all(over);
	nrs_set_id(over, 9, &id);
	nrs_text_putc(&id, '\0');
	assert_int_equal(nrs_by_hand_new(&hand,
					 workshop_write("withdrawn",
							(const char *)id.ptr),
					 NULL),
			 NRS_OK);
	assert_int_equal(nrs_by_hand_judge(hand, &none, over), NRS_OK);
	assert_int_equal(excepted(over, 0), B(9));
	nrs_by_hand_free(hand);
	nrs_text_fini(&id);
	nrs_set_free(over);
	nrs_set_free(under);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_takes_off_who_names_nothing_else),
		cmocka_unit_test(what_came_later_is_taken_off_too),
		cmocka_unit_test(a_derived_id_is_an_id),
	};

	return cmocka_run_group_tests_name("by_hand", tests, workshop_open,
					   workshop_close);
}
