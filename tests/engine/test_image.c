/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_image: a set and its image say and match the same; what is no image of
 * ours, or was harmed, is refused in words; and one that lies on purpose leads
 * nowhere.
 */
#include "tests/nrs_test.h"

#include "engine/image_layout.h"
#include "tests/engine/made_image.h"

struct fixture {
	struct nrs_set *set;
	struct nrs_db *db;
	uint8_t *octets;
	size_t len;
};

static int set_up(void **state)
{
	const struct nrs_image_options options = made_options();
	struct fixture *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -1;
	f->set = made_set();
	assert_int_equal(nrs_db_build(&f->db, f->set, &options.building),
			 NRS_OK);
	f->octets = made_octets(f->db, options.key, &f->len);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	nrs_db_free(f->db);
	nrs_set_free(f->set);
	free(f->octets);
	free(f);
	return 0;
}

static int read_octets(struct nrs_image *image, const uint8_t *octets,
		       size_t len, struct nrs_diag *diag)
{
	const struct nrs_image_options options = made_options();

	*diag = (struct nrs_diag){0};
	return nrs_image_read(image, nrs_span(octets, len), &options, diag);
}

static struct nrs_image image_of(const struct fixture *f)
{
	struct nrs_image image;
	struct nrs_diag diag;

	assert_int_equal(read_octets(&image, f->octets, f->len, &diag), NRS_OK);
	return image;
}

static void assert_same_text(struct nrs_span a, struct nrs_span b)
{
	if (!nrs_span_equal(a, b))
		fail_msg("%.*s is not %.*s", (int)a.len, (const char *)a.ptr,
			 (int)b.len, (const char *)b.ptr);
}

static void assert_same_item(const struct nrs_indicator *a,
			     const struct nrs_indicator *b)
{
	assert_same_text(a->id, b->id);
	assert_same_text(a->pattern, b->pattern);
	assert_int_equal(a->created_ns, b->created_ns);
	assert_int_equal(a->modified_ns, b->modified_ns);
	assert_int_equal(a->valid_from_ns, b->valid_from_ns);
	assert_int_equal(a->valid_until_ns, b->valid_until_ns);
	assert_int_equal(a->source, b->source);
	assert_int_equal(a->place, b->place);
	assert_int_equal(a->watched, b->watched);
	assert_int_equal(a->confidence, b->confidence);
	assert_int_equal(a->tlp, b->tlp);
	assert_int_equal(a->shape, b->shape);
	assert_int_equal(a->status, b->status);
	assert_int_equal(a->version, b->version);
	assert_int_equal(a->warned, b->warned);
	assert_int_equal(a->context == NULL, b->context == NULL);
	if (a->context == NULL || b->context == NULL)
		return;
	assert_same_text(a->context->name, b->context->name);
	assert_same_text(a->context->description, b->context->description);
	for (size_t m = 0; m < NRS_BACKGROUND_MEMBERS; m++)
		assert_same_text(
			nrs_background_get(nrs_indicator_background(a), m),
			nrs_background_get(nrs_indicator_background(b), m));
}

static void each_indicator_comes_back_as_it_was(void **state)
{
	const struct fixture *f = *state;
	struct nrs_image image = image_of(f);

	assert_int_equal(nrs_set_count(image.set), nrs_set_count(f->set));
	for (uint32_t i = 0; i < nrs_set_count(f->set); i++) {
		assert_same_item(nrs_set_at(f->set, i),
				 nrs_set_at(image.set, i));
		assert_string_equal(nrs_set_reason(f->set, i),
				    nrs_set_reason(image.set, i));
		assert_int_equal(nrs_set_identity(f->set, i),
				 nrs_set_identity(image.set, i));
	}
	assert_int_equal(made_look(f->set), made_look(image.set));
	made_image_free(&image);
}

static void sources_refusals_and_the_digest_come_back(void **state)
{
	const struct fixture *f = *state;
	struct nrs_image image = image_of(f);
	const struct nrs_set_refusal *refusals;
	struct nrs_text one = {0}, other = {0};

	assert_int_equal(nrs_set_sources(image.set), 2);
	assert_same_text(nrs_set_source_of(image.set, 1)->path,
			 nrs_span_of("l.txt"));
	assert_int_equal(nrs_set_refusals(image.set, &refusals), 1);
	assert_int_equal(refusals->place, 99);
	assert_same_text(refusals->text, nrs_span_of("x y: no value"));
	assert_int_equal(nrs_set_refused(image.set), 1);
	assert_int_equal(nrs_set_digest(f->set, &one), NRS_OK);
	assert_int_equal(nrs_set_digest(image.set, &other), NRS_OK);
	assert_same_text(nrs_text_span(&one), nrs_text_span(&other));
	nrs_text_fini(&one);
	nrs_text_fini(&other);
	made_image_free(&image);
}

static void an_image_matches_what_its_sources_match(void **state)
{
	const struct fixture *f = *state;
	struct nrs_image image = image_of(f);
	struct nrs_db_sizes one, other;

	assert_true(made_match(f->db) > 20);
	assert_int_equal(made_match(f->db), made_match(image.db));
	assert_int_equal(nrs_db_demand(f->db), nrs_db_demand(image.db));
	assert_int_equal(nrs_db_generation(image.db), 9);
	nrs_db_sizes(f->db, &one);
	nrs_db_sizes(image.db, &other);
	assert_int_equal(one.hyperscan, other.hyperscan);
	assert_int_equal(one.pcre, other.pcre);
	assert_int_equal(one.guarded, other.guarded);
	made_image_free(&image);
}

/* The head, then every octet behind it; padding alone may be anything, but the
 * sum covers it too. */
static void no_octet_can_be_another(void **state)
{
	const struct fixture *f = *state;
	uint8_t *copy = made_copy(f->octets, f->len);
	struct nrs_image image;
	struct nrs_diag diag;

	for (size_t at = 0; at < f->len; at++) {
		copy[at] ^= 0x10;
		const int err = read_octets(&image, copy, f->len, &diag);

		if (err != NRS_E_FORMAT && err != NRS_E_UNSUPPORTED)
			fail_msg("octet %zu: %d", at, err);
		assert_true(diag.text[0] != '\0');
		copy[at] ^= 0x10;
	}
	free(copy);
}

static void no_length_but_the_whole_is_taken(void **state)
{
	const struct fixture *f = *state;
	struct nrs_image image;
	struct nrs_diag diag;

	for (size_t len = 0; len < f->len; len += len < 4096 ? 1 : 97) {
		uint8_t *copy = made_copy(f->octets, len);

		assert_int_equal(read_octets(&image, copy, len, &diag),
				 NRS_E_FORMAT);
		free(copy);
	}
	uint8_t *longer = made_copy(f->octets, f->len + 1);
	assert_int_equal(read_octets(&image, longer, f->len + 1, &diag),
			 NRS_E_FORMAT);
	free(longer);
}

/* As if the writer had meant it: the sum is right again. */
static void a_lie_under_a_right_sum_leads_nowhere(void **state)
{
	const struct fixture *f = *state;
	static const uint8_t lies[] = {0x01, 0x80, 0xff};
	unsigned int opened = 0;

	for (size_t at = NRS_IMAGE_SUMMED; at < f->len; at++) {
		uint8_t *copy = made_copy(f->octets, f->len);
		struct nrs_image image;
		struct nrs_diag diag;

		copy[at] ^= lies[at % sizeof(lies)];
		assert_true(nrs_image_seal(copy, f->len));
		if (read_octets(&image, copy, f->len, &diag) == NRS_OK) {
			(void)made_look(image.set);
			(void)made_match(image.db);
			made_image_free(&image);
			opened++;
		}
		free(copy);
	}
	assert_true(opened > 0);
}

static const struct {
	const char *name, *word;
	size_t at;
	uint8_t octet;
	int err;
} strangers[] = {
	{"a newer format", "newer format",
	 offsetof(struct nrs_image_head, version), 99, NRS_E_UNSUPPORTED},
	{"an older format", "older format",
	 offsetof(struct nrs_image_head, version), 0, NRS_E_UNSUPPORTED},
	{"another order of octets", "order of octets",
	 offsetof(struct nrs_image_head, endian), 1, NRS_E_UNSUPPORTED},
	{"another release", "compile it again",
	 offsetof(struct nrs_image_head, built_by), '9', NRS_E_UNSUPPORTED},
	{"other tables", "compile it again",
	 offsetof(struct nrs_image_head, stamp), 0x5a, NRS_E_UNSUPPORTED},
	{"another file", "no image", 0, 'X', NRS_E_FORMAT},
};

static void an_image_of_a_stranger_is_refused_in_words(void **state)
{
	const struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(strangers) / sizeof(*strangers); i++) {
		uint8_t *copy = made_copy(f->octets, f->len);
		struct nrs_image image;
		struct nrs_diag diag;

		copy[strangers[i].at] = strangers[i].octet;
		(void)nrs_image_seal(copy, f->len);
		assert_int_equal(read_octets(&image, copy, f->len, &diag),
				 strangers[i].err);
		if (strstr(diag.text, strangers[i].word) == NULL)
			fail_msg("%s: %s", strangers[i].name, diag.text);
		free(copy);
	}
}

/* Opened with @key: how many expressions were compiled again. */
static unsigned int recompiled(const uint8_t *octets, size_t len,
			       struct nrs_span key)
{
	struct nrs_image_options options = made_options();
	struct nrs_image image;
	struct nrs_diag diag;

	options.key = key;
	assert_int_equal(
		nrs_image_read(&image, nrs_span(octets, len), &options, &diag),
		NRS_OK);
	const unsigned int count = image.facts.recompiled;
	assert_int_equal(count > 0, image.facts.why != NULL);
	assert_true(made_match(image.db) > 20);
	made_image_free(&image);
	return count;
}

static void only_what_this_machine_compiled_is_believed(void **state)
{
	const struct fixture *f = *state;
	const struct nrs_span key = nrs_span(made_key, sizeof(made_key));
	const uint8_t other[NRS_IMAGE_KEY_LEN] = "another machine's key";
	size_t len;

	assert_int_equal(recompiled(f->octets, f->len, key), 0);
	assert_int_equal(
		recompiled(f->octets, f->len, nrs_span(other, sizeof(other))),
		3);
	assert_int_equal(recompiled(f->octets, f->len, nrs_span(NULL, 0)), 3);
	uint8_t *without = made_octets(f->db, nrs_span(NULL, 0), &len);
	assert_int_equal(recompiled(without, len, key), 3);
	free(without);
}

/* The library checks no more than a CRC of what it is given. */
static void a_changed_database_is_not_given_to_the_library(void **state)
{
	const struct fixture *f = *state;
	uint8_t *copy = made_copy(f->octets, f->len);
	struct nrs_image_head head;

	memcpy(&head, copy, sizeof(head));
	const struct nrs_image_place *place = &head.place[NRS_IMAGE_REGEXES];
	copy[place->at + place->len - 1] ^= 1; /* within the last saved one */
	(void)nrs_image_seal(copy, f->len);
	assert_true(recompiled(copy, f->len,
			       nrs_span(made_key, sizeof(made_key))) > 0);
	free(copy);
}

static void what_was_asked_for_and_is_not_in_it_is_told(void **state)
{
	const struct fixture *f = *state;
	const struct nrs_prefix net = {.bits = 96};
	struct nrs_image image;
	struct nrs_diag diag;

	for (int i = 0; i < 3; i++) {
		static const char *const lacks[] = {
			"--subdomains", "--no-guards", "these own networks"};
		struct nrs_image_options options = made_options();

		options.building.subdomains = i == 0;
		options.building.guards = i != 1;
		if (i == 2)
			options.building.own = (struct nrs_guard_own){
				.nets = &net, .count = 1};
		assert_int_equal(nrs_image_read(&image,
						nrs_span(f->octets, f->len),
						&options, &diag),
				 NRS_OK);
		assert_string_equal(image.facts.lacks, lacks[i]);
		made_image_free(&image);
	}
}

static void a_file_is_told_by_its_beginning(void **state)
{
	(void)state;
	assert_false(nrs_image_is("/dev/null"));
	assert_false(nrs_image_is("/nonexistent/x"));
	assert_false(nrs_image_is("/proc/self/exe"));
}

/* Their programs have more words than there are tests. */
static void addresses_that_share_a_port_come_back(void **state)
{
	static const char *const values[] = {"192.0.2.1:80", "192.0.2.2:80",
					     "192.0.2.3:80", "192.0.2.4:80"};
	const struct nrs_image_options options = made_options();
	struct nrs_indicator item = {.valid_from_ns = NRS_TIME_MIN,
				     .valid_until_ns = NRS_TIME_MAX,
				     .confidence = -1,
				     .shape = NRS_SHAPE_ADDR_PORT,
				     .version = NRS_STIX_21};
	struct fixture f = {0};
	struct nrs_image image;

	(void)state;
	assert_int_equal(nrs_set_new(&f.set), NRS_OK);
	assert_int_equal(nrs_set_source(f.set, nrs_span_of("list"),
					nrs_span_of("l.txt"), &item.source),
			 NRS_OK);
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		item.pattern = nrs_span_of(values[i]);
		assert_int_equal(nrs_set_add(f.set, &item), NRS_OK);
	}
	assert_int_equal(nrs_set_settle(f.set), NRS_OK);
	assert_int_equal(nrs_db_build(&f.db, f.set, &options.building), NRS_OK);
	assert_true(f.db->program_count > f.db->sizes.tests);
	/* The port, and four addresses. */
	assert_int_equal(f.db->sizes.keys, 5);
	f.octets = made_octets(f.db, options.key, &f.len);
	image = image_of(&f);
	assert_int_equal(nrs_set_count(image.set), 4);
	made_image_free(&image);
	nrs_db_free(f.db);
	nrs_set_free(f.set);
	free(f.octets);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(each_indicator_comes_back_as_it_was),
		TEST(sources_refusals_and_the_digest_come_back),
		TEST(an_image_matches_what_its_sources_match),
		TEST(no_octet_can_be_another),
		TEST(no_length_but_the_whole_is_taken),
		TEST(a_lie_under_a_right_sum_leads_nowhere),
		TEST(an_image_of_a_stranger_is_refused_in_words),
		TEST(only_what_this_machine_compiled_is_believed),
		TEST(a_changed_database_is_not_given_to_the_library),
		TEST(what_was_asked_for_and_is_not_in_it_is_told),
		cmocka_unit_test(a_file_is_told_by_its_beginning),
		cmocka_unit_test(addresses_that_share_a_port_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
