/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_check: reading the file, and what only this machine can tell.
 *
 * Nothing is made or changed: what is looked at is what a start would need.
 */
#include "app/config_read.h"

#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/config_inside.h"
#include "capture/source/filter.h"
#include "hub/auth.h"

struct check {
	const struct nrs_config *config;
	struct nrs_text *problems;
	bool has_problem;
	bool is_out_of_memory;
};

__attribute__((format(printf, 3, 4))) static void
problem(struct check *c, const char *path, const char *format, ...)
{
	char text[300];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	c->has_problem = true;
	nrs_text_printf(c->problems, "%s: %s: %s\n",
			nrs_config_where(c->config, path), path, text);
}

static void check_readable(struct check *c, const char *path, const char *file)
{
	struct stat st;

	if (file == NULL)
		return;
	if (stat(file, &st) != 0 || access(file, R_OK) != 0)
		problem(c, path, "%s: %s", file, strerror(errno));
	else if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		problem(c, path, "%s is no file", file);
}

/* Indicators may be folders. */
static void check_source(struct check *c, const char *path, const char *file)
{
	struct stat st;

	if (stat(file, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (access(file, R_OK | X_OK) != 0)
			problem(c, path, "%s: %s", file, strerror(errno));
		return;
	}
	check_readable(c, path, file);
}

static void check_private(struct check *c, const char *path, const char *file)
{
	struct stat st;

	check_readable(c, path, file);
	if (file != NULL && stat(file, &st) == 0 && (st.st_mode & 077) != 0)
		problem(c, path, "%s may be read by others: chmod 600", file);
}

/* A folder that is there and ours to write, or could be made. */
static void check_folder(struct check *c, const char *path, const char *dir)
{
	char parent[4096];
	struct stat st;

	if (dir == NULL)
		return;
	if (stat(dir, &st) == 0) {
		if (!S_ISDIR(st.st_mode))
			problem(c, path, "%s is no folder", dir);
		else if (access(dir, W_OK | X_OK) != 0)
			problem(c, path, "%s: %s", dir, strerror(errno));
		return;
	}
	const struct nrs_span span = nrs_span_of(dir);
	size_t len = span.len;
	while (len > 0 && span.ptr[len - 1] != '/')
		len--;
	(void)snprintf(parent, sizeof(parent), "%.*s", len == 0 ? 1 : (int)len,
		       len == 0 ? "." : dir);
	if (access(parent, W_OK | X_OK) != 0)
		problem(c, path, "%s cannot be made: %s: %s", dir, parent,
			strerror(errno));
}

static void check_interfaces(struct check *c)
{
	const struct nrs_config_interfaces *all = &c->config->interfaces;
	char path[64];

	if (all->count == 0)
		problem(c, "interfaces",
			"none: nowhere to capture (run --help)");
	for (unsigned int i = 0; i < all->count; i++) {
		const struct nrs_config_interface *item = &all->items[i];
		struct nrs_filter *filter = NULL;
		struct nrs_diag diag = {0};

		(void)snprintf(path, sizeof(path), "interfaces[%u].name", i);
		if (strcmp(item->name, "any") != 0 &&
		    if_nametoindex(item->name) == 0)
			problem(c, path, "this machine has no %s", item->name);
		(void)snprintf(path, sizeof(path), "interfaces[%u].filter", i);
		if (item->filter != NULL &&
		    nrs_filter_new(&filter, item->filter, &diag) != NRS_OK)
			problem(c, path, "%s", diag.text);
		nrs_filter_free(filter);
	}
}

static void check_auth(struct check *c, const struct nrs_config_hub *hub)
{
	const struct nrs_auth_config config = {
		.kind = (enum nrs_auth_kind)hub->auth.type,
		.user = hub->auth.user,
		.header = hub->auth.header,
		.scheme = hub->auth.scheme,
		.secret_file = hub->auth.secret_file,
		.secret_variable = hub->auth.secret_variable};
	struct nrs_auth *auth = NULL;
	struct nrs_diag diag = {0};
	char path[100];

	if (config.kind == NRS_AUTH_NONE)
		return;
	const int err = nrs_auth_open(&auth, &config, &diag);
	(void)snprintf(path, sizeof(path), "hubs.%s.auth.%s", hub->name,
		       config.secret_file != NULL ? "secret_file"
						  : "secret_env");
	if (err == NRS_E_NOMEM)
		c->is_out_of_memory = true;
	else if (err != NRS_OK)
		problem(c, path, "%s", diag.text);
	nrs_auth_close(auth);
}

static void check_hub(struct check *c, const struct nrs_config_hub *hub)
{
	char path[100];

	check_auth(c, hub);
	(void)snprintf(path, sizeof(path), "hubs.%s.ca_file", hub->name);
	check_readable(c, path, hub->ca_file);
	(void)snprintf(path, sizeof(path), "hubs.%s.client_certificate",
		       hub->name);
	check_readable(c, path, hub->client_certificate);
	(void)snprintf(path, sizeof(path), "hubs.%s.client_key", hub->name);
	check_private(c, path, hub->client_key);
}

static void check_sources(struct check *c)
{
	const struct nrs_config *config = c->config;
	unsigned int collections = 0;
	char path[64];

	for (unsigned int i = 0; i < config->indicators.count; i++) {
		(void)snprintf(path, sizeof(path), "indicators[%u].file", i);
		check_source(c, path, config->indicators.items[i].path);
	}
	for (unsigned int i = 0; i < config->spared.exceptions.count; i++)
		check_readable(c, "exceptions",
			       config->spared.exceptions.items[i]);
	for (unsigned int i = 0; i < config->hubs.count; i++) {
		check_hub(c, &config->hubs.items[i]);
		collections += config->hubs.items[i].collections.count;
	}
	if (config->indicators.count == 0 && collections == 0)
		problem(c, "indicators",
			"none, and no hub's collections: nothing to match");
}

/* It is read like the configuration itself; what it names is not looked at. */
static void check_posture(struct check *c)
{
	const char *path = c->config->control.posture.heightened;
	struct nrs_config *other = NULL;

	if (path == NULL)
		return;
	const int err = nrs_config_load(&other, path, NULL, 0, c->problems);
	nrs_config_free(other);
	c->is_out_of_memory |= err == NRS_E_NOMEM;
	c->has_problem |= err != NRS_OK;
}

int nrs_config_check(const struct nrs_config *config, struct nrs_text *problems)
{
	struct check c = {.config = config, .problems = problems};

	check_interfaces(&c);
	check_sources(&c);
	check_folder(&c, "out.dir", config->out.dir);
	if (nrs_config_is_set(config, "state.dir"))
		check_folder(&c, "state.dir", config->state.dir);
	check_posture(&c);
	if (c.is_out_of_memory || problems->failed)
		return NRS_E_NOMEM;
	return c.has_problem ? NRS_E_FORMAT : NRS_OK;
}

static int read_file(const char *path, char **out, size_t *len,
		     struct nrs_text *problems)
{
	FILE *file = fopen(path, "rbe");
	char *text = file == NULL ? NULL : malloc(NRS_YAML_BYTES_MAX + 1);
	int err = NRS_OK;

	*len = 0;
	if (file == NULL) {
		nrs_text_printf(problems, "%s: %s\n", path, strerror(errno));
		return NRS_E_IO;
	}
	if (text == NULL)
		err = NRS_E_NOMEM;
	else
		*len = fread(text, 1, NRS_YAML_BYTES_MAX + 1, file);
	if (text != NULL && ferror(file)) {
		nrs_text_printf(problems, "%s: %s\n", path, strerror(errno));
		err = NRS_E_IO;
	}
	(void)fclose(file);
	*out = text;
	return err;
}

/* systemd.exec(5), file-hierarchy(7); NULL where nobody says. */
static const char *state_folder(char *out, size_t room)
{
	const char *given = getenv("STATE_DIRECTORY");
	const char *base = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");

	if (given != NULL && given[0] != '\0') /* several: colons between */
		(void)snprintf(out, room, "%.*s", (int)strcspn(given, ":"),
			       given);
	else if (geteuid() == 0)
		return "/var/lib/noroshi";
	else if (base != NULL && base[0] == '/')
		(void)snprintf(out, room, "%s/noroshi", base);
	else if (home != NULL && home[0] == '/')
		(void)snprintf(out, room, "%s/.local/state/noroshi", home);
	else
		return NULL;
	return out;
}

int nrs_config_load(struct nrs_config **out, const char *path,
		    const struct nrs_config_given *given,
		    unsigned int given_count, struct nrs_text *problems)
{
	struct nrs_config_input input = {.name = path == NULL ? "" : path,
					 .given = given,
					 .given_count = given_count};
	char machine[65] = "", state[4096];
	char *text = NULL;
	size_t len = 0;
	int err =
		path == NULL ? NRS_OK : read_file(path, &text, &len, problems);

	if (err == NRS_OK) {
		input.text = nrs_span(text, len);
		input.state_dir = state_folder(state, sizeof(state));
		if (gethostname(machine, sizeof(machine) - 1) == 0 &&
		    machine[0] != '\0')
			input.machine = machine;
		err = nrs_config_read(out, &input, problems);
	}
	free(text);
	return err;
}
