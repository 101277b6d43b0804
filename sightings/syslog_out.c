/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syslog_out: head, nil structured data, byte order mark, text.
 */
#include "sightings/syslog_out.h"

/* HOSTNAME and MSGID are visible ASCII; nothing is said by "-". */
static void put_word(struct nrs_text *out, struct nrs_span word, size_t most)
{
	word = nrs_span_part(word, 0, most);
	if (word.len == 0)
		nrs_text_putc(out, '-');
	for (size_t i = 0; i < word.len; i++)
		nrs_text_putc(out, word.ptr[i] > 0x20 && word.ptr[i] < 0x7f
					   ? (char)word.ptr[i]
					   : '?');
}

/* Not within a character. */
static struct nrs_span cut(struct nrs_span text)
{
	text = nrs_span_part(text, 0, NRS_SYSLOG_TEXT_MAX);
	while (text.len > 0 && (text.ptr[text.len - 1] & 0xc0) == 0x80)
		text.len--;
	return nrs_span_part(text, 0, text.len == 0 ? 0 : text.len - 1);
}

void nrs_syslog_frame(struct nrs_text *out, const struct nrs_syslog_message *m)
{
	/* Of RFC 5424 table 2: notice, informational, notice, warning,
	 * critical. */
	static const unsigned int severities[] = {5, 6, 5, 4, 2};
	struct nrs_text message = {0};
	char time[NRS_STAMP_LEN];

	(void)nrs_stamp_format(m->time_ns, 6, time);
	nrs_text_printf(&message, "<%u>1 %s ",
			m->facility * 8 + severities[m->grade], time);
	put_word(&message, m->host, 255);
	nrs_text_puts(&message, " noroshi - ");
	put_word(&message, m->what, 32);
	nrs_text_puts(&message, " - \xef\xbb\xbf");
	if (m->text.len <= NRS_SYSLOG_TEXT_MAX) {
		nrs_text_add(&message, m->text);
	} else {
		nrs_text_add(&message, cut(m->text));
		nrs_text_puts(&message, "...(cut)");
	}
	nrs_text_printf(out, "%zu ", message.len);
	nrs_text_add(out, nrs_text_span(&message));
	out->failed |= message.failed;
	nrs_text_fini(&message);
}
