/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept of what was pulled, and how it becomes indicators again.
 */
#include "loaders/taxii_keep.h"

#include "tests/base/made_store.h"

#define URL "https://hub.example/api/"
#define ID "indicator--11111111-1111-4111-8111-111111111111"
#define AT(t, more)                                                            \
	"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"" ID        \
	"\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"" t        \
	"\",\"pattern\":\"[domain-name:value = 'c2.example']\","               \
	"\"pattern_type\":\"stix\",\"valid_from\":\"2026-01-01T00:00:"         \
	"00Z\"" more "}"
#define OLD AT("2026-01-01T00:00:00.000Z", "")
#define OLD_AGAIN AT("2026-01-01T00:00:00Z", ",\"name\":\"x\"")
#define MIDDLE AT("2026-01-02T00:00:00.000Z", "")
#define GONE AT("2026-01-02T00:00:00.000Z", ",\"revoked\":true")
#define NEW AT("2026-01-03T00:00:00.000Z", "")

static const struct nrs_taxii_where where = {
	{(const uint8_t *)"isac-a", 6},
	{(const uint8_t *)URL, sizeof(URL) - 1},
	{(const uint8_t *)"alerts", 6}};

static struct made_store disk;

static int open_store(void **state)
{
	(void)state;
	made_store_begin(&disk, &nrs_taxii_schema);
	return 0;
}

static int close_store(void **state)
{
	(void)state;
	made_store_end(&disk);
	return 0;
}

static struct nrs_taxii_keep *keep_of(const struct nrs_taxii_where *place)
{
	struct nrs_taxii_keep *keep = NULL;
	struct nrs_diag diag = {0};

	if (nrs_taxii_keep_new(&keep, disk.store, place, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
	return keep;
}

static enum nrs_taxii_kept put(struct nrs_taxii_keep *keep, const char *text)
{
	enum nrs_taxii_kept kept = NRS_TAXII_REFUSED;

	assert_int_equal(
		nrs_taxii_keep_object(keep, nrs_span_of(text), &kept, NULL),
		NRS_OK);
	return kept;
}

/* What was kept behind @after. */
static struct nrs_set *load_after(const struct nrs_taxii_where *place,
				  int64_t after)
{
	const struct nrs_loader_options options = {0};
	const struct nrs_taxii_load from = {.store = disk.store,
					    .where = place,
					    .options = &options,
					    .after = after};
	struct nrs_loader_result result;
	struct nrs_diag diag = {0};
	struct nrs_set *set = NULL;

	assert_int_equal(nrs_set_new(&set), NRS_OK);
	if (nrs_taxii_load(&from, set, &result, &diag) != NRS_OK)
		fail_msg("%s", diag.text);
	assert_int_equal(nrs_set_settle(set), NRS_OK);
	assert_int_equal(result.refused, 0);
	return set;
}

static struct nrs_set *load(const struct nrs_taxii_where *place)
{
	return load_after(place, 0);
}

/* What is kept of versions that came in some order. */
static const struct {
	const char *name;
	const char *texts[3];
	enum nrs_taxii_kept kept[3];
	uint64_t objects;
	bool is_matched; /* by the indicator that they make */
} orders[] = {
	{"a newer one replaces",
	 {OLD, MIDDLE, NEW},
	 {NRS_TAXII_NEW, NRS_TAXII_NEW, NRS_TAXII_NEW},
	 1,
	 true},
	{"an older one comes late",
	 {NEW, OLD, MIDDLE},
	 {NRS_TAXII_NEW, NRS_TAXII_KNOWN, NRS_TAXII_KNOWN},
	 1,
	 true},
	{"the same twice, written otherwise",
	 {OLD, OLD_AGAIN, OLD},
	 {NRS_TAXII_NEW, NRS_TAXII_KNOWN, NRS_TAXII_KNOWN},
	 1,
	 true},
	{"revoked is final",
	 {OLD, GONE, NEW},
	 {NRS_TAXII_NEW, NRS_TAXII_NEW, NRS_TAXII_NEW},
	 2,
	 false},
	{"a revocation comes late",
	 {NEW, GONE, OLD},
	 {NRS_TAXII_NEW, NRS_TAXII_NEW, NRS_TAXII_KNOWN},
	 2,
	 false},
};

static void versions_may_come_in_any_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		struct nrs_taxii_where place = where;
		uint32_t matched = 0;

		print_message("%s\n", orders[i].name);
		place.source = nrs_span_of(orders[i].name);
		struct nrs_taxii_keep *keep = keep_of(&place);
		for (size_t j = 0; j < 3; j++)
			assert_int_equal(put(keep, orders[i].texts[j]),
					 orders[i].kept[j]);
		assert_int_equal(nrs_taxii_keep_commit(keep, NULL), NRS_OK);
		assert_int_equal(nrs_taxii_keep_mark(keep)->objects,
				 orders[i].objects);
		nrs_taxii_keep_free(keep);
		struct nrs_set *set = load(&place);
		for (uint32_t at = 0; at < nrs_set_count(set); at++)
			matched +=
				nrs_set_at(set, at)->status == NRS_STATUS_FULL;
		assert_int_equal(matched, orders[i].is_matched);
		nrs_set_free(set);
	}
}

#define RED "marking-definition--11111111-1111-4111-8111-111111111111"
static const char red[] = "{\"type\":\"marking-definition\",\"id\":\"" RED
			  "\",\"created\":\"2026-01-01T00:00:00.000Z\","
			  "\"definition_type\":\"tlp\","
			  "\"definition\":{\"tlp\":\"red\"}}";
static const char marked[] =
	"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":"
	"\"indicator--22222222-2222-4222-8222-222222222222\","
	"\"created\":\"2026-01-01T00:00:00.000Z\","
	"\"modified\":\"2026-01-01T00:00:00.000Z\","
	"\"pattern\":\"[domain-name:value = 'b.example']\","
	"\"pattern_type\":\"stix\",\"object_marking_refs\":[\"" RED "\"],"
	"\"valid_from\":\"2026-01-01T00:00:00Z\"}";

static void what_came_later_is_loaded_alone_with_its_markings(void **state)
{
	const struct nrs_taxii_load from = {.store = disk.store,
					    .where = &where};
	struct nrs_taxii_keep *keep = keep_of(&where);
	struct nrs_taxii_where other = where;
	struct nrs_taxii_extent mark, next;

	(void)state;
	assert_int_equal(nrs_taxii_last(&from, &mark, NULL), NRS_OK);
	assert_int_equal(mark.mark, 0);
	(void)put(keep, red);
	(void)put(keep, OLD);
	assert_int_equal(nrs_taxii_keep_commit(keep, NULL), NRS_OK);
	assert_int_equal(nrs_taxii_last(&from, &mark, NULL), NRS_OK);
	(void)put(keep, marked);
	(void)put(keep, MIDDLE);
	assert_int_equal(nrs_taxii_keep_commit(keep, NULL), NRS_OK);
	nrs_taxii_keep_free(keep);
	assert_int_equal(nrs_taxii_last(&from, &next, NULL), NRS_OK);
	assert_true(next.mark > mark.mark);
	assert_true(next.withdrawn == mark.withdrawn);
	struct nrs_set *set = load_after(&where, mark.mark);
	assert_int_equal(nrs_set_count(set), 2);
	assert_int_equal(nrs_set_tlp(set, 0), NRS_TLP_RED);
	nrs_set_free(set);
	set = load_after(&where, next.mark);
	assert_int_equal(nrs_set_count(set), 0);
	nrs_set_free(set);
	other.source = nrs_span_of("other");
	set = load_after(&other, mark.mark);
	assert_int_equal(nrs_set_count(set), 0);
	nrs_set_free(set);
	/* Marks hold only as long as nothing goes: that is told. */
	uint64_t gone = 0;
	keep = keep_of(&where);
	nrs_taxii_keep_mark(keep)->refresh_ns = 7;
	assert_int_equal(nrs_taxii_keep_withdraw(keep, &gone, NULL), NRS_OK);
	assert_int_equal(nrs_taxii_keep_commit(keep, NULL), NRS_OK);
	nrs_taxii_keep_free(keep);
	assert_int_equal(gone, 3);
	assert_int_equal(nrs_taxii_last(&from, &next, NULL), NRS_OK);
	assert_int_equal(next.withdrawn, 3);
}

static void bytes_are_those_of_what_is_kept(void **state)
{
	struct nrs_taxii_keep *keep = keep_of(&where);

	(void)state;
	(void)put(keep, OLD);
	(void)put(keep, MIDDLE);
	assert_int_equal(nrs_taxii_keep_mark(keep)->bytes, strlen(MIDDLE));
	assert_int_equal(nrs_taxii_keep_commit(keep, NULL), NRS_OK);
	nrs_taxii_keep_free(keep);
	keep = keep_of(&where);
	assert_int_equal(nrs_taxii_keep_mark(keep)->bytes, strlen(MIDDLE));
	nrs_taxii_keep_free(keep);
}

static void a_mark_and_its_objects_are_saved_together(void **state)
{
	struct nrs_taxii_keep *keep = keep_of(&where);
	struct nrs_taxii_mark *mark = nrs_taxii_keep_mark(keep);

	(void)state;
	assert_int_equal(mark->watermark_ns, NRS_TIME_MIN);
	(void)put(keep, OLD);
	mark->watermark_ns = 7;
	nrs_text_puts(&mark->next, "n1");
	assert_int_equal(nrs_taxii_keep_commit(keep, NULL), NRS_OK);
	(void)put(keep, NEW);
	mark->watermark_ns = 8;
	nrs_text_clear(&mark->next);
	nrs_taxii_keep_rollback(keep);
	assert_int_equal(mark->watermark_ns, 7);
	assert_true(nrs_span_is(nrs_text_span(&mark->next), "n1"));
	assert_int_equal(put(keep, NEW), NRS_TAXII_NEW);
	nrs_taxii_keep_free(keep); /* not committed */
	keep = keep_of(&where);
	mark = nrs_taxii_keep_mark(keep);
	assert_int_equal(mark->watermark_ns, 7);
	assert_int_equal(mark->after_ns, NRS_TIME_MIN);
	assert_true(nrs_span_is(nrs_text_span(&mark->next), "n1"));
	assert_int_equal(mark->objects, 1);
	nrs_taxii_keep_free(keep);
}

static void collections_do_not_mix(void **state)
{
	struct nrs_taxii_where other = where;
	struct nrs_taxii_keep *keep = keep_of(&where);

	(void)state;
	other.url = nrs_span_of("https://other.example/api/");
	assert_int_equal(put(keep, OLD), NRS_TAXII_NEW);
	assert_int_equal(nrs_taxii_keep_commit(keep, NULL), NRS_OK);
	nrs_taxii_keep_free(keep);
	keep = keep_of(&other);
	assert_int_equal(nrs_taxii_keep_mark(keep)->objects, 0);
	nrs_taxii_keep_free(keep);
	struct nrs_set *set = load(&other);
	assert_int_equal(nrs_set_count(set), 0);
	nrs_set_free(set);
}

static void objects_of_any_type_are_kept_and_context_is_joined(void **state)
{
	static const char *const texts[] = {
		OLD,
		"{\"type\":\"report\",\"id\":\"report--1\",\"name\":\"R\","
		"\"modified\":\"2026-01-01T00:00:00Z\",\"object_refs\":"
		"[\"" ID "\"]}",
		"{\"type\":\"note\",\"id\":\"note--1\",\"object_refs\":[]}",
		"{\"type\":\"opinion\",\"id\":\"opinion--1\"}",
		"{\"type\":\"sighting\",\"id\":\"sighting--1\"}",
		"{\"type\":\"ipv4-addr\",\"id\":\"ipv4-addr--1\","
		"\"value\":\"198.51.100.3\"}"};
	struct nrs_taxii_keep *keep = keep_of(&where);

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_int_equal(put(keep, texts[i]), NRS_TAXII_NEW);
	assert_int_equal(nrs_taxii_keep_commit(keep, NULL), NRS_OK);
	nrs_taxii_keep_free(keep);
	struct nrs_set *set = load(&where);
	assert_int_equal(nrs_set_count(set), 1);
	const struct nrs_indicator *indicator = nrs_set_at(set, 0);
	assert_true(nrs_span_is(indicator->id, ID));
	assert_non_null(indicator->context);
	assert_true(
		nrs_span_is(indicator->context->background->report_name, "R"));
	assert_true(nrs_span_is(nrs_set_source_of(set, indicator->source)->name,
				"isac-a"));
	nrs_set_free(set);
}

static void what_has_no_usable_id_is_refused(void **state)
{
	static const char *const texts[] = {
		"{\"type\":\"note\"}",
		"{\"type\":\"note\",\"id\":\"\"}",
		"{\"type\":\"note\",\"id\":\"note-1\"}",
		"{\"type\":\"note\",\"id\":[\"note--1\"]}",
		"{\"id\":\"note--1\"}",
		"{\"type\":\"note\",\"id\":\"note--1\"",
		"[]",
		""};
	struct nrs_taxii_keep *keep = keep_of(&where);
	char huge[400];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		print_message("%s\n", texts[i]);
		assert_int_equal(put(keep, texts[i]), NRS_TAXII_REFUSED);
	}
	snprintf(huge, sizeof(huge),
		 "{\"type\":\"note\",\"id\":\"note--%0251d\"}", 1);
	assert_int_equal(put(keep, huge), NRS_TAXII_REFUSED);
	assert_int_equal(nrs_taxii_keep_mark(keep)->objects, 0);
	nrs_taxii_keep_free(keep);
	nrs_taxii_keep_free(NULL);
}

#define WITH_STORE(test)                                                       \
	cmocka_unit_test_setup_teardown(test, open_store, close_store)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(versions_may_come_in_any_order),
		WITH_STORE(what_came_later_is_loaded_alone_with_its_markings),
		WITH_STORE(bytes_are_those_of_what_is_kept),
		WITH_STORE(a_mark_and_its_objects_are_saved_together),
		WITH_STORE(collections_do_not_mix),
		WITH_STORE(objects_of_any_type_are_kept_and_context_is_joined),
		WITH_STORE(what_has_no_usable_id_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
