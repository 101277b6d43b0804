/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_xml: events by namespace, in any pieces; no DTD; every cap.
 */
#include "tests/nrs_test.h"

#include "engine/base/text.h"
#include "loaders/xml.h"

/* Each event as a line, so that a whole document can be compared. */
static int put_open(void *ctx, const struct nrs_xml_element *e)
{
	const struct nrs_span id = nrs_xml_attribute(e, "id");
	const struct nrs_span type = nrs_xml_type(e);

	nrs_text_printf(ctx, "+%.*s|%.*s %u:%llu id=%.*s type=%.*s\n",
			(int)e->space.len, (const char *)e->space.ptr,
			(int)e->name.len, (const char *)e->name.ptr, e->depth,
			(unsigned long long)e->line, (int)id.len,
			(const char *)id.ptr, (int)type.len,
			(const char *)type.ptr);
	return nrs_span_is(e->name, "stop") ? NRS_E_CANCELLED : NRS_OK;
}

static int put_close(void *ctx, const struct nrs_xml_element *e)
{
	nrs_text_printf(ctx, "-%.*s %u:%llu%s%s", (int)e->name.len,
			(const char *)e->name.ptr, e->depth,
			(unsigned long long)e->line, e->is_leaf ? " leaf" : "",
			e->is_cut ? " cut" : "");
	if (e->text.len > 0)
		nrs_text_printf(ctx, " '%.*s'",
				(int)(e->text.len > 40 ? 40 : e->text.len),
				(const char *)e->text.ptr);
	nrs_text_putc(ctx, '\n');
	return NRS_OK;
}

static const struct nrs_xml_events events = {.open = put_open,
					     .close = put_close};

/* @bytes in pieces of @piece; the first error of push or end. */
static int read_all(struct nrs_span bytes, size_t piece, struct nrs_text *out,
		    struct nrs_diag *diag)
{
	struct nrs_xml *xml = NULL;
	int err = nrs_xml_new(&xml, &events, out);

	assert_int_equal(err, NRS_OK);
	while (bytes.len > 0 && err == NRS_OK) {
		err = nrs_xml_push(xml, nrs_span_part(bytes, 0, piece));
		bytes = nrs_span_from(bytes, piece);
	}
	if (err == NRS_OK)
		err = nrs_xml_end(xml, diag);
	nrs_xml_free(xml);
	return err;
}

static void a_document_is_the_same_in_any_pieces(void **state)
{
	static const char document[] =
		"<?xml version='1.0'?>\n"
		"<a:root xmlns:a='urn:one' xmlns:x='http://www.w3.org/2001/"
		"XMLSchema-instance'>\n"
		"<b id='7' type='no' x:type='q:FileObjectType'>te&amp;<!-- c "
		"-->xt<![CDATA[<>]]></b>\n"
		"<a:c><d/></a:c></a:root>\n";
	static const char expected[] = "+urn:one|root 1:2 id= type=\n"
				       "+|b 2:3 id=7 type=FileObjectType\n"
				       "-b 2:3 leaf 'te&xt<>'\n"
				       "+urn:one|c 2:4 id= type=\n"
				       "+|d 3:4 id= type=\n"
				       "-d 3:4 leaf\n"
				       "-c 2:4\n"
				       "-root 1:2\n";
	const size_t pieces[] = {1, 7, 4096};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct nrs_text out = {0};

		assert_int_equal(
			read_all(nrs_span_of(document), pieces[i], &out, NULL),
			NRS_OK);
		nrs_text_putc(&out, '\0');
		assert_string_equal((const char *)out.ptr, expected);
		nrs_text_fini(&out);
	}
}

static const struct {
	const char *name, *document;
	int err;
	const char *diag;
} bad[] = {
	{"an external entity",
	 "<!DOCTYPE a SYSTEM 'file:///etc/passwd'>\n<a>&x;</a>", NRS_E_FORMAT,
	 "line 1: has a DOCTYPE: documents with a DTD are not read"},
	{"entities that grow",
	 "<!DOCTYPE a [<!ENTITY x '1234567890'><!ENTITY y '&x;&x;&x;'>]>"
	 "<a>&y;</a>",
	 NRS_E_FORMAT,
	 "line 1: has a DOCTYPE: documents with a DTD are not read"},
	{"an entity of no DTD", "<a>\n&x;</a>", NRS_E_FORMAT,
	 "line 2: undefined entity"},
	{"a wrong close", "<a>\n<b>\n</a>", NRS_E_FORMAT,
	 "line 3: mismatched tag"},
	{"no XML", "a.example\n", NRS_E_FORMAT, "line 1: syntax error"},
	{"ill-formed UTF-8", "<a>\xff</a>", NRS_E_FORMAT,
	 "line 1: not well-formed (invalid token)"},
	{"a prefix of nothing", "<x:a/>", NRS_E_FORMAT,
	 "line 1: unbound prefix"},
	{"a cut document", "<a>\n<b>", NRS_E_TRUNCATED,
	 "line 2: ends in the middle"},
	{"a cut tag", "<a>\n<b", NRS_E_TRUNCATED, "line 2: ends in the middle"},
	{"nothing", "", NRS_E_TRUNCATED, "line 1: ends in the middle"},
};

static void bad_documents_end_with_line_and_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct nrs_text out = {0};
		struct nrs_diag diag = {0};
		const int err =
			read_all(nrs_span_of(bad[i].document), 9, &out, &diag);

		if (err != bad[i].err || strcmp(diag.text, bad[i].diag) != 0) {
			print_error("%s: %d '%s'\n", bad[i].name, err,
				    diag.text);
			fail();
		}
		nrs_text_fini(&out);
	}
}

static void a_doctype_stops_before_any_element(void **state)
{
	struct nrs_text out = {0};

	(void)state;
	read_all(nrs_span_of("<!DOCTYPE a><a><b/></a>"), 4096, &out, NULL);
	assert_int_equal(out.len, 0);
	nrs_text_fini(&out);
}

static void an_event_can_stop_the_reading(void **state)
{
	struct nrs_text out = {0};

	(void)state;
	assert_int_equal(
		read_all(nrs_span_of("<a><stop/><b/></a>"), 4096, &out, NULL),
		NRS_E_CANCELLED);
	assert_true(nrs_span_find_text(nrs_text_span(&out), "|b") == SIZE_MAX);
	nrs_text_fini(&out);
}

/* @count times @open, then what @close says. */
static int nest(unsigned int count, struct nrs_diag *diag)
{
	struct nrs_text document = {0}, out = {0};

	for (unsigned int i = 0; i < count; i++)
		nrs_text_puts(&document, "<a>");
	for (unsigned int i = 0; i < count; i++)
		nrs_text_puts(&document, "</a>");
	const int err = read_all(nrs_text_span(&document), 4096, &out, diag);
	nrs_text_fini(&document);
	nrs_text_fini(&out);
	return err;
}

static void depth_is_capped(void **state)
{
	struct nrs_diag diag = {0};

	(void)state;
	assert_int_equal(nest(NRS_XML_DEPTH_MAX, &diag), NRS_OK);
	assert_int_equal(nest(NRS_XML_DEPTH_MAX + 1, &diag), NRS_E_LIMIT);
	assert_string_equal(diag.text,
			    "line 1: elements stand too deep in others");
}

static int with_attributes(unsigned int count)
{
	struct nrs_text document = {0}, out = {0};

	nrs_text_puts(&document, "<a");
	for (unsigned int i = 0; i < count; i++)
		nrs_text_printf(&document, " a%u=''", i);
	nrs_text_puts(&document, "/>");
	const int err = read_all(nrs_text_span(&document), 4096, &out, NULL);
	nrs_text_fini(&document);
	nrs_text_fini(&out);
	return err;
}

static void attributes_are_capped(void **state)
{
	(void)state;
	assert_int_equal(with_attributes(NRS_XML_ATTRIBUTES_MAX), NRS_OK);
	assert_int_equal(with_attributes(NRS_XML_ATTRIBUTES_MAX + 1),
			 NRS_E_LIMIT);
}

static void a_text_beyond_the_cap_is_cut_and_says_so(void **state)
{
	struct nrs_text document = {0}, out = {0};

	(void)state;
	nrs_text_puts(&document, "<a><b>");
	for (size_t i = 0; i <= NRS_XML_TEXT_MAX; i++)
		nrs_text_putc(&document, 'x');
	nrs_text_puts(&document, "</b><c>y</c></a>");
	assert_int_equal(
		read_all(nrs_text_span(&document), SIZE_MAX, &out, NULL),
		NRS_OK);
	assert_true(nrs_span_find_text(nrs_text_span(&out),
				       "-b 2:1 leaf cut '") != SIZE_MAX);
	assert_true(nrs_span_find_text(nrs_text_span(&out),
				       "-c 2:1 leaf 'y'") != SIZE_MAX);
	nrs_text_fini(&document);
	nrs_text_fini(&out);
}

static void a_tag_without_end_is_given_up(void **state)
{
	struct nrs_text document = {0}, out = {0};
	struct nrs_diag diag = {0};

	(void)state;
	nrs_text_puts(&document, "<a><b c='");
	for (size_t i = 0; i < NRS_XML_TAG_MAX + 200000; i++)
		nrs_text_putc(&document, 'x');
	assert_int_equal(
		read_all(nrs_text_span(&document), SIZE_MAX, &out, &diag),
		NRS_E_LIMIT);
	assert_string_equal(diag.text,
			    "line 1: a tag or comment without an end");
	nrs_text_fini(&document);
	nrs_text_fini(&out);
}

static const struct {
	const char *head, *root;
} roots[] = {
	{"<ioc id='1'>", "ioc"},
	{"\xef\xbb\xbf<ioc/>", "ioc"},
	{"<?xml version='1.0'?>\n<!-- <b/> -->\n<stix:STIX_Package\nx=''>",
	 "STIX_Package"},
	{"<!-- never ends", ""},
	{"<!DOCTYPE a><a>", ""},
	{"a.example", ""},
	{"<", ""},
	{"", ""},
};

static void the_root_is_found_behind_what_precedes_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(roots) / sizeof(*roots); i++) {
		const struct nrs_span got =
			nrs_xml_root(nrs_span_of(roots[i].head));

		if (nrs_span_is(got, roots[i].root))
			continue;
		print_error("'%s': '%.*s'\n", roots[i].head, (int)got.len,
			    (const char *)got.ptr);
		fail();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_is_the_same_in_any_pieces),
		cmocka_unit_test(bad_documents_end_with_line_and_reason),
		cmocka_unit_test(a_doctype_stops_before_any_element),
		cmocka_unit_test(an_event_can_stop_the_reading),
		cmocka_unit_test(depth_is_capped),
		cmocka_unit_test(attributes_are_capped),
		cmocka_unit_test(a_text_beyond_the_cap_is_cut_and_says_so),
		cmocka_unit_test(a_tag_without_end_is_given_up),
		cmocka_unit_test(the_root_is_found_behind_what_precedes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
