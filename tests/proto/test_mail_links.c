/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_mail_links: URLs in text and in HTML, cut anywhere.
 */
#include "tests/nrs_test.h"

#include "capture/proto/mail_links.h"

static const struct {
	const char *text;
	bool is_html;
	const char *urls;
} rows[] = {
	{"See http://a.example/x, and (https://b.example/y).\r\n", false,
	 "http://a.example/x|https://b.example/y|"},
	{"HTTP://A.example", false, "HTTP://A.example|"},
	{"<ftp://c.example/d>", false, "ftp://c.example/d|"},
	{"http://w.example/a_(b) x", false, "http://w.example/a_(b)|"},
	{"http://[2001:db8::1]/ x", false, "http://[2001:db8::1]/|"},
	{"xhttp://a.example/ http:/b http//c mailto:d@e.example", false, ""},
	{"httphttp://no.example/ https:// end", false, ""},
	{"a:http://b.example/?q=1&r=2#f", false,
	 "http://b.example/?q=1&r=2#f|"},
	{"<a href=\"http://a.example/?b=1&amp;c=2\">http://d.example</a>", true,
	 "http://a.example/?b=1&c=2|http://d.example|"},
	{"&lt;http://a.example/b&gt; x", true, "http://a.example/b|"},
	{"http://\xc3\xa9.example/ x", false, "http://\xc3\xa9.example/|"},
};

static size_t put(char *out, size_t len, struct nrs_span url)
{
	memcpy(out + len, url.ptr, url.len);
	out[len + url.len] = '|';
	return len + url.len + 1;
}

static void check(size_t row, size_t piece)
{
	static struct nrs_links links;
	const struct nrs_span text = nrs_span_of(rows[row].text);
	struct nrs_span url;
	char out[256];
	size_t len = 0;

	nrs_links_init(&links, rows[row].is_html);
	for (size_t at = 0; at < text.len; at += piece) {
		struct nrs_span part = nrs_span_part(text, at, piece);

		while (nrs_links_next(&links, &part, &url))
			len = put(out, len, url);
	}
	if (nrs_links_finish(&links, &url))
		len = put(out, len, url);
	if (!nrs_span_is(nrs_span(out, len), rows[row].urls))
		fail_msg("%s in pieces of %zu: %.*s", rows[row].text, piece,
			 (int)len, out);
}

static void a_url_is_found_with_its_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (size_t piece = 1; piece < 6; piece++)
			check(i, piece);
		check(i, 256);
	}
}

static void one_longer_than_its_room_is_told_and_left_out(void **state)
{
	static struct nrs_links links;
	static char text[NRS_LINK_MAX + 100];
	struct nrs_span bytes = nrs_span(text, sizeof(text)), url;

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, "http://", 7);
	memcpy(text + sizeof(text) - 20, " http://b.example/ x", 20);
	nrs_links_init(&links, false);
	assert_true(nrs_links_next(&links, &bytes, &url));
	assert_true(nrs_span_is(url, "http://b.example/"));
	assert_int_equal(links.refused, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_url_is_found_with_its_end),
		cmocka_unit_test(one_longer_than_its_room_is_told_and_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
