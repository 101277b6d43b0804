/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_allow: what each kind of list covers, for whom and how long; what is
 * refused of one.
 */
#include "tests/nrs_test.h"

#include "loaders/allow.h"

#define JSON(type, attributes, list)                                           \
	"{\"name\":\"A list\",\"version\":1,\"type\":\"" type                  \
	"\",\"matching_attributes\":[" attributes "],\"list\":[" list "]}"
#define MD5 "900150983cd24fb0d6963f7d28e17f72"
#define SHA256                                                                 \
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ADDR NRS_ALLOW_ADDR
#define NAME NRS_ALLOW_NAME
#define BELOW NRS_ALLOW_SUBDOMAINS
#define URL NRS_ALLOW_URL
#define EMAIL NRS_ALLOW_EMAIL
#define HASH NRS_ALLOW_HASH
#define TEXT NRS_ALLOW_TEXT

static const struct {
	const char *list;
	enum nrs_allow_kind kind;
	const char *value;
	const char *said; /* NULL: not covered */
} cases[] = {
	/* Names: itself; with a star what is below, by whole labels. */
	{"a.example", NAME, "a.example", "exception a.example of own, line 1"},
	{"a.example", NAME, "A.Example.", "exception a.example of own, line 1"},
	{"a.example", NAME, "b.a.example", NULL},
	{"a.example", NAME, "xa.example", NULL},
	{"a.example", BELOW, "a.example", NULL},
	{"*.a.example", NAME, "a.example",
	 "exception *.a.example of own, line 1"},
	{"*.a.example", NAME, "c.b.a.example",
	 "exception *.a.example of own, line 1"},
	{"*.a.example", NAME, "xa.example", NULL},
	{"*.a.example", NAME, "example", NULL},
	{"*.a.example", BELOW, "a.example",
	 "exception *.a.example of own, line 1"},
	{"*.a.example", BELOW, "b.a.example",
	 "exception *.a.example of own, line 1"},
	{"*.a.example", BELOW, "example", NULL},
	{"a[.]example", NAME, "a.example",
	 "exception a.example of own, line 1"},
	/* A host of ours, and its URLs. */
	{"a.example", URL, "http://a.example/x",
	 "exception a.example of own, line 1"},
	{"a.example", URL, "https://a.example:8443/x",
	 "exception a.example of own, line 1"},
	{"a.example", URL, "http://b.example/?a.example", NULL},
	{"192.0.2.1", URL, "http://192.0.2.1/x",
	 "exception 192.0.2.1/32 of own, line 1"},
	{"a.example kind=name", URL, "http://a.example/x", NULL},
	{"a.example kind=url", NAME, "a.example", NULL},
	{"http://a.example/x", URL, "http://a.example/x",
	 "exception a.example/x of own, line 1"},
	{"http://a.example/x", URL, "https://A.example/x",
	 "exception a.example/x of own, line 1"},
	{"http://a.example/x", URL, "http://a.example/x/y", NULL},
	{"http://a.example/x", NAME, "a.example", NULL},
	/* Addresses: the longest prefix that holds all of it. */
	{"192.0.2.0/24", ADDR, "192.0.2.77",
	 "exception 192.0.2.0/24 of own, line 1"},
	{"192.0.2.0/24", ADDR, "192.0.3.0", NULL},
	{"192.0.2.0/24", ADDR, "192.0.2.128/25",
	 "exception 192.0.2.0/24 of own, line 1"},
	{"192.0.2.0/24", ADDR, "192.0.0.0/16", NULL},
	{"192.0.2.0/24\n192.0.2.64/26\n192.0.0.0/16", ADDR, "192.0.2.65",
	 "exception 192.0.2.64/26 of own, line 2"},
	{"192.0.2.4-192.0.2.7", ADDR, "192.0.2.5",
	 "exception 192.0.2.4/30 of own, line 1"},
	{"2001:db8::/32", ADDR, "2001:db8:1::1",
	 "exception 2001:db8::/32 of own, line 1"},
	{"2001:db8::/32", ADDR, "192.0.2.1", NULL},
	/* The rest. */
	{"A@a.example", EMAIL, "a@A.example",
	 "exception a@a.example of own, line 1"},
	{"a.example", EMAIL, "a@a.example", NULL},
	{MD5, HASH, MD5, "exception " MD5 " of own, line 1"},
	{SHA256, HASH, SHA256, "exception " SHA256 " of own, line 1"},
	{MD5, HASH, "d41d8cd98f00b204e9800998ecf8427e", NULL},
	{"Evil/1.0 (x) kind=text", TEXT, "evil/1.0 (X)",
	 "exception evil/1.0 (x) of own, line 1"},
	/* Warninglists. */
	{JSON("string", "\"domain\",\"hostname\",\"url\"",
	      "\"b.example\",\"a.example\""),
	 NAME, "a.example", "exception a.example of A list, entry 2"},
	{JSON("string", "\"domain\"", "\"a.example\""), NAME, "b.a.example",
	 NULL},
	/* A list of popular names says nothing of single URLs there. */
	{JSON("string", "\"domain\",\"url\"", "\"a.example\""), URL,
	 "http://a.example/x", NULL},
	{JSON("hostname", "\"domain\",\"url\"", "\"a.example\""), URL,
	 "http://b.a.example/x", "exception *.a.example of A list, entry 1"},
	{JSON("hostname", "\"domain\"", "\".a.example\""), NAME, "b.a.example",
	 "exception *.a.example of A list, entry 1"},
	{JSON("hostname", "\"domain\"", "\"a.example\""), URL,
	 "http://a.example/x", NULL},
	{JSON("hostname", "\"domain|ip\"", "\"192.0.2.1\""), ADDR, "192.0.2.1",
	 "exception 192.0.2.1/32 of A list, entry 1"},
	{JSON("cidr", "\"ip-src\",\"ip-dst\"", "\"192.0.2.0/24\""), ADDR,
	 "192.0.2.1", "exception 192.0.2.0/24 of A list, entry 1"},
	{JSON("cidr", "\"domain|ip\"", "\"192.0.2.1\""), ADDR, "192.0.2.1",
	 "exception 192.0.2.1/32 of A list, entry 1"},
	{JSON("string", "\"sha256\",\"filename|md5\"", "\"" MD5 "\""), HASH,
	 MD5, "exception " MD5 " of A list, entry 1"},
	{JSON("substring", "\"email-src\"", "\"@A.example\",\"mailinator\""),
	 EMAIL, "x@a.example.org", "exception @a.example of A list, entry 1"},
	{JSON("substring", "\"email-src\"", "\"@a.example\",\"mailinator\""),
	 EMAIL, "x@mailinator.example",
	 "exception mailinator of A list, entry 2"},
	{JSON("substring", "\"email-src\"", "\"abc\""), EMAIL,
	 "x@xabcx.example", "exception abc of A list, entry 1"},
	{JSON("substring", "\"email-src\"", "\"abcd\""), EMAIL, "x@abc.example",
	 NULL},
	{JSON("substring", "\"email-src\"", "\"abcd\""), NAME, "abcd.example",
	 NULL},
	{JSON("regex", "\"email-src\"", "\"/^(noc|soc)@.*$/i\""), EMAIL,
	 "NOC@a.example", "exception ^(noc|soc)@.*$ of A list, entry 1"},
	{JSON("regex", "\"email-src\"", "\"/^(noc|soc)@.*$/i\""), EMAIL,
	 "x-noc@a.example", NULL},
	{JSON("string", "", "\"a.example\""), NAME, "a.example",
	 "exception a.example of A list, entry 1"},
	/* Kinds that no indicator has. */
	{JSON("string", "\"phone-number\"", "\"a.example\""), NAME, "a.example",
	 NULL},
};

static struct nrs_allow *allow_of(const char *list)
{
	struct nrs_allow *allow = NULL;
	struct nrs_diag diag = {0};

	assert_int_equal(nrs_allow_new(&allow), NRS_OK);
	const int err = nrs_allow_read(allow, nrs_span_of(list), "own", &diag);
	if (err != NRS_OK)
		print_error("%s: %s\n", list, diag.text);
	assert_int_equal(err, NRS_OK);
	return allow;
}

static bool vetoes(struct nrs_allow *allow, enum nrs_allow_kind kind,
		   const char *value, struct nrs_allow_veto *veto)
{
	const struct nrs_allow_ask ask = {.kind = kind,
					  .text = nrs_span_of(value)};

	return nrs_allow_value(allow, &ask, veto);
}

static bool is_right(size_t i)
{
	struct nrs_allow *allow = allow_of(cases[i].list);
	struct nrs_allow_veto veto;
	struct nrs_text said = {0};

	if (vetoes(allow, cases[i].kind, cases[i].value, &veto))
		nrs_allow_say(allow, &veto, &said);
	const bool right = nrs_span_equal(nrs_text_span(&said),
					  nrs_span_of(cases[i].said));
	if (!right)
		print_error("'%s', %s: %.*s\n", cases[i].list, cases[i].value,
			    (int)said.len,
			    said.len == 0 ? "" : (const char *)said.ptr);
	nrs_text_fini(&said);
	nrs_allow_free(allow);
	return right;
}

static void lists_cover_what_they_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_true(is_right(i));
}

static int64_t at(const char *stamp)
{
	int64_t ns = 0;

	assert_int_equal(nrs_stamp_parse(nrs_span_of(stamp), &ns), NRS_OK);
	return ns;
}

static void an_exception_ends_and_holds_for_its_sources(void **state)
{
	static const struct {
		const char *name, *value, *source, *stamp;
		uint64_t place; /* 0: not covered */
	} asks[] = {
		{"before the end", "a.example", NULL, "2026-01-01T23:59:59Z",
		 1},
		{"at the end", "a.example", NULL, "2026-01-02T00:00:00Z", 0},
		{"of any source", "b.example", NULL, "2026-01-02T00:00:00Z", 2},
		{"of a source by its beginning", "b.example", "ISAC-west",
		 "2026-01-02T00:00:00Z", 2},
		{"of a source", "b.example", "own", "2026-01-02T00:00:00Z", 2},
		{"of another source", "b.example", "owned",
		 "2026-01-02T00:00:00Z", 0},
		{"one that ended hides no other", "c.example", NULL,
		 "2026-01-01T00:00:00Z", 3},
	};
	struct nrs_allow *allow = allow_of("a.example until=2026-01-02\n"
					   "b.example source=own,isac-*\n"
					   "c.example\n"
					   "c.example until=1990-01-01\n");

	(void)state;
	for (size_t i = 0; i < sizeof(asks) / sizeof(*asks); i++) {
		const struct nrs_allow_ask ask = {
			.kind = NAME,
			.text = nrs_span_of(asks[i].value),
			.source = nrs_span_of(asks[i].source),
			.at_ns = at(asks[i].stamp)};
		struct nrs_allow_veto veto = {.place = 0};

		print_message("%s\n", asks[i].name);
		assert_int_equal(nrs_allow_value(allow, &ask, &veto),
				 asks[i].place != 0);
		if (asks[i].place != 0)
			assert_int_equal(veto.place, asks[i].place);
	}
	nrs_allow_free(allow);
}

static void the_record_says_until_when_and_why(void **state)
{
	struct nrs_allow *allow =
		allow_of("# ours\na.example until=2100-01-02 # our CDN\n");
	struct nrs_allow_veto veto;
	struct nrs_text said = {0};

	(void)state;
	assert_true(vetoes(allow, NAME, "a.example", &veto));
	nrs_allow_say(allow, &veto, &said);
	assert_true(nrs_span_is(nrs_text_span(&said),
				"exception a.example of own, line 2, until "
				"2100-01-02T00:00:00Z: our CDN"));
	nrs_text_fini(&said);
	nrs_allow_free(allow);
}

static void the_next_end_is_known(void **state)
{
	struct nrs_allow *allow = allow_of("a.example until=2100-01-01\n"
					   "b.example until=2099-01-01\n"
					   "c.example\n"
					   "d.example until=1990-01-01\n");
	const int64_t first = at("2099-01-01T00:00:00Z");
	const int64_t second = at("2100-01-01T00:00:00Z");

	(void)state;
	assert_true(nrs_allow_next_end(allow, at("2026-01-01T00:00:00Z")) ==
		    first);
	assert_true(nrs_allow_next_end(allow, first) == second);
	assert_true(nrs_allow_next_end(allow, second) == NRS_TIME_MAX);
	nrs_allow_free(allow);
}

static const struct {
	const char *list;
	uint64_t place;
	const char *text;
} refusals[] = {
	{"a.example\nnot a value\n", 2, "not a value: "},
	{"a.example\n0.0.0.0/0\n", 2, "0.0.0.0/0: a prefix of all addresses"},
	{"a.example\n::/0\n", 2, "::/0: a prefix of all addresses"},
	{"a.example\n192.0.2.1:80\n", 2,
	 "192.0.2.1:80: an address with a port: name the address"},
	{"a.example\n192.0.2.1 kind=name\n", 2,
	 "192.0.2.1 kind=name: a value of another kind than it says"},
	{"a.example\n*.192.0.2.1\n", 2, "*.192.0.2.1: no name"},
	{JSON("cidr", "\"ip-src\"", "\"192.0.2.1\",\"x\""), 2,
	 "x: no address or prefix"},
	{JSON("string", "\"domain\"", "\"a.example\",7"), 2, "7: no text"},
	{JSON("string", "\"domain\"", "\"a.example\",\"\""), 2,
	 "an empty entry"},
	{JSON("substring", "\"domain\"", "\"abc\",\"a\""), 2,
	 "a: a substring so short that it is in nearly anything"},
	{JSON("regex", "\"domain\"", "\"/a/\",\"/(/\""), 2,
	 "/(/: no regular expression that can be read"},
};

static void a_bad_entry_is_refused_and_the_rest_holds(void **state)
{
	const struct nrs_allow_refusal *refused;

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		struct nrs_allow *allow = allow_of(refusals[i].list);

		const size_t count = nrs_allow_refusals(allow, &refused);
		if (count != 1 || refused->place != refusals[i].place ||
		    nrs_span_find_text(refused->text, refusals[i].text) ==
			    SIZE_MAX ||
		    nrs_allow_list(allow, 0)->entries != 1 ||
		    nrs_allow_list(allow, 0)->refused != 1) {
			print_error("%s: %.*s\n", refusals[i].list,
				    count > 0 ? (int)refused->text.len : 0,
				    count > 0 ? (const char *)refused->text.ptr
					      : "");
			fail();
		}
		nrs_allow_free(allow);
	}
}

static const struct {
	const char *list, *diag;
} bad[] = {
	{"{", "is JSON that cannot be read: byte "},
	{"{\"a\":1}", "is JSON, but no warninglist"},
	{JSON("wild", "", ""), "is a warninglist of type 'wild', which is not "
			       "known"},
	{JSON("cidr", "\"domain\"", "\"192.0.2.1\""),
	 "holds no exception: all of its 1 entries are refused, the first is "
	 "'192.0.2.1: a value of another kind than it says'"},
	{"???\n??\n", "holds no exception: all of its 2 entries are refused, "
		      "the first is '"},
};

static void what_is_no_list_leaves_nothing(void **state)
{
	const struct nrs_allow_refusal *refused;
	struct nrs_diag diag = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct nrs_allow *allow = allow_of("a.example\n");

		assert_int_equal(nrs_allow_read(allow, nrs_span_of(bad[i].list),
						"bad", &diag),
				 NRS_E_FORMAT);
		if (strncmp(diag.text, bad[i].diag, strlen(bad[i].diag)) != 0) {
			print_error("%s: %s\n", bad[i].list, diag.text);
			fail();
		}
		assert_int_equal(nrs_allow_lists(allow), 1);
		assert_int_equal(nrs_allow_refusals(allow, &refused), 0);
		nrs_allow_free(allow);
	}
}

/* A list is taken back whole: what others hold stays. */
static void a_list_taken_back_hides_no_other(void **state)
{
	struct nrs_allow *allow = allow_of("a.example\n192.0.2.1\n");
	struct nrs_allow_veto veto;

	(void)state;
	assert_int_equal(nrs_allow_read(allow,
					nrs_span_of(JSON("regex", "\"domain\"",
							 "\"/(/\"")),
					"bad", NULL),
			 NRS_E_FORMAT);
	assert_true(vetoes(allow, ADDR, "192.0.2.1", &veto));
	assert_int_equal(veto.place, 2);
	nrs_allow_free(allow);
}

static void a_file_that_is_missing_is_named(void **state)
{
	struct nrs_allow *allow = allow_of("a.example\n");
	struct nrs_diag diag = {0};

	(void)state;
	assert_int_equal(nrs_allow_load(allow, "/nowhere/list", &diag),
			 NRS_E_IO);
	assert_true(diag.text[0] != '\0');
	nrs_allow_free(allow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_cover_what_they_say),
		cmocka_unit_test(an_exception_ends_and_holds_for_its_sources),
		cmocka_unit_test(the_record_says_until_when_and_why),
		cmocka_unit_test(the_next_end_is_known),
		cmocka_unit_test(a_bad_entry_is_refused_and_the_rest_holds),
		cmocka_unit_test(what_is_no_list_leaves_nothing),
		cmocka_unit_test(a_list_taken_back_hides_no_other),
		cmocka_unit_test(a_file_that_is_missing_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
