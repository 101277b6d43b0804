/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire: a blocking socket whose every wait has an end (on Linux the timeout of
 * sending is that of connecting too), and OpenSSL upon it.
 */
#include "app/wire.h"

#include <errno.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define TIMEOUT_MS 10000u

struct nrs_wire {
	int fd;
	SSL_CTX *context; /* NULL: TCP alone */
	SSL *ssl;
};

static int fail(struct nrs_diag *diag, const struct nrs_wire_config *config,
		const char *why)
{
	return nrs_diag_set(diag, NRS_E_IO, 0, "%s:%s: %s", config->host,
			    config->port, why);
}

static void bound_waits(int fd, unsigned int timeout_ms)
{
	const struct timeval wait = {.tv_sec = timeout_ms / 1000,
				     .tv_usec = timeout_ms % 1000 * 1000};
	const int on = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

/* The first of the host's addresses that answers. */
static int connect_to(const struct nrs_wire_config *config, int *out,
		      struct nrs_diag *diag)
{
	const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM};
	const unsigned int timeout_ms =
		config->timeout_ms == 0 ? TIMEOUT_MS : config->timeout_ms;
	struct addrinfo *found = NULL;
	const int error =
		getaddrinfo(config->host, config->port, &wanted, &found);
	int fd = -1, why = ENOENT;

	if (error != 0)
		return fail(diag, config, gai_strerror(error));
	for (const struct addrinfo *at = found; at != NULL && fd < 0;
	     at = at->ai_next) {
		fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC,
			    at->ai_protocol);
		if (fd < 0)
			continue;
		bound_waits(fd, timeout_ms);
		if (connect(fd, at->ai_addr, at->ai_addrlen) == 0)
			break;
		why = errno == EINPROGRESS ? ETIMEDOUT : errno;
		(void)close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	*out = fd;
	return fd < 0 ? fail(diag, config, strerror(why)) : NRS_OK;
}

static const char *make_context(struct nrs_wire *w,
				const struct nrs_wire_config *config)
{
	w->context = SSL_CTX_new(TLS_client_method());
	if (w->context == NULL)
		return "no memory for TLS";
	/* A read of what is no data returns, so that it never waits. */
	(void)SSL_CTX_clear_mode(w->context, SSL_MODE_AUTO_RETRY);
	SSL_CTX_set_verify(w->context, SSL_VERIFY_PEER, NULL);
	if (SSL_CTX_set_min_proto_version(w->context, TLS1_2_VERSION) != 1)
		return "no TLS 1.2";
	if ((config->ca_file != NULL
		     ? SSL_CTX_load_verify_file(w->context, config->ca_file)
		     : SSL_CTX_set_default_verify_paths(w->context)) != 1)
		return "the authorities cannot be read";
	if (config->client_certificate != NULL &&
	    (SSL_CTX_use_certificate_chain_file(
		     w->context, config->client_certificate) != 1 ||
	     SSL_CTX_use_PrivateKey_file(w->context, config->client_key,
					 SSL_FILETYPE_PEM) != 1))
		return "our certificate or its key cannot be read";
	return NULL;
}

static const char *shake_hands(struct nrs_wire *w,
			       const struct nrs_wire_config *config)
{
	long verified;

	w->ssl = SSL_new(w->context);
	if (w->ssl == NULL || SSL_set_fd(w->ssl, w->fd) != 1)
		return "no memory for TLS";
	/* A name, or an address: the certificate must be of this host. */
	if (SSL_set1_host(w->ssl, config->host) != 1 ||
	    SSL_set_tlsext_host_name(w->ssl, config->host) != 1)
		return "the host's name cannot be verified";
	if (SSL_connect(w->ssl) == 1)
		return NULL;
	verified = SSL_get_verify_result(w->ssl);
	return verified != X509_V_OK ? X509_verify_cert_error_string(verified)
				     : "no TLS there";
}

int nrs_wire_open(struct nrs_wire **out, const struct nrs_wire_config *config,
		  struct nrs_diag *diag)
{
	struct nrs_wire *w = calloc(1, sizeof(*w));
	const char *why = NULL;
	int err;

	if (w == NULL)
		return NRS_E_NOMEM;
	w->fd = -1;
	/* libssl writes without MSG_NOSIGNAL. */
	(void)signal(SIGPIPE, SIG_IGN);
	err = connect_to(config, &w->fd, diag);
	if (err == NRS_OK && config->is_tls) {
		why = make_context(w, config);
		if (why == NULL)
			why = shake_hands(w, config);
		if (why != NULL)
			err = fail(diag, config, why);
	}
	if (err != NRS_OK) {
		nrs_wire_close(w);
		return err;
	}
	*out = w;
	return NRS_OK;
}

void nrs_wire_close(struct nrs_wire *w)
{
	if (w == NULL)
		return;
	if (w->ssl != NULL && SSL_is_init_finished(w->ssl) == 1)
		(void)SSL_shutdown(w->ssl);
	SSL_free(w->ssl);
	SSL_CTX_free(w->context);
	if (w->fd >= 0)
		(void)close(w->fd);
	free(w);
}

static long write_some(struct nrs_wire *w, struct nrs_span octets)
{
	const size_t most = octets.len > (1u << 20) ? 1u << 20 : octets.len;

	return w->ssl != NULL
		       ? (long)SSL_write(w->ssl, octets.ptr, (int)most)
		       : (long)send(w->fd, octets.ptr, most, MSG_NOSIGNAL);
}

int nrs_wire_write(struct nrs_wire *w, struct nrs_span octets,
		   struct nrs_diag *diag)
{
	while (octets.len > 0) {
		const long wrote = write_some(w, octets);

		if (wrote <= 0)
			return nrs_diag_set(diag, NRS_E_IO, 0,
					    "the connection broke");
		octets = nrs_span_from(octets, (size_t)wrote);
	}
	return NRS_OK;
}

/* What the server says (a log server: TLS's tickets, nothing else) is read and
 * forgotten: behind it may stand the end. */
bool nrs_wire_is_over(struct nrs_wire *w)
{
	struct pollfd ready = {.fd = w->fd, .events = POLLIN};
	uint8_t octets[512];

	while (poll(&ready, 1, 0) > 0) {
		const long got =
			w->ssl != NULL
				? (long)SSL_read(w->ssl, octets,
						 (int)sizeof(octets))
				: (long)recv(w->fd, octets, sizeof(octets), 0);

		if (got > 0)
			continue;
		if (w->ssl == NULL ||
		    SSL_get_error(w->ssl, (int)got) != SSL_ERROR_WANT_READ)
			return true;
	}
	return false;
}
