/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_mime: headers and parts, whole and cut anywhere. A message is written
 * down as what comes out of it: "name=value;" of fields, "[type name:" and "]"
 * around the octets of parts.
 */
#include "tests/nrs_test.h"

#include "capture/proto/mime.h"

#define OUT_MAX 2048

static struct nrs_mime mime;
static char out[OUT_MAX];
static size_t out_len;

static void put(struct nrs_span text)
{
	if (text.len > 0 && text.len < OUT_MAX - out_len)
		memcpy(out + out_len, text.ptr, text.len);
	out_len += text.len;
	assert_true(out_len < OUT_MAX);
}

static void puts_out(const char *text)
{
	put(nrs_span_of(text));
}

static void tell(const struct nrs_mime_item *item)
{
	const struct nrs_mime_part *part = &mime.part;

	switch (item->what) {
	case NRS_MIME_FIELD_READ:
		if (!mime.is_own)
			break;
		put(item->name);
		puts_out("=");
		put(item->value);
		puts_out(";");
		break;
	case NRS_MIME_BEGIN:
		puts_out("[");
		put(nrs_span(part->type, part->type_len));
		puts_out(" ");
		put(nrs_span(part->name, part->name_len));
		puts_out(":");
		break;
	case NRS_MIME_DATA:
		assert_true(item->data.len > 0);
		put(item->data);
		break;
	case NRS_MIME_END:
		puts_out("]");
		break;
	case NRS_MIME_MESSAGE:
		puts_out("{");
		put(item->value);
		puts_out("}");
		break;
	case NRS_MIME_MORE:
		break;
	}
}

static void feed(struct nrs_span bytes)
{
	struct nrs_mime_item item;

	do {
		nrs_mime_next(&mime, &bytes, &item);
		tell(&item);
	} while (item.what != NRS_MIME_MORE);
	assert_int_equal(bytes.len, 0);
}

static void finish(void)
{
	struct nrs_mime_item item;

	do {
		nrs_mime_finish(&mime, &item);
		tell(&item);
	} while (item.what != NRS_MIME_MORE);
}

static void read_in_pieces(const char *text, size_t piece)
{
	const struct nrs_span all = nrs_span_of(text);

	nrs_mime_init(&mime, NULL);
	out_len = 0;
	for (size_t at = 0; at < all.len; at += piece)
		feed(nrs_span_part(all, at, piece));
	finish();
}

#define MIXED "Content-Type: multipart/mixed; boundary=b\r\n\r\n"

static const struct {
	const char *name, *in, *out;
} rows[] = {
	{"fields and a fold",
	 "From: a@b.example\r\nSubject: one\r\n two\r\n\tthree\r\nX:\r\n\r\nhi"
	 "\r\n",
	 "From=a@b.example;Subject=one two\tthree;X=;[ :hi\r\n]"},
	{"lines of LF alone", "From: a\nTo: b\n\nhi\n", "From=a;To=b;[ :hi\n]"},
	{"no body", "Subject: x\r\n", "Subject=x;"},
	{"an empty body", "Subject: x\r\n\r\n", "Subject=x;[ :]"},
	{"no header", "\r\ntext\r\n", "[ :text\r\n]"},
	{"a line that is no field", "From: a\r\nno field\r\nTo: b\r\n\r\nx",
	 "From=a;To=b;[ :x]"},
	{"base64",
	 "Content-Type: application/x-a; name=\"n.bin\"\r\n"
	 "Content-Transfer-Encoding: base64\r\n\r\nZm9v\r\nYmFy\r\n",
	 "Content-Type=application/x-a; name=\"n.bin\";"
	 "Content-Transfer-Encoding=base64;[application/x-a n.bin:foobar]"},
	{"two parts, and what stands around them",
	 MIXED "before\r\n--b\r\nContent-Type: text/plain\r\n\r\nA\r\n"
	       "--b\r\nContent-Disposition: attachment;\r\n filename=f.txt\r\n"
	       "Content-Transfer-Encoding: quoted-printable\r\n\r\nx=3D=\r\ny"
	       "\r\n--b--\r\nafter\r\n",
	 "Content-Type=multipart/mixed; boundary=b;[text/plain :A][ "
	 "f.txt:x=y]"},
	{"the name of the disposition wins over that of the type",
	 "Content-Disposition: attachment; filename=d\r\n"
	 "Content-Type: a/b; name=t\r\n\r\n",
	 "Content-Disposition=attachment; filename=d;"
	 "Content-Type=a/b; name=t;[a/b d:]"},
	{"the end of a line before a boundary belongs to it",
	 MIXED "--b\r\n\r\nline\r\n\r\n--b\r\n\r\n--b--",
	 "Content-Type=multipart/mixed; boundary=b;[ :line\r\n][ :]"},
	{"lines that are nearly boundaries",
	 MIXED "--b\r\n\r\n--\r\n--c\r\n-\r\n--bb\r\n --b\r\n--b x\r\n"
	       "--b \t\r\n\r\nz\r\n--b--  \r\n",
	 "Content-Type=multipart/mixed; boundary=b;"
	 "[ :--\r\n--c\r\n-\r\n--bb\r\n --b\r\n--b x][ :z]"},
	{"multiparts in one another, the outer boundary ends the inner",
	 MIXED "--b\r\nContent-Type: multipart/alternative; boundary=\"c d\""
	       "\r\n\r\n--c d\r\nContent-Type: text/plain\r\n\r\n1\r\n"
	       "--c d\r\nContent-Type: text/html\r\n\r\n2\r\n--b\r\n\r\n3\r\n"
	       "--b--\r\n",
	 "Content-Type=multipart/mixed; boundary=b;"
	 "[text/plain :1][text/html :2][ :3]"},
	{"a message in a message",
	 MIXED "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@y.example"
	       "\r\nContent-Type: text/html; name=i\r\n\r\n<p>\r\n--b--\r\n",
	 "Content-Type=multipart/mixed; boundary=b;{}[text/html i:<p>]"},
	{"a message has no encoding, whatever it says",
	 "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64"
	 "\r\nContent-Disposition: attachment; filename=o.txt\r\n\r\n"
	 "Content-Disposition: attachment; filename=i.exe\r\n\r\nx",
	 "Content-Type=message/rfc822;Content-Transfer-Encoding=base64;"
	 "Content-Disposition=attachment; filename=o.txt;{o.txt}[ i.exe:x]"},
	{"a digest's parts are messages",
	 "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n"
	 "Subject: s\r\n\r\nt\r\n--b--\r\n",
	 "Content-Type=multipart/digest; boundary=b;{}[ :t]"},
	{"a boundary in a header", MIXED "--b\r\nX: y\r\n--b\r\n\r\nz\r\n--b--",
	 "Content-Type=multipart/mixed; boundary=b;[ :z]"},
	{"never closed", MIXED "--b\r\n\r\nz\r\n",
	 "Content-Type=multipart/mixed; boundary=b;[ :z\r\n]"},
	{"a multipart without a boundary is one part",
	 "Content-Type: multipart/mixed\r\n\r\n--b\r\n",
	 "Content-Type=multipart/mixed;[multipart/mixed :--b\r\n]"},
	{"CR alone is text", MIXED "--b\r\n\r\na\rb\r\r\nc\r\n--b--",
	 "Content-Type=multipart/mixed; boundary=b;[ :a\rb\r\r\nc]"},
};

static void a_message_gives_its_fields_and_parts_however_it_is_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (size_t piece = 1; piece < 400;
		     piece += piece < 9 ? 1 : 77) {
			read_in_pieces(rows[i].in, piece);
			if (!nrs_span_is(nrs_span(out, out_len), rows[i].out))
				fail_msg("%s in pieces of %zu: %.*s",
					 rows[i].name, piece, (int)out_len,
					 out);
		}
	}
}

static void what_readers_may_take_otherwise_is_told(void **state)
{
	static const struct {
		const char *in;
		bool is_ambiguous;
	} told[] = {
		{"Content-Type: a/b\r\nContent-Type: c/d\r\n\r\n", true},
		{"Content-Transfer-Encoding: base64\r\n"
		 "Content-Transfer-Encoding: 7bit\r\n\r\n",
		 true},
		{"Content-Disposition: a; filename=b\r\n"
		 "Content-Disposition: a; filename=c\r\n\r\n",
		 true},
		{"Content-Transfer-Encoding: base64\r\n\r\nZg==\r\nZg==\r\n",
		 true},
		{"no field\r\n\r\n", true},
		{"Content-Type: a/b\r\nSubject: x\r\n\r\ntext\r\n", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++) {
		read_in_pieces(told[i].in, 1000);
		if (mime.told.is_ambiguous != told[i].is_ambiguous)
			fail_msg("%s", told[i].in);
	}
}

static void a_field_is_cut_at_its_room_and_that_is_told(void **state)
{
	static char text[NRS_MIME_FIELD + 100];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "Subject: ", 9);
	memcpy(text + sizeof(text) - 5, "\r\n\r\n", 4);
	nrs_mime_init(&mime, NULL);
	struct nrs_span bytes = nrs_span(text, sizeof(text) - 1);
	struct nrs_mime_item item;
	nrs_mime_next(&mime, &bytes, &item);
	assert_int_equal(item.what, NRS_MIME_FIELD_READ);
	assert_int_equal(item.value.len, NRS_MIME_FIELD - 9);
	assert_true(mime.told.is_cut);
}

static void multiparts_deeper_than_the_cap_are_one_part(void **state)
{
	char text[96];

	(void)state;
	nrs_mime_init(&mime, NULL);
	out_len = 0;
	for (int i = 0; i <= NRS_MIME_DEPTH; i++) {
		snprintf(text, sizeof(text),
			 "Content-Type: multipart/x; boundary=n%d\r\n\r\n--n%d"
			 "\r\n",
			 i, i);
		feed(nrs_span_of(text));
	}
	assert_true(mime.told.is_deep);
	assert_int_equal(mime.depth, NRS_MIME_DEPTH);
	feed(nrs_span_of("x\r\n--n0--\r\n"));
	assert_int_equal(mime.depth, 0);
}

static void behind_a_gap_the_next_line_and_the_next_part_are_read(void **state)
{
	(void)state;
	nrs_mime_init(&mime, NULL);
	out_len = 0;
	feed(nrs_span_of("From: a\r\nSubj"));
	nrs_mime_gap(&mime);
	feed(nrs_span_of("ost\r\nTo: b\r\n" MIXED "--b\r\n\r\nxy"));
	assert_true(nrs_mime_in_part(&mime));
	nrs_mime_gap(&mime);
	feed(nrs_span_of("z\r\n--b\r\n\r\nnext\r\n--b--\r\n"));
	finish();
	out[out_len] = '\0';
	assert_string_equal(out, "From=a;To=b;"
				 "Content-Type=multipart/mixed; boundary=b;"
				 "[ :xyz][ :next]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_message_gives_its_fields_and_parts_however_it_is_cut),
		cmocka_unit_test(what_readers_may_take_otherwise_is_told),
		cmocka_unit_test(a_field_is_cut_at_its_room_and_that_is_told),
		cmocka_unit_test(multiparts_deeper_than_the_cap_are_one_part),
		cmocka_unit_test(
			behind_a_gap_the_next_line_and_the_next_part_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
