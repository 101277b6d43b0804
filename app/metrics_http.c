/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metrics_http: libmicrohttpd in its external mode: one epoll descriptor that
 * the main thread polls.
 *
 * The library shuts out who says nothing for a while; who says a byte now and
 * then would stay, so each connection has an end of its own, by shutdown(2):
 * the library sees it closed and cleans up.
 */
#include "app/metrics_http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "app/listen.h"
#include "app/metrics.h"

#define LIFE_NS (NRS_METRICS_CLIENT_S * INT64_C(1000000000))
#define FRESH_NS INT64_C(1000000000)
#define HEAD_MAX ((size_t)16 << 10) /* request and answer's head */

struct client {
	struct MHD_Connection *connection; /* NULL: a free place */
	int64_t since_ns;
};

struct nrs_metrics_http {
	struct nrs_metrics_http_options options;
	struct MHD_Daemon *daemon;
	struct nrs_text body;
	int64_t now_ns, made_ns; /* 0: never */
	struct client clients[NRS_METRICS_CLIENTS_MAX];
};

static struct nrs_span body(struct nrs_metrics_http *http)
{
	if (http->made_ns == 0 || http->now_ns - http->made_ns >= FRESH_NS) {
		nrs_text_clear(&http->body);
		http->options.write(http->options.ctx, &http->body);
		http->made_ns = http->now_ns;
	}
	return nrs_text_span(&http->body);
}

static enum MHD_Result answer(struct MHD_Connection *connection,
			      unsigned int status, struct nrs_span text)
{
	/* Copied: the next second's text may be made before it is sent. */
	struct MHD_Response *response = MHD_create_response_from_buffer(
		text.len, (void *)(uintptr_t)text.ptr, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;

	if (response == NULL)
		return MHD_NO;
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				      status == MHD_HTTP_OK
					      ? NRS_METRICS_TYPE
					      : "text/plain; charset=utf-8");
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION,
				      "close");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW,
					      "GET, HEAD");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

/* What the library hands over with a request: eight, as it chose. */
#define REQUEST                                                                \
	void *ctx, struct MHD_Connection *connection, const char *url,         \
		const char *method, const char *version, const char *upload,   \
		size_t *upload_size, void **state

static enum MHD_Result on_request(REQUEST)
{
	struct nrs_metrics_http *http = ctx;

	(void)version, (void)upload, (void)upload_size, (void)state;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 &&
	    strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
			      nrs_span_of("GET only\n"));
	if (strcmp(url, "/metrics") != 0)
		return answer(connection, MHD_HTTP_NOT_FOUND,
			      nrs_span_of("see /metrics\n"));
	const struct nrs_span text = body(http);
	if (http->body.failed)
		return answer(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
			      nrs_span_of("no memory\n"));
	return answer(connection, MHD_HTTP_OK, text);
}

static void on_connection(void *ctx, struct MHD_Connection *connection,
			  void **state,
			  enum MHD_ConnectionNotificationCode code)
{
	struct nrs_metrics_http *http = ctx;
	struct client *client = *state;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (client != NULL)
			client->connection = NULL;
		return;
	}
	for (unsigned int i = 0; i < NRS_METRICS_CLIENTS_MAX; i++) {
		client = &http->clients[i];
		if (client->connection != NULL)
			continue;
		*client = (struct client){connection, http->now_ns};
		*state = client;
		return;
	}
}

static int start(struct nrs_metrics_http *http, const struct nrs_addr *addr,
		 uint16_t port)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET,
				 .sin_port = htons(port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
				  .sin6_port = htons(port)};
	const bool is_v4 = nrs_addr_is_v4(addr);
	const struct sockaddr *at = is_v4 ? (const struct sockaddr *)&v4
					  : (const struct sockaddr *)&v6;

	memcpy(&v4.sin_addr, addr->bytes + 12, 4);
	memcpy(&v6.sin6_addr, addr->bytes, 16);
	http->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | (is_v4 ? 0u : (unsigned int)MHD_USE_IPv6), port,
		NULL, NULL, on_request, http, MHD_OPTION_SOCK_ADDR, at,
		MHD_OPTION_CONNECTION_LIMIT, NRS_METRICS_CLIENTS_MAX,
		MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned int)NRS_METRICS_CLIENT_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEAD_MAX,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, http,
		MHD_OPTION_END);
	return http->daemon == NULL ? NRS_E_IO : NRS_OK;
}

int nrs_metrics_http_open(struct nrs_metrics_http **out,
			  const struct nrs_metrics_http_options *options,
			  struct nrs_diag *diag)
{
	struct nrs_metrics_http *http;
	struct nrs_addr addr;
	uint16_t port = 0;

	if (nrs_listen_parse(nrs_span_of(options->listen), &addr, &port) !=
	    NRS_OK)
		return nrs_diag_set(diag, NRS_E_SYNTAX, 0,
				    "metrics.listen: '%s' is no ADDRESS:PORT",
				    options->listen);
	http = calloc(1, sizeof(*http));
	if (http == NULL)
		return NRS_E_NOMEM;
	http->options = *options;
	errno = 0;
	if (start(http, &addr, port) != NRS_OK) {
		free(http);
		return nrs_diag_set(diag, NRS_E_IO, 0,
				    "metrics.listen: cannot listen at %s: %s",
				    options->listen,
				    errno != 0 ? strerror(errno)
					       : "the library does not say");
	}
	*out = http;
	return NRS_OK;
}

void nrs_metrics_http_close(struct nrs_metrics_http *http)
{
	if (http == NULL)
		return;
	MHD_stop_daemon(http->daemon);
	nrs_text_fini(&http->body);
	free(http);
}

int nrs_metrics_http_fd(const struct nrs_metrics_http *http)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);

	return info == NULL ? -1 : info->epoll_fd;
}

uint16_t nrs_metrics_http_port(const struct nrs_metrics_http *http)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_BIND_PORT);

	return info == NULL ? 0 : info->port;
}

static void end_the_old(struct nrs_metrics_http *http)
{
	for (unsigned int i = 0; i < NRS_METRICS_CLIENTS_MAX; i++) {
		struct client *client = &http->clients[i];
		const union MHD_ConnectionInfo *info;

		if (client->connection == NULL ||
		    http->now_ns - client->since_ns < LIFE_NS)
			continue;
		info = MHD_get_connection_info(
			client->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
		if (info != NULL)
			(void)shutdown(info->connect_fd, SHUT_RDWR);
	}
}

void nrs_metrics_http_step(struct nrs_metrics_http *http, int64_t now_ns)
{
	if (http == NULL)
		return;
	http->now_ns = now_ns;
	end_the_old(http);
	(void)MHD_run(http->daemon);
}
