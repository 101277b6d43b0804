/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child: fork, a pipe, and a deadline. The child writes its return value and
 * then its text; the end of the pipe tells that it has done.
 */
#include "engine/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/err.h"
#include "engine/base/file.h"

#define PIECE ((size_t)65536)

_Noreturn static void be_child(int (*work)(void *ctx, struct nrs_text *out),
			       void *ctx, int fd)
{
	struct nrs_text out = {0};

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	int32_t err = work(ctx, &out);
	if (out.failed)
		err = NRS_E_NOMEM;
	_exit(nrs_write_all(fd, nrs_span(&err, sizeof(err))) &&
			      nrs_write_all(fd, nrs_text_span(&out))
		      ? 0
		      : 1);
}

static int64_t now_ms(void)
{
	return nrs_monotonic_ns() / 1000000;
}

/* All that comes until the other end is closed. */
static int read_all(int fd, int64_t deadline_ms, struct nrs_text *out)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	uint8_t piece[PIECE];

	for (;;) {
		const int64_t left = deadline_ms - now_ms();
		const int woken =
			left <= 0 ? 0
				  : poll(&ready, 1,
					 left > 60000 ? 60000 : (int)left);

		if (left <= 0)
			return NRS_E_LIMIT;
		if (woken == 0 || (woken < 0 && errno == EINTR))
			continue;
		const ssize_t got = read(fd, piece, sizeof(piece));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return NRS_E_INTERNAL;
		if (got == 0)
			return NRS_OK;
		nrs_text_add(out, nrs_span(piece, (size_t)got));
		if (out->failed)
			return NRS_E_NOMEM;
	}
}

/* Wait for the end of @child, which is near; true if it was a good one. */
static bool has_ended_well(pid_t child)
{
	int status = 0;

	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return false;
	}
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int nrs_child_run(int (*work)(void *ctx, struct nrs_text *out), void *ctx,
		  unsigned int seconds, struct nrs_text *out)
{
	const int64_t deadline = now_ms() + (int64_t)seconds * 1000;
	struct nrs_text answer = {0};
	int32_t result = NRS_E_INTERNAL;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return NRS_E_NOMEM;
	const pid_t child = fork();
	if (child == 0)
		be_child(work, ctx, ends[1]);
	(void)close(ends[1]);
	int err =
		child < 0 ? NRS_E_NOMEM : read_all(ends[0], deadline, &answer);
	(void)close(ends[0]);
	if (child < 0)
		return err;
	if (err != NRS_OK)
		(void)kill(child, SIGKILL);
	if (!has_ended_well(child) && err == NRS_OK)
		err = NRS_E_INTERNAL;
	if (err == NRS_OK && answer.len >= sizeof(result)) {
		memcpy(&result, answer.ptr, sizeof(result));
		nrs_text_add(out, nrs_span_from(nrs_text_span(&answer),
						sizeof(result)));
		err = out->failed ? NRS_E_NOMEM : result;
	}
	nrs_text_fini(&answer);
	return err;
}
