/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ftp: the words of a line. Whatever is not understood is a command or a reply
 * like any other.
 */
#include "capture/proto/ftp.h"

#define SNIFF_LEN ((size_t)256)

static bool is_letter(uint8_t c)
{
	c = nrs_ascii_lower(c);
	return c >= 'a' && c <= 'z';
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_code(struct nrs_span line)
{
	return line.len >= 3 && is_digit(line.ptr[0]) &&
	       is_digit(line.ptr[1]) && is_digit(line.ptr[2]) &&
	       (line.len == 3 || line.ptr[3] == ' ' || line.ptr[3] == '-');
}

static struct nrs_span word_of(struct nrs_span line)
{
	size_t len = 0;

	while (len < line.len && is_letter(line.ptr[len]))
		len++;
	return nrs_span_part(line, 0, len);
}

static bool says_ftp(struct nrs_span line)
{
	for (size_t i = 0; i + 3 <= line.len; i++) {
		if (nrs_span_is_icase(nrs_span_part(line, i, 3), "ftp"))
			return true;
	}
	return false;
}

/* A command that no other protocol begins with; @is_front: its front. */
static bool is_of_ftp(struct nrs_span word, bool is_front)
{
	static const char *const words[] = {
		"PASV", "EPSV", "PORT", "EPRT", "CWD",	"PWD",	"SYST",
		"FEAT", "TYPE", "STOR", "MLSD", "MDTM", "XPWD", "CLNT",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		char text[5] = "";

		if (nrs_ascii_lower(word.ptr[0]) !=
		    nrs_ascii_lower((uint8_t)words[i][0]))
			continue;
		const struct nrs_span one = nrs_span_of(words[i]);
		memcpy(text, one.ptr,
		       is_front && word.len < one.len ? word.len : one.len);
		if (nrs_span_is_icase(word, text))
			return true;
	}
	return false;
}

static bool is_printable(struct nrs_span line)
{
	bool is = true;

	for (size_t i = 0; i < line.len; i++)
		is = is && (line.ptr[i] >= ' ' || line.ptr[i] == '\r' ||
			    line.ptr[i] == '\t');
	return is;
}

/* What the first words of a line say; @is_whole: its end is there. */
static int judge(struct nrs_span line, bool is_whole, bool is_port)
{
	const struct nrs_span word = word_of(line);

	if (is_code(line)) {
		if (!is_port && (line.ptr[0] != '2' || line.ptr[1] != '2'))
			return NRS_E_FORMAT;
		if (is_port || says_ftp(line))
			return NRS_OK;
		return is_whole ? NRS_E_FORMAT : NRS_E_MORE;
	}
	if (word.len == line.len && !is_whole)
		return line.len < 5 && (is_port || is_of_ftp(word, true))
			       ? NRS_E_MORE
			       : NRS_E_FORMAT;
	if (word.len < 3 || word.len > 4 ||
	    (word.len < line.len && line.ptr[word.len] != ' ' &&
	     line.ptr[word.len] != '\r'))
		return NRS_E_FORMAT;
	return is_port || is_of_ftp(word, false) ? NRS_OK : NRS_E_FORMAT;
}

int nrs_ftp_sniff(struct nrs_span bytes, bool is_port)
{
	/* Every stream is asked this first: most end here. */
	if (bytes.len == 0 ||
	    (!is_letter(bytes.ptr[0]) && !is_digit(bytes.ptr[0])))
		return NRS_E_FORMAT;
	const struct nrs_span front = nrs_span_part(bytes, 0, SNIFF_LEN);
	const size_t end = nrs_span_find(front, '\n', 0);
	const struct nrs_span line = nrs_span_part(front, 0, end);
	const bool is_whole = end != SIZE_MAX || bytes.len >= SNIFF_LEN;
	const int verdict = judge(line, is_whole, is_port);

	return verdict != NRS_E_FORMAT && !is_printable(line) ? NRS_E_FORMAT
							      : verdict;
}

int nrs_ftp_line(struct nrs_span *bytes, struct nrs_span *line)
{
	const size_t end = nrs_span_find(*bytes, '\n', 0);

	if (end == SIZE_MAX)
		return bytes->len > NRS_FTP_LINE_MAX ? NRS_E_LIMIT : NRS_E_MORE;
	*line = nrs_span_part(*bytes, 0, end);
	while (line->len > 0 && line->ptr[line->len - 1] == '\r')
		line->len--;
	*bytes = nrs_span_from(*bytes, end + 1);
	return NRS_OK;
}

/* "h1,h2,h3,h4,p1,p2" somewhere in @text: its port; 0: none. */
static uint16_t six_numbers(struct nrs_span text)
{
	uint64_t numbers[6] = {0};
	unsigned int count = 0;
	size_t at = 0;

	while (at < text.len && !is_digit(text.ptr[at]))
		at++;
	while (count < 6) {
		size_t end = at;

		while (end < text.len && is_digit(text.ptr[end]))
			end++;
		if (nrs_span_u64(nrs_span_part(text, at, end - at),
				 &numbers[count]) != NRS_OK ||
		    numbers[count] > 255)
			return 0;
		count++;
		at = end + 1;
		if (count < 6 && (end >= text.len || text.ptr[end] != ','))
			return 0;
	}
	return (uint16_t)(numbers[4] << 8 | numbers[5]);
}

/* The third field between bars: "|1|132.235.1.2|6275|", "(|||6446|)". */
static uint16_t third_field(struct nrs_span text)
{
	uint64_t port = 0;
	size_t at = 0;

	while (at < text.len && text.ptr[at] != '|' && text.ptr[at] != '!')
		at++;
	if (at == text.len)
		return 0;
	const uint8_t bar = text.ptr[at];
	for (unsigned int i = 0; i < 2; i++) {
		at = nrs_span_find(text, bar, at + 1);
		if (at == SIZE_MAX)
			return 0;
	}
	const size_t end = nrs_span_find(text, bar, at + 1);
	if (end == SIZE_MAX ||
	    nrs_span_u64(nrs_span_part(text, at + 1, end - at - 1), &port) !=
		    NRS_OK ||
	    port > UINT16_MAX)
		return 0;
	return (uint16_t)port;
}

static void parse_reply(struct nrs_ftp_parsed *out, struct nrs_span line)
{
	const struct nrs_span code = nrs_span_part(line, 0, 3);
	struct nrs_span text = nrs_span_from(line, 4);
	const size_t paren = nrs_span_find(text, '(', 0);

	out->is_reply = true;
	if (paren != SIZE_MAX)
		text = nrs_span_from(text, paren + 1);
	if (nrs_span_is(code, "227"))
		out->port = six_numbers(text);
	else if (nrs_span_is(code, "229"))
		out->port = third_field(text);
	if (out->port != 0)
		out->verb = NRS_FTP_PASV;
	if (nrs_span_is(code, "234"))
		out->verb = NRS_FTP_TLS;
}

static void parse_command(struct nrs_ftp_parsed *out, struct nrs_span word,
			  struct nrs_span rest)
{
	static const struct {
		const char *word;
		enum nrs_ftp_verb verb;
	} rows[] = {
		{"RETR", NRS_FTP_FILE}, {"STOR", NRS_FTP_FILE},
		{"APPE", NRS_FTP_FILE}, {"STOU", NRS_FTP_FILE},
		{"LIST", NRS_FTP_LIST}, {"NLST", NRS_FTP_LIST},
		{"MLSD", NRS_FTP_LIST}, {"REST", NRS_FTP_REST},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (nrs_span_is_icase(word, rows[i].word))
			out->verb = rows[i].verb;
	}
	if (nrs_span_is_icase(word, "PORT"))
		out->port = six_numbers(rest);
	else if (nrs_span_is_icase(word, "EPRT"))
		out->port = third_field(rest);
	if (out->port != 0)
		out->verb = NRS_FTP_PORT;
	if (out->verb == NRS_FTP_FILE)
		out->name = rest;
	if (out->verb == NRS_FTP_REST &&
	    nrs_span_u64(rest, &out->offset) != NRS_OK)
		out->verb = NRS_FTP_OTHER;
}

int nrs_ftp_parse(struct nrs_ftp_parsed *out, struct nrs_span line)
{
	const struct nrs_span word = word_of(line);

	*out = (struct nrs_ftp_parsed){.verb = NRS_FTP_OTHER};
	if (is_code(line)) {
		parse_reply(out, line);
		return NRS_OK;
	}
	if (word.len < 3 || word.len > 4 ||
	    (word.len < line.len && line.ptr[word.len] != ' '))
		return NRS_E_FORMAT;
	parse_command(out, word, nrs_span_trim(nrs_span_from(line, word.len)));
	return NRS_OK;
}
