/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_http: what the session_http*.c files share: bodies of requests and
 * responses as files of their exchange, where files are asked for.
 */
#pragma once

#include "capture/session_part.h"

/* The head in env->http_head has been read as @pending's request or response,
 * which came from @side, and a body follows if @has_body. An exchange that has
 * a response, and no body under way, ends here. */
void nrs_http_body_begin(struct nrs_session_env *env, struct nrs_flow *flow,
			 struct nrs_pending *pending, unsigned int side,
			 bool has_body);

/* Octets of @side's body, in order, or @len that will not come (0: nobody
 * knows how many). */
void nrs_http_body_data(struct nrs_session_env *env, struct nrs_flow *flow,
			unsigned int side, struct nrs_span data);
void nrs_http_body_gap(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int side, uint64_t len);

/* @side's body is over; its exchange may be, too. */
void nrs_http_body_end(struct nrs_session_env *env, struct nrs_flow *flow,
		       unsigned int side, bool is_complete);

/* Is a body of @side followed? */
bool nrs_http_body_is_open(const struct nrs_session *session,
			   unsigned int side);

/* Give back what the state holds, untold. */
void nrs_http_body_drop(struct nrs_session_env *env,
			struct nrs_session *session);
