/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control: how `noroshi status`, `reload`, `add`, `withdraw` and `posture`
 * reach a running sensor: a UNIX stream socket that its owner and group may use
 * (0660).
 *
 * A request is a line of JSON: {"do":"status"}, {"do":"add","values":["..."]}.
 * The answer is a line with an exit status, then text until the connection
 * closes. One request per connection.
 *
 * The server is steps in the main thread's loop: nothing waits for a client.
 * Clients are few, requests and answers bounded, and one that is slow is shut
 * out after NRS_CONTROL_CLIENT_NS.
 */
#pragma once

#include <poll.h>

#include "engine/base/err.h"
#include "engine/base/text.h"

#define NRS_CONTROL_CLIENTS_MAX 8u
#define NRS_CONTROL_FDS_MAX (NRS_CONTROL_CLIENTS_MAX + 1)
#define NRS_CONTROL_REQUEST_MAX ((size_t)64 << 10)
#define NRS_CONTROL_ANSWER_MAX ((size_t)4 << 20)
#define NRS_CONTROL_VALUES_MAX 1000u
#define NRS_CONTROL_CLIENT_NS (10 * INT64_C(1000000000))

/*
 * What a request does. Each writes text for people (or a script) to @out,
 * returns an exit status (0, 1), and must not wait: what takes time is begun.
 */
struct nrs_control_ops {
	int (*status)(void *ctx, bool is_json, struct nrs_text *out);
	/* @accepts: also sources that are not believed (feeds.h). */
	/* @refreshes: hubs are read from their start. */
	int (*reload)(void *ctx, bool accepts, bool refreshes,
		      struct nrs_text *out);
	/* Values as people type them, 1 to NRS_CONTROL_VALUES_MAX. */
	int (*add)(void *ctx, const struct nrs_span *values, unsigned int count,
		   struct nrs_text *out);
	int (*add_file)(void *ctx, const char *path, struct nrs_text *out);
	/* Values and names of files that were added. */
	int (*withdraw)(void *ctx, const struct nrs_span *values,
			unsigned int count, struct nrs_text *out);
	/* "normal", "heightened"; empty: which is it? */
	int (*posture)(void *ctx, struct nrs_span word, struct nrs_text *out);
	/* Begin one, or ask how it is: enum nrs_selftest_answer. */
	int (*selftest)(void *ctx, bool is_begin, bool with_wire,
			struct nrs_text *out);
};

struct nrs_control;

/*
 * Listen at @path, in a folder that is made if need be (0755); the socket of
 * a process that died is replaced. @ops and
 * @ctx are borrowed. NRS_E_USAGE: the path is too long, or there is something
 * that is no socket; NRS_E_IO: another process listens there, or the system
 * said no; NRS_E_NOMEM. @diag says it.
 */
int nrs_control_open(struct nrs_control **out, const char *path,
		     const struct nrs_control_ops *ops, void *ctx,
		     struct nrs_diag *diag);

/* Removes the socket; NULL is fine. */
void nrs_control_close(struct nrs_control *control);

/* What to poll: how many of @fds were filled. */
unsigned int nrs_control_fds(const struct nrs_control *control,
			     struct pollfd fds[NRS_CONTROL_FDS_MAX]);

/* Do what can be done without waiting; call it each second too. @now_ns: any
 * clock that only goes on. */
void nrs_control_step(struct nrs_control *control, int64_t now_ns);

struct nrs_control_figures {
	uint64_t served;
	uint64_t refused; /* no request that we know, or too long */
	uint64_t dropped; /* too slow, or gone */
};
void nrs_control_figures(const struct nrs_control *control,
			 struct nrs_control_figures *out);
