/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_lines: a line is read where it stands; one that is not whole waits in
 * the side's buffer.
 */
#include "capture/session_lines.h"

#define TLS_HANDSHAKE 22

size_t nrs_session_line(struct nrs_session_env *env,
			struct nrs_session_lines *lines, struct nrs_span bytes,
			struct nrs_span *line)
{
	const size_t end = nrs_span_find(bytes, '\n', 0);
	const size_t len = end == SIZE_MAX ? bytes.len : end + 1;

	*line = nrs_span(NULL, 0);
	if (lines->is_lost || len > NRS_SESSION_LINE_MAX) {
		if (!lines->is_lost)
			nrs_lack(env, NRS_C_LINES_REFUSED);
		lines->is_lost = end == SIZE_MAX;
		return len;
	}
	if (end == SIZE_MAX)
		return 0;
	*line = nrs_span_part(bytes, 0, end);
	if (line->len > 0 && line->ptr[line->len - 1] == '\r')
		line->len--;
	return len;
}

bool nrs_session_starts_tls(struct nrs_session_env *env, struct nrs_flow *flow,
			    struct nrs_span bytes, bool *more)
{
	const int err = bytes.ptr[0] == TLS_HANDSHAKE ? nrs_tls_sniff(bytes)
						      : NRS_E_FORMAT;

	*more = err == NRS_E_MORE;
	if (err == NRS_OK)
		nrs_session_become(env, flow, NRS_SESSION_TLS);
	return err == NRS_OK || *more;
}
