/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_env: converters of character sets take megabytes: only where text of
 * mails may be asked for.
 */
#include "capture/worker_env.h"

#include <stdlib.h>

/* Their text may be of any character set. */
#define WORDED_FIELDS                                                          \
	(NRS_FIELD_BIT(NRS_F_EMAIL_SUBJECT) |                                  \
	 NRS_FIELD_BIT(NRS_F_EMAIL_HEADER) |                                   \
	 NRS_FIELD_BIT(NRS_F_EMAIL_ATTACHMENT) |                               \
	 NRS_FIELD_BIT(NRS_F_FILE_NAME))

int nrs_worker_env_init(struct nrs_worker *w)
{
	struct nrs_session_env *env = &w->env;
	const bool has_words =
		w->options.sets_change || (env->demand & WORDED_FIELDS) != 0;

	env->matcher = w->matcher;
	env->counters = &w->counters;
	env->ctx = w;
	env->lack = nrs_worker_on_lack;
	env->answer = w->options.want_answers ? nrs_worker_on_answer : NULL;
	env->dns_room = malloc(sizeof(*env->dns_room));
	env->http_head = malloc(sizeof(*env->http_head));
	env->text_room = malloc(NRS_SESSION_TEXT_ROOM);
	env->quic_room = malloc(NRS_SESSION_QUIC_ROOM);
	env->body_room = malloc(NRS_SESSION_BODY_ROOM);
	env->hasher = nrs_hasher_new();
	env->cipher = nrs_cipher_new();
	env->charsets = has_words ? nrs_charsets_new() : NULL;
	return env->dns_room == NULL || env->http_head == NULL ||
			       env->text_room == NULL ||
			       env->quic_room == NULL ||
			       env->body_room == NULL || env->hasher == NULL ||
			       env->cipher == NULL ||
			       (has_words && env->charsets == NULL)
		       ? NRS_E_NOMEM
		       : NRS_OK;
}

void nrs_worker_env_fini(struct nrs_session_env *env)
{
	free(env->dns_room);
	free(env->http_head);
	free(env->text_room);
	free(env->quic_room);
	free(env->body_room);
	nrs_hasher_free(env->hasher);
	nrs_cipher_free(env->cipher);
	nrs_charsets_free(env->charsets);
}
