/* SPDX-License-Identifier: Apache-2.0 */
/*
 * auth: read one secret, turn it into one header, forget both.
 */
#include "hub/auth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/crypto.h"

#define SECRET_MAX 8192u
#define HEADER_MAX (2 * SECRET_MAX)

struct nrs_auth {
	char name[128];		     /* of the header; "": none */
	char value[HEADER_MAX];	     /* of the header */
	char secret[SECRET_MAX + 2]; /* as read */
	const char *sent;	     /* in value, behind the scheme */
};

/* Only its owner may read it, and that is us or root. */
static int check_mode(int fd, const char *path, struct nrs_diag *diag)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return nrs_diag_set(diag, NRS_E_IO, 0, "%s: %s", path,
				    strerror(errno));
	if (!S_ISREG(st.st_mode))
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "%s: is not a regular file", path);
	if ((st.st_mode & 077) != 0)
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "%s: others may read this secret (mode "
				    "%04o): chmod 600",
				    path, st.st_mode & 07777u);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "%s: this secret belongs to another user",
				    path);
	return NRS_OK;
}

static int read_file(struct nrs_auth *auth, const char *path,
		     struct nrs_diag *diag)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t len = 0;
	ssize_t n = 1;

	if (fd < 0)
		return nrs_diag_set(diag, NRS_E_IO, 0, "%s: %s", path,
				    strerror(errno));
	int err = check_mode(fd, path, diag);
	while (err == NRS_OK && n > 0 && len <= SECRET_MAX) {
		n = read(fd, auth->secret + len, SECRET_MAX + 1 - len);
		if (n > 0)
			len += (size_t)n;
		else if (n < 0 && errno == EINTR)
			n = 1;
		else if (n < 0)
			err = nrs_diag_set(diag, NRS_E_IO, 0, "%s: %s", path,
					   strerror(errno));
	}
	(void)close(fd);
	auth->secret[len] = '\0';
	if (err == NRS_OK && strlen(auth->secret) != len)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "%s: holds a NUL byte", path);
	return err;
}

static int read_variable(struct nrs_auth *auth, const char *name,
			 struct nrs_diag *diag)
{
	const char *value = getenv(name);

	if (value == NULL)
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "environment variable %s: not set", name);
	const size_t len = strnlen(value, SECRET_MAX + 1);
	memcpy(auth->secret, value, len);
	auth->secret[len] = '\0';
	return NRS_OK;
}

/* One line without control characters: else it could forge headers. */
static int check_secret(struct nrs_auth *auth, const char *where,
			struct nrs_diag *diag)
{
	if (strlen(auth->secret) > SECRET_MAX)
		return nrs_diag_set(diag, NRS_E_FORMAT, 0,
				    "%s: a secret of more than %u bytes", where,
				    SECRET_MAX);
	auth->secret[strcspn(auth->secret, "\r\n")] = '\0';
	if (auth->secret[0] == '\0')
		return nrs_diag_set(diag, NRS_E_FORMAT, 0, "%s: is empty",
				    where);
	for (const char *c = auth->secret; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return nrs_diag_set(diag, NRS_E_FORMAT, 0,
					    "%s: holds a control character",
					    where);
	return NRS_OK;
}

static void join(struct nrs_auth *auth, const char *scheme, const char *key)
{
	const bool has_scheme = scheme != NULL && scheme[0] != '\0';

	snprintf(auth->value, sizeof(auth->value), "%s%s%s",
		 has_scheme ? scheme : "", has_scheme ? " " : "", key);
	auth->sent = auth->value + (has_scheme ? strlen(scheme) + 1 : 0);
}

static int join_basic(struct nrs_auth *auth, const char *user,
		      struct nrs_diag *diag)
{
	char pair[SECRET_MAX + 512], coded[(sizeof(pair) + 2) / 3 * 4 + 1];
	const int len =
		snprintf(pair, sizeof(pair), "%s%s%s", user == NULL ? "" : user,
			 user == NULL ? "" : ":", auth->secret);
	int err = NRS_OK;

	/* RFC 7617: a colon ends the name. */
	if (len < 0 || (size_t)len >= sizeof(pair) ||
	    (user != NULL && strchr(user, ':') != NULL) ||
	    strchr(pair, ':') == NULL) {
		err = nrs_diag_set(diag, NRS_E_USAGE, 0,
				   "Basic authentication needs a user without "
				   "a colon, or a secret user:password");
	} else {
		nrs_base64(nrs_span(pair, (size_t)len), coded);
		join(auth, "Basic", coded);
		explicit_bzero(coded, sizeof(coded));
	}
	explicit_bzero(pair, sizeof(pair));
	return err;
}

static int make_header(struct nrs_auth *auth,
		       const struct nrs_auth_config *config,
		       struct nrs_diag *diag)
{
	const char *name =
		config->kind == NRS_AUTH_API_KEY && config->header != NULL
			? config->header
			: "Authorization";

	if (strlen(name) >= sizeof(auth->name) || name[0] == '\0' ||
	    strcspn(name, " :\r\n\t") != strlen(name) ||
	    (config->scheme != NULL && strlen(config->scheme) > 64))
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "'%.40s' is no name of a header", name);
	snprintf(auth->name, sizeof(auth->name), "%s", name);
	if (config->kind == NRS_AUTH_BASIC)
		return join_basic(auth, config->user, diag);
	join(auth, config->kind == NRS_AUTH_BEARER ? "Bearer" : config->scheme,
	     auth->secret);
	return NRS_OK;
}

static int fill(struct nrs_auth *auth, const struct nrs_auth_config *config,
		struct nrs_diag *diag)
{
	const char *where = config->secret_file != NULL
				    ? config->secret_file
				    : config->secret_variable;
	int err;

	if (config->kind == NRS_AUTH_NONE)
		return NRS_OK;
	if ((config->secret_file == NULL) == (config->secret_variable == NULL))
		return nrs_diag_set(diag, NRS_E_USAGE, 0,
				    "a secret comes from a file or from an "
				    "environment variable: name one of them");
	err = config->secret_file != NULL
		      ? read_file(auth, config->secret_file, diag)
		      : read_variable(auth, config->secret_variable, diag);
	if (err == NRS_OK)
		err = check_secret(auth, where, diag);
	return err == NRS_OK ? make_header(auth, config, diag) : err;
}

int nrs_auth_open(struct nrs_auth **out, const struct nrs_auth_config *config,
		  struct nrs_diag *diag)
{
	struct nrs_auth *auth = calloc(1, sizeof(*auth));

	if (auth == NULL)
		return nrs_diag_set(diag, NRS_E_NOMEM, 0, "out of memory");
	const int err = fill(auth, config, diag);
	if (err != NRS_OK) {
		nrs_auth_close(auth);
		return err;
	}
	*out = auth;
	return NRS_OK;
}

void nrs_auth_close(struct nrs_auth *auth)
{
	if (auth == NULL)
		return;
	explicit_bzero(auth, sizeof(*auth));
	free(auth);
}

bool nrs_auth_header(const struct nrs_auth *auth, struct nrs_http_header *out)
{
	if (auth == NULL || auth->name[0] == '\0')
		return false;
	*out = (struct nrs_http_header){auth->name, nrs_span_of(auth->value)};
	return true;
}

static void star(char *text, const char *secret)
{
	const size_t len = secret == NULL ? 0 : strlen(secret);

	if (len == 0)
		return;
	for (char *at = strstr(text, secret); at != NULL;
	     at = strstr(at + len, secret))
		memset(at, '*', len);
}

void nrs_auth_scrub(const struct nrs_auth *auth, char *text)
{
	if (auth == NULL || auth->name[0] == '\0')
		return;
	star(text, auth->sent);
	star(text, auth->secret);
	/* user:password in one: the password alone, too. */
	const char *colon = strchr(auth->secret, ':');
	if (colon != NULL && strncmp(auth->value, "Basic ", 6) == 0)
		star(text, colon + 1);
}
