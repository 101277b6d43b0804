/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control: the server.
 *
 * Who is alive is decided by a lock on PATH.lock, which the kernel gives back
 * when its holder dies: so a socket without a holder is stale, and two that
 * start at once cannot take it from each other.
 */
#include "app/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/control_request.h"

struct client {
	int fd; /* -1: free */
	int64_t since_ns;
	bool is_answering;
	struct nrs_text request;
	struct nrs_text answer;
	size_t sent;
};

struct nrs_control {
	const struct nrs_control_ops *ops;
	void *ctx;
	struct sockaddr_un address;
	int lock, listener;
	bool is_bound;
	struct client clients[NRS_CONTROL_CLIENTS_MAX];
	struct nrs_control_figures figures;
};

static int take_lock(struct nrs_control *c, const char *path,
		     struct nrs_diag *diag)
{
	char name[sizeof(c->address.sun_path) + 8];

	(void)snprintf(name, sizeof(name), "%s.lock", path);
	c->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (c->lock < 0)
		return nrs_diag_set(diag, NRS_E_IO, 0, "%s: %s", name,
				    strerror(errno));
	if (flock(c->lock, LOCK_EX | LOCK_NB) != 0)
		return nrs_diag_set(diag, NRS_E_IO, 0,
				    "%s: another noroshi listens there", path);
	return NRS_OK;
}

/* A service has its folder made; by hand it may be missing. */
static void make_folder(const char *path)
{
	char folder[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	const char *slash = strrchr(path, '/');

	if (slash == NULL || slash == path)
		return;
	(void)snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path),
		       path);
	(void)mkdir(folder, 0755); /* what follows says why not */
}

/* We hold the lock, so a socket at @path is nobody's. */
static int clear_path(const char *path, struct nrs_diag *diag)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return NRS_OK;
	if (!S_ISSOCK(st.st_mode))
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "%s is there, and no socket", path);
	if (unlink(path) != 0)
		return nrs_diag_set(diag, NRS_E_IO, 0, "%s: %s", path,
				    strerror(errno));
	return NRS_OK;
}

static int start_listening(struct nrs_control *c, struct nrs_diag *diag)
{
	const char *path = c->address.sun_path;

	c->listener =
		socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* For nobody until it is whole: bind takes the mode from here. */
	if (c->listener < 0 || fchmod(c->listener, 0600) != 0 ||
	    bind(c->listener, (const struct sockaddr *)&c->address,
		 sizeof(c->address)) != 0)
		return nrs_diag_set(diag, NRS_E_IO, 0, "%s: %s", path,
				    strerror(errno));
	c->is_bound = true;
	if (chmod(path, 0660) != 0 || listen(c->listener, 16) != 0)
		return nrs_diag_set(diag, NRS_E_IO, 0, "%s: %s", path,
				    strerror(errno));
	return NRS_OK;
}

int nrs_control_open(struct nrs_control **out, const char *path,
		     const struct nrs_control_ops *ops, void *ctx,
		     struct nrs_diag *diag)
{
	const size_t len = strlen(path);
	struct nrs_control *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NRS_E_NOMEM;
	c->ops = ops;
	c->ctx = ctx;
	c->lock = c->listener = -1;
	for (unsigned int i = 0; i < NRS_CONTROL_CLIENTS_MAX; i++)
		c->clients[i].fd = -1;
	c->address.sun_family = AF_UNIX;
	int err = NRS_OK;
	if (len == 0 || len >= sizeof(c->address.sun_path))
		err = nrs_diag_set(diag, NRS_E_USAGE, 0,
				   "a socket's path has 1 to %zu octets",
				   sizeof(c->address.sun_path) - 1);
	else
		memcpy(c->address.sun_path, path, len);
	if (err == NRS_OK) {
		make_folder(path);
		err = take_lock(c, path, diag);
	}
	if (err == NRS_OK)
		err = clear_path(path, diag);
	if (err == NRS_OK)
		err = start_listening(c, diag);
	if (err != NRS_OK) {
		nrs_control_close(c);
		return err;
	}
	*out = c;
	return NRS_OK;
}

static void drop(struct client *client)
{
	if (client->fd >= 0)
		(void)close(client->fd);
	nrs_text_fini(&client->request);
	nrs_text_fini(&client->answer);
	*client = (struct client){.fd = -1};
}

void nrs_control_close(struct nrs_control *control)
{
	if (control == NULL)
		return;
	for (unsigned int i = 0; i < NRS_CONTROL_CLIENTS_MAX; i++)
		drop(&control->clients[i]);
	if (control->is_bound)
		(void)unlink(control->address.sun_path);
	if (control->listener >= 0)
		(void)close(control->listener);
	/* The lock's file stays: to remove it would race with who waits. */
	if (control->lock >= 0)
		(void)close(control->lock);
	free(control);
}

static struct client *free_client(struct nrs_control *c)
{
	for (unsigned int i = 0; i < NRS_CONTROL_CLIENTS_MAX; i++)
		if (c->clients[i].fd < 0)
			return &c->clients[i];
	return NULL;
}

unsigned int nrs_control_fds(const struct nrs_control *control,
			     struct pollfd fds[NRS_CONTROL_FDS_MAX])
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < NRS_CONTROL_CLIENTS_MAX; i++) {
		const struct client *client = &control->clients[i];

		if (client->fd >= 0)
			fds[count++] = (struct pollfd){
				.fd = client->fd,
				.events = client->is_answering ? POLLOUT
							       : POLLIN};
	}
	/* With no room for one more they wait in the kernel. */
	if (count < NRS_CONTROL_CLIENTS_MAX)
		fds[count++] = (struct pollfd){.fd = control->listener,
					       .events = POLLIN};
	return count;
}

static void take_clients(struct nrs_control *c, int64_t now_ns)
{
	struct client *client;

	while ((client = free_client(c)) != NULL) {
		const int fd = accept4(c->listener, NULL, NULL,
				       SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0)
			return;
		client->fd = fd;
		client->since_ns = now_ns;
	}
}

/* The answer: its status as a line, and the text. */
static void answer(struct nrs_control *c, struct client *client,
		   struct nrs_span request)
{
	struct nrs_text text = {0};
	bool is_known = false;
	int status =
		nrs_control_request(request, c->ops, c->ctx, &text, &is_known);

	if (text.failed || text.len > NRS_CONTROL_ANSWER_MAX) {
		nrs_text_clear(&text);
		nrs_text_puts(&text, "the answer is too large\n");
		status = 1;
	}
	nrs_text_printf(&client->answer, "%d\n", status);
	nrs_text_add(&client->answer, nrs_text_span(&text));
	nrs_text_fini(&text);
	client->is_answering = true;
	if (is_known)
		c->figures.served++;
	else
		c->figures.refused++;
}

/* False: this client is done with. */
static bool read_some(struct nrs_control *c, struct client *client)
{
	uint8_t bytes[4096];

	for (;;) {
		const ssize_t got = recv(client->fd, bytes, sizeof(bytes), 0);

		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return true;
		if (got <= 0)
			break;
		const struct nrs_span new = nrs_span(bytes, (size_t)got);
		const size_t end = nrs_span_find(new, '\n', 0);
		nrs_text_add(&client->request, nrs_span_part(new, 0, end));
		if (client->request.failed)
			break;
		if (client->request.len > NRS_CONTROL_REQUEST_MAX) {
			c->figures.refused++;
			return false;
		}
		if (end != SIZE_MAX) {
			answer(c, client, nrs_text_span(&client->request));
			return true;
		}
	}
	c->figures.dropped++;
	return false;
}

static bool write_some(struct nrs_control *c, struct client *client)
{
	if (client->answer.failed) {
		c->figures.dropped++;
		return false;
	}
	while (client->sent < client->answer.len) {
		const ssize_t put =
			send(client->fd, client->answer.ptr + client->sent,
			     client->answer.len - client->sent, MSG_NOSIGNAL);

		if (put < 0 && (errno == EAGAIN || errno == EINTR))
			return true;
		if (put <= 0) {
			c->figures.dropped++;
			return false;
		}
		client->sent += (size_t)put;
	}
	return false;
}

void nrs_control_step(struct nrs_control *control, int64_t now_ns)
{
	take_clients(control, now_ns);
	for (unsigned int i = 0; i < NRS_CONTROL_CLIENTS_MAX; i++) {
		struct client *client = &control->clients[i];
		bool goes_on = client->fd >= 0;

		if (!goes_on)
			continue;
		if (!client->is_answering)
			goes_on = read_some(control, client);
		if (goes_on && client->is_answering)
			goes_on = write_some(control, client);
		if (goes_on &&
		    now_ns - client->since_ns >= NRS_CONTROL_CLIENT_NS) {
			control->figures.dropped++;
			goes_on = false;
		}
		if (!goes_on)
			drop(client);
	}
}

void nrs_control_figures(const struct nrs_control *control,
			 struct nrs_control_figures *out)
{
	*out = control->figures;
}
