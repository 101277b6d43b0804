/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pop3: a table of the commands that have long answers.
 */
#include "capture/proto/pop3.h"

static const struct {
	const char *verb;
	enum nrs_pop3_answer bare;     /* without an argument */
	enum nrs_pop3_answer argument; /* with one */
} verbs[] = {
	{"RETR", NRS_POP3_LINE, NRS_POP3_MESSAGE},
	{"TOP", NRS_POP3_LINE, NRS_POP3_TOP},
	{"LIST", NRS_POP3_LINES, NRS_POP3_LINE},
	{"UIDL", NRS_POP3_LINES, NRS_POP3_LINE},
	{"CAPA", NRS_POP3_LINES, NRS_POP3_LINES},
	{"AUTH", NRS_POP3_LINES, NRS_POP3_LINE},
};

enum nrs_pop3_answer nrs_pop3_answer_of(struct nrs_span line)
{
	const struct nrs_span text = nrs_span_trim(line);
	const size_t blank = nrs_span_find(text, ' ', 0);
	const struct nrs_span verb = nrs_span_part(text, 0, blank);

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (nrs_span_is_icase(verb, verbs[i].verb))
			return blank == SIZE_MAX ? verbs[i].bare
						 : verbs[i].argument;
	}
	return NRS_POP3_LINE;
}

int nrs_pop3_status(struct nrs_span line, bool *octets)
{
	*octets = nrs_span_find_text(line, " octets") != SIZE_MAX &&
		  nrs_span_find_text(line, "messages") == SIZE_MAX;
	if (nrs_span_starts(line, "+OK"))
		return NRS_OK;
	return nrs_span_starts(line, "-ERR") ? NRS_E_NOTFOUND : NRS_E_FORMAT;
}

int nrs_pop3_sniff(struct nrs_span bytes)
{
	static const char greeting[] = "+OK";
	const size_t common = bytes.len < 3 ? bytes.len : 3;

	if (common > 0 && memcmp(bytes.ptr, greeting, common) != 0)
		return NRS_E_FORMAT;
	if (bytes.len < 4)
		return NRS_E_MORE;
	return memchr(" \r\n", bytes.ptr[3], 3) != NULL ? NRS_OK : NRS_E_FORMAT;
}
