/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp: verbs are looked up in a table; arguments are read leniently, as
 * servers do.
 */
#include "capture/proto/smtp.h"

#define GREETING_MAX 512

static const struct {
	const char *name;
	enum nrs_smtp_verb verb;
} verbs[] = {
	{"EHLO", NRS_SMTP_HELO},     {"HELO", NRS_SMTP_HELO},
	{"LHLO", NRS_SMTP_HELO},     {"MAIL", NRS_SMTP_MAIL},
	{"RCPT", NRS_SMTP_RCPT},     {"DATA", NRS_SMTP_DATA},
	{"BDAT", NRS_SMTP_BDAT},     {"RSET", NRS_SMTP_RSET},
	{"QUIT", NRS_SMTP_QUIT},     {"STARTTLS", NRS_SMTP_STARTTLS},
	{"NOOP", NRS_SMTP_NOOP},     {"HELP", NRS_SMTP_NOOP},
	{"VRFY", NRS_SMTP_NOOP},     {"EXPN", NRS_SMTP_NOOP},
	{"AUTH", NRS_SMTP_NOOP},     {"ETRN", NRS_SMTP_NOOP},
	{"TURN", NRS_SMTP_NOOP},     {"XCLIENT", NRS_SMTP_NOOP},
	{"XFORWARD", NRS_SMTP_NOOP},
};

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* The first word, and what stands behind it. */
static struct nrs_span cut_word(struct nrs_span *rest)
{
	size_t len = 0;

	while (len < rest->len && !is_blank(rest->ptr[len]))
		len++;
	const struct nrs_span word = nrs_span_part(*rest, 0, len);
	*rest = nrs_span_trim(nrs_span_from(*rest, len));
	return word;
}

static bool is_at(struct nrs_span text, const char *word)
{
	return nrs_span_is_icase(nrs_span_part(text, 0, strlen(word)), word);
}

/* FROM:<a@b> SIZE=7, From: a@b, <@relay:a@b>: the address. Within quotes a >
 * does not end it. False: the word before is missing. */
static bool take_path(struct nrs_span rest, const char *word,
		      struct nrs_span *out)
{
	bool is_quoted = false;
	size_t len = 0, at;

	if (!is_at(rest, word))
		return false;
	rest = nrs_span_trim(nrs_span_from(rest, strlen(word)));
	const bool has_angle = rest.len > 0 && rest.ptr[0] == '<';
	if (has_angle)
		rest = nrs_span_from(rest, 1);
	for (; len < rest.len; len++) {
		const uint8_t c = rest.ptr[len];

		if (is_quoted && c == '\\' && len + 1 < rest.len)
			len++;
		else if (c == '"')
			is_quoted = !is_quoted;
		else if (!is_quoted && (has_angle ? c == '>' : is_blank(c)))
			break;
	}
	*out = nrs_span_trim(nrs_span_part(rest, 0, len));
	if (out->len > 0 && out->ptr[0] == '@' && /* a route, RFC 5321 C */
	    (at = nrs_span_find(*out, ':', 0)) != SIZE_MAX)
		*out = nrs_span_from(*out, at + 1);
	return true;
}

static void take_size(struct nrs_span rest, struct nrs_smtp_command *out)
{
	const struct nrs_span size = cut_word(&rest);

	out->is_last = nrs_span_is_icase(rest, "LAST");
	out->has_bad_size = nrs_span_u64(size, &out->size) != NRS_OK ||
			    (rest.len > 0 && !out->is_last);
	if (out->has_bad_size)
		out->size = 0;
}

void nrs_smtp_command(struct nrs_span line, struct nrs_smtp_command *command)
{
	struct nrs_span rest = nrs_span_trim(line);
	const struct nrs_span word = cut_word(&rest);

	*command = (struct nrs_smtp_command){.verb = NRS_SMTP_OTHER};
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (nrs_span_is_icase(word, verbs[i].name))
			command->verb = verbs[i].verb;
	}
	switch (command->verb) {
	case NRS_SMTP_HELO:
		command->text = rest;
		break;
	case NRS_SMTP_MAIL:
		if (!take_path(rest, "FROM:", &command->text))
			command->verb = NRS_SMTP_OTHER;
		break;
	case NRS_SMTP_RCPT:
		if (!take_path(rest, "TO:", &command->text))
			command->verb = NRS_SMTP_OTHER;
		break;
	case NRS_SMTP_BDAT:
		take_size(rest, command);
		break;
	case NRS_SMTP_DATA:
	case NRS_SMTP_RSET:
	case NRS_SMTP_QUIT:
	case NRS_SMTP_STARTTLS:
		if (rest.len > 0) /* a text that begins with the word */
			command->verb = NRS_SMTP_OTHER;
		break;
	case NRS_SMTP_OTHER:
	case NRS_SMTP_NOOP:
		break;
	}
}

bool nrs_smtp_reply(struct nrs_span line, unsigned int *code, bool *is_last)
{
	*code = 0;
	if (line.len < 3)
		return false;
	for (size_t i = 0; i < 3; i++) {
		if (line.ptr[i] < '0' || line.ptr[i] > '9')
			return false;
		*code = *code * 10 + line.ptr[i] - '0';
	}
	*is_last = line.len == 3 || line.ptr[3] != '-';
	return *code >= 200 && *code < 600 &&
	       (line.len == 3 || is_blank(line.ptr[3]) || line.ptr[3] == '-');
}

/* Does the line have @word (ASCII, upper case) anywhere? */
static bool has_word(struct nrs_span line, const char *word)
{
	const size_t len = strlen(word);

	for (size_t at = 0; at + len <= line.len; at++) {
		if (nrs_span_is_icase(nrs_span_part(line, at, len), word))
			return true;
	}
	return false;
}

/* "220 host ESMTP": FTP begins so too, without the word. */
static int sniff_greeting(struct nrs_span bytes)
{
	const size_t end = nrs_span_find(bytes, '\n', 0);

	if (end == SIZE_MAX && bytes.len < GREETING_MAX)
		return NRS_E_MORE;
	return has_word(nrs_span_part(bytes, 0, end), "SMTP") ? NRS_OK
							      : NRS_E_FORMAT;
}

int nrs_smtp_sniff(struct nrs_span bytes)
{
	static const char *const words[] = {"EHLO ",	  "HELO ", "LHLO ",
					    "MAIL FROM:", "220 ",  "220-"};
	bool more = false;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		const size_t len = strlen(words[i]);
		const size_t common = bytes.len < len ? bytes.len : len;
		bool same = true;

		for (size_t at = 0; at < common && same; at++)
			same = nrs_ascii_lower(bytes.ptr[at]) ==
			       nrs_ascii_lower((uint8_t)words[i][at]);
		if (!same)
			continue;
		if (common == len)
			return words[i][0] == '2' ? sniff_greeting(bytes)
						  : NRS_OK;
		more = true;
	}
	return more ? NRS_E_MORE : NRS_E_FORMAT;
}
