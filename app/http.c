/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http: one exchange is one easy handle on the client's multi handle, which
 * keeps the connections. The multi is there to be woken: a cancel takes effect
 * while curl waits for a slow server. Redirects are followed here, not by
 * curl, because request headers (credentials) would follow to any host.
 */
#include "app/http.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "hub/url.h"

#define REDIRECTS_MAX 3
#define IDLE_BYTES_PER_SECOND 64L

struct nrs_http_client {
	CURLM *multi;
	char *ca_file, *certificate, *key, *proxy;
	uint32_t total_ms;
	_Atomic bool is_cancelled;
};

/* One exchange: what the callbacks need. */
struct exchange {
	CURL *easy;
	const struct nrs_http_request *request;
	struct nrs_http_response *response;
	uint64_t cap_bytes;
	int err; /* why the body was not taken */
	char reason[CURL_ERROR_SIZE];
};

static uint32_t or_default(uint32_t value, uint32_t standard)
{
	return value == 0 ? standard : value;
}

static int check_file(const char *path, bool is_secret, struct nrs_diag *diag)
{
	struct stat st;

	if (path == NULL)
		return NRS_OK;
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return nrs_diag_set(diag, NRS_E_USAGE, 0, "%s: no such file",
				    path);
	if (is_secret && (st.st_mode & 077) != 0)
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "%s: others may read this key: chmod 600",
				    path);
	return NRS_OK;
}

static bool copy(char **out, const char *text)
{
	*out = text == NULL ? NULL : strdup(text);
	return text == NULL || *out != NULL;
}

int nrs_http_client_new(struct nrs_http_client **out,
			const struct nrs_http_config *config,
			struct nrs_diag *diag)
{
	struct nrs_http_client *client;
	int err = check_file(config->ca_file, false, diag);

	if (err == NRS_OK)
		err = check_file(config->client_certificate, false, diag);
	if (err == NRS_OK)
		err = check_file(config->client_key, true, diag);
	if (err != NRS_OK)
		return err;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return nrs_diag_set(diag, NRS_E_INTERNAL, 0, "libcurl");
	client = calloc(1, sizeof(*client));
	if (client == NULL) {
		curl_global_cleanup();
		return nrs_diag_set(diag, NRS_E_NOMEM, 0, "out of memory");
	}
	client->total_ms = or_default(config->total_ms, NRS_HTTP_TOTAL_MS);
	client->multi = curl_multi_init();
	if (client->multi == NULL || !copy(&client->ca_file, config->ca_file) ||
	    !copy(&client->certificate, config->client_certificate) ||
	    !copy(&client->key, config->client_key) ||
	    !copy(&client->proxy, config->proxy)) {
		nrs_http_client_free(client);
		return nrs_diag_set(diag, NRS_E_NOMEM, 0, "out of memory");
	}
	*out = client;
	return NRS_OK;
}

void nrs_http_client_free(struct nrs_http_client *client)
{
	if (client == NULL)
		return;
	(void)curl_multi_cleanup(client->multi);
	free(client->ca_file);
	free(client->certificate);
	free(client->key);
	free(client->proxy);
	free(client);
	curl_global_cleanup();
}

void nrs_http_client_cancel(struct nrs_http_client *client)
{
	/* Pairs with the load in drive(). */
	atomic_store_explicit(&client->is_cancelled, true,
			      memory_order_release);
	(void)curl_multi_wakeup(client->multi);
}

/* The value of header @name in @line, copied if it fits. */
static void take_header(const char *name, struct nrs_span line, char *out,
			size_t room)
{
	const size_t len = strlen(name);

	if (line.len <= len || line.ptr[len] != ':' ||
	    !nrs_span_is_icase(nrs_span_part(line, 0, len), name))
		return;
	const struct nrs_span value =
		nrs_span_trim(nrs_span_from(line, len + 1));
	out[0] = '\0';
	if (value.len >= room || value.len == 0 ||
	    memchr(value.ptr, '\0', value.len) != NULL)
		return;
	memcpy(out, value.ptr, value.len);
	out[value.len] = '\0';
}

static size_t on_header(char *bytes, size_t one, size_t len, void *ctx)
{
	struct exchange *x = ctx;
	struct nrs_http_response *r = x->response;
	const struct nrs_span line = nrs_span(bytes, len);

	(void)one;
	if (nrs_span_starts(line, "HTTP/")) { /* 100 or 103 came before */
		*r = (struct nrs_http_response){0};
		return len;
	}
	take_header("Content-Type", line, r->content_type,
		    sizeof(r->content_type));
	take_header("Retry-After", line, r->retry_after,
		    sizeof(r->retry_after));
	take_header("X-TAXII-Date-Added-First", line, r->date_added_first,
		    sizeof(r->date_added_first));
	take_header("X-TAXII-Date-Added-Last", line, r->date_added_last,
		    sizeof(r->date_added_last));
	take_header("Location", line, r->location, sizeof(r->location));
	return len;
}

static int status_of(const struct exchange *x)
{
	long status = 0;

	(void)curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
	return (int)status;
}

static size_t on_bytes(char *bytes, size_t one, size_t len, void *ctx)
{
	struct exchange *x = ctx;
	struct nrs_http_response *r = x->response;

	(void)one;
	r->status = status_of(x);
	if (len > x->cap_bytes - r->body_bytes) {
		x->err = NRS_E_LIMIT;
		return CURL_WRITEFUNC_ERROR;
	}
	r->body_bytes += len;
	if (x->request->on_body == NULL || r->status / 100 == 3)
		return len;
	x->err = x->request->on_body(x->request->ctx, r, nrs_span(bytes, len));
	return x->err == NRS_OK ? len : CURL_WRITEFUNC_ERROR;
}

/* False when curl is out of memory. */
static bool set_up(const struct nrs_http_client *client, struct exchange *x,
		   const char *url, struct curl_slist *headers)
{
	const struct nrs_http_request *q = x->request;
	CURL *e = x->easy;
	CURLcode rc = 0;

	curl_easy_reset(e);
	x->reason[0] = '\0';
	rc |= curl_easy_setopt(e, CURLOPT_URL, url);
	rc |= curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	rc |= curl_easy_setopt(e, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	rc |= curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	rc |= curl_easy_setopt(e, CURLOPT_HTTPHEADER, headers);
	rc |= curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "gzip, identity");
	rc |= curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	rc |= curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
	rc |= curl_easy_setopt(e, CURLOPT_ERRORBUFFER, x->reason);
	rc |= curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
	rc |= curl_easy_setopt(e, CURLOPT_HEADERDATA, x);
	rc |= curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	rc |= curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_bytes);
	rc |= curl_easy_setopt(e, CURLOPT_WRITEDATA, x);
	rc |= curl_easy_setopt(
		e, CURLOPT_CONNECTTIMEOUT_MS,
		(long)or_default(q->connect_ms, NRS_HTTP_CONNECT_MS));
	rc |= curl_easy_setopt(e, CURLOPT_TIMEOUT_MS,
			       (long)or_default(q->total_ms, client->total_ms));
	rc |= curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT,
			       IDLE_BYTES_PER_SECOND);
	rc |= curl_easy_setopt(
		e, CURLOPT_LOW_SPEED_TIME,
		(long)(or_default(q->idle_ms, NRS_HTTP_IDLE_MS) + 999) / 1000);
	rc |= curl_easy_setopt(e, CURLOPT_SSLVERSION,
			       (long)CURL_SSLVERSION_TLSv1_2);
	if (client->ca_file != NULL) {
		rc |= curl_easy_setopt(e, CURLOPT_CAINFO, client->ca_file);
		rc |= curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
	}
	rc |= curl_easy_setopt(e, CURLOPT_SSLCERT, client->certificate);
	rc |= curl_easy_setopt(e, CURLOPT_SSLKEY, client->key);
	/* "" is no proxy; NULL would ask the environment. */
	rc |= curl_easy_setopt(e, CURLOPT_PROXY,
			       client->proxy == NULL ? "" : client->proxy);
	rc |= curl_easy_setopt(e, CURLOPT_NOPROXY, "");
	return rc == CURLE_OK;
}

static bool set_method(struct exchange *x)
{
	const struct nrs_http_request *q = x->request;
	CURLcode rc = 0;

	if (strcmp(q->method, "POST") == 0) {
		rc |= curl_easy_setopt(x->easy, CURLOPT_POSTFIELDSIZE_LARGE,
				       (curl_off_t)q->body.len);
		rc |= curl_easy_setopt(
			x->easy, CURLOPT_POSTFIELDS,
			q->body.len == 0 ? "" : (const char *)q->body.ptr);
	} else if (strcmp(q->method, "GET") != 0) {
		rc |= curl_easy_setopt(x->easy, CURLOPT_CUSTOMREQUEST,
				       q->method);
	}
	return rc == CURLE_OK;
}

static bool is_plain(struct nrs_span value)
{
	for (size_t i = 0; i < value.len; i++)
		if ((value.ptr[i] < ' ' && value.ptr[i] != '\t') ||
		    value.ptr[i] == 0x7f)
			return false;
	return true;
}

/* Headers may hold secrets: wiped, then freed. */
static void free_headers(struct curl_slist *headers)
{
	for (struct curl_slist *h = headers; h != NULL; h = h->next)
		explicit_bzero(h->data, strlen(h->data));
	curl_slist_free_all(headers);
}

static int add_header(struct curl_slist **list, const char *name,
		      struct nrs_span value)
{
	struct nrs_text line = {0};
	struct curl_slist *more = NULL;

	nrs_text_printf(&line, "%s: ", name);
	nrs_text_add(&line, value);
	nrs_text_putc(&line, '\0');
	if (!line.failed)
		more = curl_slist_append(*list, (const char *)line.ptr);
	if (line.ptr != NULL)
		explicit_bzero(line.ptr, line.len);
	nrs_text_fini(&line);
	if (more == NULL)
		return NRS_E_NOMEM;
	*list = more;
	return NRS_OK;
}

static int make_headers(const struct nrs_http_request *q,
			struct curl_slist **out)
{
	int err = add_header(out, "User-Agent", nrs_span_of("noroshi"));

	/* curl would wait for a 100 before it sends a body. */
	if (err == NRS_OK)
		err = add_header(out, "Expect", nrs_span(NULL, 0));
	for (size_t i = 0; i < q->header_count && err == NRS_OK; i++)
		err = is_plain(q->headers[i].value)
			      ? add_header(out, q->headers[i].name,
					   q->headers[i].value)
			      : NRS_E_USAGE;
	return err;
}

static int err_of(const struct exchange *x, CURLcode rc)
{
	if (x->err != NRS_OK)
		return x->err;
	switch (rc) {
	case CURLE_OK:
		return NRS_OK;
	case CURLE_ABORTED_BY_CALLBACK:
		return NRS_E_CANCELLED;
	case CURLE_PARTIAL_FILE:
		return NRS_E_TRUNCATED;
	case CURLE_OUT_OF_MEMORY:
		return NRS_E_NOMEM;
	case CURLE_URL_MALFORMAT:
		return NRS_E_USAGE;
	case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9, or not HTTP */
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_BAD_CONTENT_ENCODING:
	case CURLE_WRITE_ERROR:
		return NRS_E_FORMAT;
	default:
		return NRS_E_IO;
	}
}

static CURLcode drive(struct nrs_http_client *client, struct exchange *x)
{
	CURLcode rc = CURLE_FAILED_INIT;
	int running = 1, left;

	if (curl_multi_add_handle(client->multi, x->easy) != CURLM_OK)
		return rc;
	while (running > 0) {
		/* Pairs with the store in nrs_http_client_cancel. */
		if (atomic_load_explicit(&client->is_cancelled,
					 memory_order_acquire)) {
			rc = CURLE_ABORTED_BY_CALLBACK;
			break;
		}
		if (curl_multi_perform(client->multi, &running) != CURLM_OK)
			break;
		if (running > 0)
			(void)curl_multi_poll(client->multi, NULL, 0, 1000,
					      NULL);
	}
	const CURLMsg *message = curl_multi_info_read(client->multi, &left);
	if (message != NULL && message->msg == CURLMSG_DONE)
		rc = message->data.result;
	(void)curl_multi_remove_handle(client->multi, x->easy);
	return rc;
}

/* Where to go on, in @out; false: nowhere. */
static bool is_redirected(const struct exchange *x, struct nrs_text *out)
{
	const int status = x->response->status;
	char *url = NULL;

	if ((status != 301 && status != 302 && status != 307 &&
	     status != 308) ||
	    curl_easy_getinfo(x->easy, CURLINFO_REDIRECT_URL, &url) !=
		    CURLE_OK ||
	    url == NULL ||
	    !nrs_url_same_origin(nrs_span_of(url),
				 nrs_span_of(x->request->url)))
		return false;
	nrs_text_clear(out);
	nrs_text_puts(out, url);
	nrs_text_putc(out, '\0');
	return !out->failed;
}

static int fail(const struct exchange *x, int err, CURLcode rc,
		struct nrs_diag *diag)
{
	const struct nrs_span origin =
		nrs_url_origin(nrs_span_of(x->request->url));
	const char *reason =
		err == NRS_E_LIMIT ? "the answer is too large"
		: x->err != NRS_OK || err == NRS_E_CANCELLED || rc == CURLE_OK
			? nrs_strerror(err)
		: x->reason[0] != '\0' ? x->reason
				       : curl_easy_strerror(rc);

	return nrs_diag_set(diag, err, (uint64_t)rc, "%.*s: %s",
			    (int)(origin.len > 100 ? 100 : origin.len),
			    origin.ptr == NULL ? "" : (const char *)origin.ptr,
			    reason);
}

static int run(struct nrs_http_client *client, struct exchange *x,
	       struct curl_slist *headers, struct nrs_diag *diag)
{
	struct nrs_text at = {0};
	const char *url = x->request->url;
	int err = NRS_OK;

	for (unsigned int hops = 0; err == NRS_OK; hops++) {
		*x->response = (struct nrs_http_response){0};
		if (!set_up(client, x, url, headers) || !set_method(x)) {
			err = fail(x, NRS_E_NOMEM, CURLE_OK, diag);
			break;
		}
		const CURLcode rc = drive(client, x);
		x->response->status = status_of(x);
		err = err_of(x, rc);
		if (err != NRS_OK)
			err = fail(x, err, rc, diag);
		else if (hops == REDIRECTS_MAX || !is_redirected(x, &at))
			break;
		url = (const char *)at.ptr;
	}
	nrs_text_fini(&at);
	return err;
}

static int exchange(void *ctx, const struct nrs_http_request *request,
		    struct nrs_http_response *response, struct nrs_diag *diag)
{
	struct nrs_http_client *client = ctx;
	struct exchange x = {.request = request,
			     .response = response,
			     .cap_bytes = request->body_cap_bytes};
	struct curl_slist *headers = NULL;
	int err;

	*response = (struct nrs_http_response){0};
	if (x.cap_bytes == 0)
		x.cap_bytes = NRS_HTTP_BODY_CAP;
	/* A user name in it would be sent, and told in error texts. */
	if (!nrs_url_is_base(nrs_url_origin(nrs_span_of(request->url))))
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "not an http or https URL");
	err = make_headers(request, &headers);
	x.easy = curl_easy_init();
	if (err == NRS_OK && x.easy == NULL)
		err = NRS_E_NOMEM;
	if (err == NRS_OK)
		err = run(client, &x, headers, diag);
	else
		(void)fail(&x, err, CURLE_OK, diag);
	curl_easy_cleanup(x.easy);
	free_headers(headers);
	return err;
}

struct nrs_http nrs_http_client_door(struct nrs_http_client *client)
{
	return (struct nrs_http){exchange, client};
}
