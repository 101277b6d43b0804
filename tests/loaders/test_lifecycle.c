/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_lifecycle: lifecycle.expect.json, for all that is decided before a
 * pattern is compiled: versions, revocation, validity at its `now`, pattern
 * types, warnings.
 */
#include "tests/nrs_test.h"

#include "engine/base/json.h"
#include "loaders/loader.h"

/* Decided by the builder, which sees the pattern; here they are still full. */
static const char *const decided_by_the_builder[] = {
	"syntax error in the pattern",
	"host-only object type",
	"OR with an unobservable branch: the observable branch is kept",
	"AND with an unobservable branch cannot be decided",
};

static bool is_the_builders(struct nrs_span why)
{
	for (size_t i = 0; i < sizeof(decided_by_the_builder) /
				       sizeof(*decided_by_the_builder);
	     i++) {
		if (nrs_span_is(why, decided_by_the_builder[i]))
			return true;
	}
	return false;
}

/* The word of the expectation for what became of @item. */
static const char *outcome(const struct nrs_indicator *item, int64_t now)
{
	switch ((enum nrs_status)item->status) {
	case NRS_STATUS_REVOKED:
		return "revoked";
	case NRS_STATUS_SUPERSEDED:
		return "superseded";
	case NRS_STATUS_UNSUPPORTED:
		return "unsupported";
	case NRS_STATUS_REJECTED:
		return "rejected";
	case NRS_STATUS_FULL:
	case NRS_STATUS_BENIGN: /* active there: it must not alert */
		break;
	default:
		return "?";
	}
	if (now < item->valid_from_ns)
		return "pending";
	if (now >= item->valid_until_ns)
		return "expired";
	return item->warned ? "active-warn" : "active";
}

/* The one indicator of @id and @modified that is no duplicate. */
static const struct nrs_indicator *find(const struct nrs_set *set,
					struct nrs_span id, int64_t modified)
{
	const struct nrs_indicator *found = NULL;

	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		const struct nrs_indicator *item = nrs_set_at(set, i);

		if (!nrs_span_equal(item->id, id) ||
		    item->modified_ns != modified ||
		    item->status == NRS_STATUS_DUPLICATE)
			continue;
		assert_null(found);
		found = item;
	}
	return found;
}

static struct nrs_json *read_json(const char *name, struct nrs_arena *arena)
{
	static uint8_t bytes[65536];
	struct nrs_json *out = NULL;
	char path[4096];

	assert_true(nrs_test_shared(name, path, sizeof(path)));
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	const size_t len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	assert_true(len < sizeof(bytes));
	assert_int_equal(
		nrs_json_parse(nrs_span(bytes, len), arena, &out, NULL),
		NRS_OK);
	return out;
}

static unsigned int check(const struct nrs_set *set,
			  const struct nrs_json *expect, int64_t now)
{
	const struct nrs_span why = nrs_json_text(expect, "why");
	const struct nrs_span want = nrs_json_text(expect, "want");
	int64_t modified = 0;

	assert_int_equal(
		nrs_stamp_parse(nrs_json_text(expect, "modified"), &modified),
		NRS_OK);
	const struct nrs_indicator *item =
		find(set, nrs_json_text(expect, "id"), modified);
	assert_non_null(item);
	if (is_the_builders(why)) {
		assert_int_equal(item->status, NRS_STATUS_FULL);
		return 0;
	}
	if (!nrs_span_is(want, outcome(item, now))) {
		print_error("%.*s: %s\n", (int)why.len, (const char *)why.ptr,
			    outcome(item, now));
		fail();
	}
	return 1;
}

static void each_indicator_has_its_expected_outcome(void **state)
{
	const struct nrs_loader_options options = {.default_tlp = 0};
	struct nrs_arena *arena = nrs_arena_new(0);
	struct nrs_loader_result result;
	struct nrs_set *set = NULL;
	unsigned int decided = 0, count = 0;
	char path[4096];
	int64_t now = 0;

	(void)state;
	assert_true(nrs_test_shared("bundles/lifecycle/lifecycle.json", path,
				    sizeof(path)));
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	assert_int_equal(nrs_load_file(set, path, &options, &result, NULL),
			 NRS_OK);
	assert_int_equal(nrs_set_settle(set), NRS_OK);
	const struct nrs_json *root =
		read_json("bundles/lifecycle/lifecycle.expect.json", arena);
	assert_int_equal(nrs_stamp_parse(nrs_json_text(root, "now"), &now),
			 NRS_OK);
	for (const struct nrs_json *e = nrs_json_get(root, "expect")->child;
	     e != NULL; e = e->next, count++)
		decided += check(set, e, now);
	assert_int_equal(count, 34);
	assert_int_equal(decided, 30);
	nrs_set_free(set);
	nrs_arena_free(arena);
}

/* What the `why` of some says beyond the outcome. */
static void markings_confidence_and_context_are_read(void **state)
{
	static const struct {
		const char *id;
		enum nrs_tlp tlp;
		int confidence;
	} rows[] = {
		{"indicator--ad38835e-ddd6-4f55-afa7-3207237751aa",
		 NRS_TLP_NONE, -1},
		{"indicator--b03da701-c632-476a-9036-3c5f972651da",
		 NRS_TLP_NONE, 0},
		{"indicator--e323bb2a-bf00-488d-8a22-e4c76237dbe6",
		 NRS_TLP_NONE, 100},
		{"indicator--3478442b-4a8a-4593-ab40-a9b81a070205",
		 NRS_TLP_NONE, -1},
		{"indicator--6583d614-35bb-4c11-a950-27004448a6a1", NRS_TLP_RED,
		 -1},
		{"indicator--0b0ecf26-cf3c-47e5-9777-039e47fbb3b4",
		 NRS_TLP_AMBER_STRICT, -1},
		{"indicator--01597ac1-e2eb-47c8-b573-f6c533115519", NRS_TLP_RED,
		 -1},
		{"indicator--e553fb51-0e06-4cd4-a943-98c5e11e99fb",
		 NRS_TLP_AMBER, -1},
	};
	const struct nrs_loader_options options = {.default_tlp = 0};
	struct nrs_loader_result result;
	struct nrs_set *set = NULL;
	char path[4096];
	int64_t modified;

	(void)state;
	assert_true(nrs_test_shared("bundles/lifecycle/lifecycle.json", path,
				    sizeof(path)));
	assert_int_equal(nrs_set_new(&set), NRS_OK);
	nrs_load_file(set, path, &options, &result, NULL);
	nrs_stamp_parse(nrs_span_of("2026-01-02T00:00:00.000Z"), &modified);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct nrs_indicator *item =
			find(set, nrs_span_of(rows[i].id), modified);

		assert_non_null(item);
		assert_int_equal(item->tlp, rows[i].tlp);
		assert_int_equal(item->confidence, rows[i].confidence);
	}
	const struct nrs_indicator *plain =
		find(set, nrs_span_of(rows[0].id), modified);
	assert_true(nrs_span_is(plain->context->background->indicates,
				"Poison Ivy"));
	nrs_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_indicator_has_its_expected_outcome),
		cmocka_unit_test(markings_confidence_and_context_are_read),
	};
	char path[4096];

	if (!nrs_test_shared("bundles/lifecycle/lifecycle.json", path,
			     sizeof(path)))
		return NRS_SKIP;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
