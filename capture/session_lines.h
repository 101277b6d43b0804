/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_lines: protocols of lines, and TLS that begins among them.
 */
#pragma once

#include "capture/session_part.h"

#define NRS_SESSION_LINE_MAX ((size_t)4096)

/* What is read of a side's lines. */
struct nrs_session_lines {
	bool is_lost; /* the rest of this line is of no use */
};

/*
 * The next line of @bytes without its end, and how many octets it takes; 0:
 * more are needed. A line longer than NRS_SESSION_LINE_MAX is passed over, as
 * an empty one, counted.
 */
size_t nrs_session_line(struct nrs_session_env *env,
			struct nrs_session_lines *lines, struct nrs_span bytes,
			struct nrs_span *line);

/* True: TLS begins with @bytes, and the flow is one of TLS now; or, with
 * *@more, too few octets to say. */
bool nrs_session_starts_tls(struct nrs_session_env *env, struct nrs_flow *flow,
			    struct nrs_span bytes, bool *more);
