/* SPDX-License-Identifier: Apache-2.0 */
/*
 * multipart: a delimiter is CR LF "--" boundary, or LF alone before it, as
 * receivers take it, and both stand in it only at its front: where a match
 * breaks off, what was matched is data, and the octet that broke it can only be
 * the front of another one. So nothing need be kept.
 */
#include "capture/proto/multipart.h"

enum {
	PREAMBLE,  /* before the first delimiter */
	DELIMITER, /* behind one: is it the last? */
	DASH,	   /* one "-" behind it */
	LINE,	   /* the rest of its line */
	HEAD,
	DATA,
	EPILOGUE,
};

int nrs_multipart_begin(struct nrs_multipart *m, struct nrs_span boundary)
{
	if (boundary.len == 0 || boundary.len > NRS_BOUNDARY_MAX ||
	    nrs_span_find(boundary, '\r', 0) != SIZE_MAX ||
	    nrs_span_find(boundary, '\n', 0) != SIZE_MAX)
		return NRS_E_FORMAT;
	memcpy(m->delimiter, "\r\n--", 4);
	memcpy(m->delimiter + 4, boundary.ptr, boundary.len);
	m->delimiter_len = (uint8_t)(boundary.len + 4);
	m->matched = m->granted = 2; /* its front is the front of a line */
	m->state = PREAMBLE;
	m->in_part = false;
	m->head_len = 0;
	return NRS_OK;
}

/* Where a delimiter may begin in @in, at its end perhaps; its length: nowhere.
 */
static size_t find_front(struct nrs_span in)
{
	size_t at = 0;

	while ((at = nrs_span_find(in, '\n', at)) != SIZE_MAX) {
		if (at + 1 == in.len || in.ptr[at + 1] == '-')
			return at > 0 && in.ptr[at - 1] == '\r' ? at - 1 : at;
		at++;
	}
	return in.ptr[in.len - 1] == '\r' ? in.len - 1 : in.len;
}

/* Data until the delimiter or the end of @in; true: the delimiter is whole. */
static bool find_delimiter(struct nrs_multipart *m, struct nrs_span *in,
			   struct nrs_span *data)
{
	const uint8_t *const from = in->ptr;
	size_t i = 0;

	*data = nrs_span(NULL, 0);
	while (i < in->len) {
		if (m->matched == 0) {
			i = find_front(*in);
			if (i > 0) { /* the match begins with the next call */
				*data = nrs_span_part(*in, 0, i);
				break;
			}
			if (from[0] == '\n') { /* there is no CR to give back */
				m->matched = 1;
				m->granted = 1;
			}
		}
		if (from[i] == m->delimiter[m->matched]) {
			m->matched++;
			i++;
			if (m->matched < m->delimiter_len)
				continue;
			m->matched = m->granted = 0;
			*in = nrs_span_from(*in, i);
			return true;
		}
		/* What was matched is data; it may stand in an earlier piece.
		 * The octets are the delimiter's own. */
		*data = nrs_span(m->delimiter + m->granted,
				 m->matched - m->granted);
		m->matched = m->granted = 0;
		break;
	}
	*in = nrs_span_from(*in, i);
	return false;
}

/* True: an empty line has ended the head. */
static bool take_head_octet(struct nrs_multipart *m, uint8_t c)
{
	const uint16_t len = m->head_len;

	if (c == '\n' && (len == 0 || m->head[len - 1] == '\n'))
		return true;
	if (c != '\r' && len < sizeof(m->head))
		m->head[m->head_len++] = c;
	else if (c == '\n') /* too long: its end is seen still */
		m->head[len - 1] = c;
	else if (c != '\r' && len > 0 && m->head[len - 1] == '\n')
		m->head[len - 1] = ' ';
	return false;
}

static void take_framing_octet(struct nrs_multipart *m, uint8_t c)
{
	switch (m->state) {
	case DELIMITER:
	case DASH:
		if (c == '-')
			m->state = m->state == DASH ? EPILOGUE : DASH;
		else
			m->state = c == '\n' ? HEAD : LINE;
		break;
	default: /* LINE */
		m->state = c == '\n' ? HEAD : LINE;
		break;
	}
	if (m->state == HEAD)
		m->head_len = 0;
}

enum nrs_multipart_event nrs_multipart_next(struct nrs_multipart *m,
					    struct nrs_span *in,
					    struct nrs_span *out)
{
	while (in->len > 0) {
		if (m->state == PREAMBLE || m->state == DATA) {
			const bool is_data = m->state == DATA;

			if (find_delimiter(m, in, out)) {
				m->state = DELIMITER;
				m->in_part = false;
				if (is_data)
					return NRS_MULTIPART_END;
			} else if (is_data && out->len > 0) {
				return NRS_MULTIPART_DATA;
			}
			continue;
		}
		const uint8_t c = in->ptr[0];
		*in = m->state == EPILOGUE ? nrs_span(NULL, 0)
					   : nrs_span_from(*in, 1);
		if (m->state == HEAD && take_head_octet(m, c)) {
			m->state = DATA;
			m->in_part = true;
			m->matched = m->granted = 2; /* it may be empty */
			*out = nrs_span(m->head, m->head_len);
			return NRS_MULTIPART_PART;
		}
		if (m->state != HEAD && m->state != EPILOGUE)
			take_framing_octet(m, c);
	}
	return NRS_MULTIPART_MORE;
}

struct nrs_span nrs_multipart_header(struct nrs_span head, const char *name)
{
	while (head.len > 0) {
		size_t end = nrs_span_find(head, '\n', 0);

		/* A line that begins with a blank goes on. */
		while (end != SIZE_MAX && end + 1 < head.len &&
		       (head.ptr[end + 1] == ' ' || head.ptr[end + 1] == '\t'))
			end = nrs_span_find(head, '\n', end + 1);
		const struct nrs_span line = nrs_span_part(head, 0, end);
		const size_t colon = nrs_span_find(line, ':', 0);
		if (colon != SIZE_MAX &&
		    nrs_span_is_icase(
			    nrs_span_trim(nrs_span_part(line, 0, colon)), name))
			return nrs_span_trim(nrs_span_from(line, colon + 1));
		if (end == SIZE_MAX)
			break;
		head = nrs_span_from(head, end + 1);
	}
	return nrs_span(NULL, 0);
}
