/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control_ask: one request, waited for.
 */
#include "app/control_ask.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/control.h"

static int connect_to(const char *path, int timeout_ms, int *out,
		      struct nrs_diag *diag)
{
	const struct timeval wait = {.tv_sec = timeout_ms / 1000,
				     .tv_usec = timeout_ms % 1000 * 1000};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const size_t len = strlen(path);

	if (len == 0 || len >= sizeof(address.sun_path))
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "a socket's path has 1 to %zu octets",
				    sizeof(address.sun_path) - 1);
	memcpy(address.sun_path, path, len);
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return nrs_diag_set(diag, NRS_E_IO, 0, "%s", strerror(errno));
	*out = fd;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) != 0)
		return nrs_diag_set(diag, NRS_E_IO, 0, "%s", strerror(errno));
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) ==
	    0)
		return NRS_OK;
	if (errno == ENOENT || errno == ECONNREFUSED)
		return nrs_diag_set(diag, NRS_E_NOTFOUND, 0,
				    "no sensor runs here (%s)", path);
	return nrs_diag_set(
		diag, NRS_E_IO, 0, "%s: %s%s", path, strerror(errno),
		errno == EACCES ? " (its owner and group may ask)" : "");
}

static int send_all(int fd, struct nrs_span bytes)
{
	while (bytes.len > 0) {
		const ssize_t put =
			send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return NRS_E_IO;
		bytes = nrs_span_from(bytes, (size_t)put);
	}
	return NRS_OK;
}

static int receive_all(int fd, struct nrs_text *out)
{
	uint8_t bytes[4096];

	for (;;) {
		const ssize_t got = recv(fd, bytes, sizeof(bytes), 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return NRS_E_IO;
		if (got == 0)
			return out->failed ? NRS_E_NOMEM : NRS_OK;
		nrs_text_add(out, nrs_span(bytes, (size_t)got));
		if (out->len > NRS_CONTROL_ANSWER_MAX + 16)
			return NRS_E_LIMIT;
	}
}

/* The first line is the status; the rest is moved to the front. */
static int cut_status(struct nrs_control_answer *answer, struct nrs_diag *diag)
{
	struct nrs_text *text = &answer->text;
	const struct nrs_span all = nrs_text_span(text);
	const size_t end = nrs_span_find(all, '\n', 0);
	uint64_t number;

	if (end == SIZE_MAX ||
	    nrs_span_u64(nrs_span_part(all, 0, end), &number) != NRS_OK ||
	    number > 255)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "no answer that could be read");
	answer->status = (int)number;
	text->len -= end + 1;
	memmove(text->ptr, text->ptr + end + 1, text->len);
	return NRS_OK;
}

int nrs_control_ask(const char *path, struct nrs_span request, int timeout_ms,
		    struct nrs_control_answer *answer, struct nrs_diag *diag)
{
	int fd = -1;
	int err = connect_to(path, timeout_ms, &fd, diag);

	if (err == NRS_OK) {
		err = send_all(fd, request);
		if (err == NRS_OK)
			err = send_all(fd, nrs_span_of("\n"));
		if (err == NRS_OK)
			err = receive_all(fd, &answer->text);
		if (err == NRS_E_IO)
			(void)nrs_diag_set(diag, err, 0, "%s: %s", path,
					   errno == EAGAIN ? "no answer in time"
							   : strerror(errno));
	}
	if (err == NRS_OK)
		err = cut_status(answer, diag);
	if (fd >= 0)
		(void)close(fd);
	return err;
}
