/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_relate: what holds between settings, and what their names refer to.
 * Runs when each setting is well by itself.
 */
#include "app/config_inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/listen.h"
#include "hub/auth.h"
#include "hub/url.h"
#include "loaders/lifetime.h"
#include "loaders/loader.h"

/* The list of the config that is being read is still ours to change. */
static struct nrs_config_audience *audience_at(struct nrs_reader *r,
					       unsigned int i)
{
	struct nrs_config_array array;

	memcpy(&array, &r->config->audiences, sizeof(array));
	return (struct nrs_config_audience *)array.items + i;
}

static struct nrs_config_file *file_at(struct nrs_reader *r, unsigned int i)
{
	struct nrs_config_array array;

	memcpy(&array, &r->config->indicators, sizeof(array));
	return (struct nrs_config_file *)array.items + i;
}

__attribute__((format(printf, 3, 4))) static void
problem(struct nrs_reader *r, const char *path, const char *format, ...)
{
	char text[300];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	nrs_reader_problem(r, nrs_config_where(r->config, path), path, "%s",
			   text);
}

static const struct nrs_config_hub *hub_named(const struct nrs_reader *r,
					      struct nrs_span name)
{
	const struct nrs_config_hubs *hubs = &r->config->hubs;

	for (unsigned int i = 0; i < hubs->count; i++)
		if (nrs_span_is(name, hubs->items[i].name))
			return &hubs->items[i];
	return NULL;
}

static const struct nrs_config_audience *
audience_named(const struct nrs_reader *r, const char *name)
{
	const struct nrs_config_audiences *all = &r->config->audiences;

	for (unsigned int i = 0; i < all->count; i++)
		if (strcmp(all->items[i].name, name) == 0)
			return &all->items[i];
	return NULL;
}

static void relate_interfaces(struct nrs_reader *r)
{
	const struct nrs_config_interfaces *all = &r->config->interfaces;

	for (unsigned int i = 0; i < all->count; i++)
		for (unsigned int j = 0; j < i; j++)
			if (strcmp(all->items[i].name, all->items[j].name) == 0)
				problem(r,
					nrs_reader_text(
						r, "interfaces[%u].name", i),
					"'%s' stands there twice",
					all->items[i].name);
}

/* All names in @names (NULL: none) stand in audiences. */
static void relate_names(struct nrs_reader *r, const char *path,
			 const char *names)
{
	struct nrs_span rest = nrs_span_of(names), name;

	while (nrs_span_split(&rest, ',', &name)) {
		const struct nrs_config_audiences *all = &r->config->audiences;
		unsigned int i = 0;

		while (i < all->count && !nrs_span_is(name, all->items[i].name))
			i++;
		if (i == all->count)
			problem(r, path, "there is no audience '%.*s'",
				(int)name.len, (const char *)name.ptr);
	}
}

/* A lifetime that can be read, or none. */
static void relate_lifetime(struct nrs_reader *r, const char *path,
			    const char *text)
{
	struct nrs_lifetimes lifetimes;
	struct nrs_diag diag = {0};

	if (nrs_lifetimes_read(nrs_span_of(text), &lifetimes, &diag) != NRS_OK)
		problem(r, path, "%s", diag.text);
}

static void relate_file(struct nrs_reader *r, unsigned int i)
{
	struct nrs_config_file *file = file_at(r, i);
	const char *path = nrs_reader_text(r, "indicators[%u].file", i);
	struct nrs_diag diag = {0};

	for (unsigned int j = 0; j < i; j++)
		if (strcmp(file->path, file_at(r, j)->path) == 0)
			problem(r, path, "'%s' stands there twice", file->path);
	/* Who gives both at once says that they belong together. */
	if (file->exercise == NULL &&
	    strcmp(nrs_config_where(r->config, path), "--indicators") == 0)
		file->exercise = r->config->sensor.exercise;
	path = nrs_reader_text(r, "indicators[%u].format", i);
	if (file->format != NULL &&
	    nrs_format_check(nrs_span_of(file->format), &diag) != NRS_OK)
		problem(r, path, "%s", diag.text);
	path = nrs_reader_text(r, "indicators[%u].subdomains", i);
	if (!nrs_config_is_set(r->config, path))
		file->subdomains = r->config->subdomains;
	relate_names(r, nrs_reader_text(r, "indicators[%u].redistribute", i),
		     file->redistribute);
	relate_lifetime(r, nrs_reader_text(r, "indicators[%u].lifetime", i),
			file->lifetime);
	if (file->origin == NULL)
		return;
	const struct nrs_span origin = nrs_span_of(file->origin);
	const size_t slash = nrs_span_find(origin, '/', 0);
	const struct nrs_config_hub *hub =
		hub_named(r, nrs_span_part(origin, 0, slash));
	path = nrs_reader_text(r, "indicators[%u].origin", i);
	if (slash == SIZE_MAX || slash + 1 == origin.len)
		problem(r, path, "'%s' is no HUB/COLLECTION", file->origin);
	else if (hub == NULL)
		problem(r, path, "there is no hub '%.*s'", (int)slash,
			file->origin);
	else
		file->origin_hub = hub->name;
}

static void relate_auth(struct nrs_reader *r, const struct nrs_config_hub *hub)
{
	const struct nrs_config_auth *auth = &hub->auth;
	const char *path = nrs_reader_text(r, "hubs.%s.auth", hub->name);
	const int secrets = (auth->secret_file != NULL ? 1 : 0) +
			    (auth->secret_variable != NULL ? 1 : 0);

	if (auth->type == NRS_AUTH_NONE && (secrets > 0 || auth->user != NULL))
		problem(r, path, "who we are, but no type (basic, bearer)");
	if (auth->type != NRS_AUTH_NONE && secrets != 1)
		problem(r, path, "wants one of secret_file and secret_env");
	if (auth->type != NRS_AUTH_BASIC && auth->user != NULL)
		problem(r, path, "user is for type basic");
	if (auth->type != NRS_AUTH_API_KEY &&
	    (auth->header != NULL || auth->scheme != NULL))
		problem(r, path, "header and scheme are for type header");
}

static const char *collection_name(const struct nrs_config_collection *c)
{
	return c->name != NULL ? c->name : c->id != NULL ? c->id : c->title;
}

static void relate_collections(struct nrs_reader *r,
			       const struct nrs_config_hub *hub)
{
	for (unsigned int i = 0; i < hub->collections.count; i++) {
		const struct nrs_config_collection *c =
			&hub->collections.items[i];
		const char *path = nrs_reader_text(r, "hubs.%s.collections[%u]",
						   hub->name, i);

		if ((c->id == NULL) == (c->title == NULL)) {
			problem(r, path, "wants one of id and title");
			continue;
		}
		for (unsigned int j = 0; j < i; j++) {
			const char *other =
				collection_name(&hub->collections.items[j]);

			if (other != NULL &&
			    strcmp(other, collection_name(c)) == 0)
				problem(r, path, "'%s' stands there twice",
					other);
		}
		relate_names(r, nrs_reader_text(r, "%s.redistribute", path),
			     c->redistribute);
		relate_lifetime(r, nrs_reader_text(r, "%s.lifetime", path),
				c->lifetime);
		if (c->audience != NULL &&
		    audience_named(r, c->audience) == NULL)
			problem(r, nrs_reader_text(r, "%s.audience", path),
				"there is no audience '%s'", c->audience);
	}
}

static bool is_proxy(const char *url)
{
	const struct nrs_span span = nrs_span_of(url);

	return nrs_span_starts(span, "http://") ||
	       nrs_span_starts(span, "https://") ||
	       nrs_span_starts(span, "socks5://") ||
	       nrs_span_starts(span, "socks5h://");
}

static void relate_hub(struct nrs_reader *r, const struct nrs_config_hub *hub)
{
	if (!nrs_url_is_base(nrs_span_of(hub->url)))
		problem(r, nrs_reader_text(r, "hubs.%s.url", hub->name),
			"is no http or https address without a user name, a "
			"query and blanks");
	if (hub->proxy != NULL && !is_proxy(hub->proxy))
		problem(r, nrs_reader_text(r, "hubs.%s.proxy", hub->name),
			"'%s' is neither http://HOST:PORT nor "
			"socks5h://HOST:PORT",
			hub->proxy);
	if ((hub->client_certificate == NULL) != (hub->client_key == NULL))
		problem(r, nrs_reader_text(r, "hubs.%s", hub->name),
			"client_certificate and client_key go together");
	relate_auth(r, hub);
	relate_collections(r, hub);
}

/* The hub of @where, HUB/COLLECTION of audience @a, and what stands behind the
 * slash. */
static const struct nrs_config_hub *
find_hub(struct nrs_reader *r, const char *path,
	 const struct nrs_config_audience *a, const char *where,
	 const char **place)
{
	const struct nrs_span text = nrs_span_of(where);
	const size_t slash = nrs_span_find(text, '/', 0);
	const struct nrs_config_hub *hub;

	*place = where;
	if (slash == SIZE_MAX) {
		hub = hub_named(r, nrs_span_of(a->name));
		if (hub == NULL && r->config->hubs.count == 1)
			hub = r->config->hubs.items;
		if (hub == NULL)
			problem(r, path, "which hub's? (HUB/%s)", where);
		return hub;
	}
	*place = where + slash + 1;
	hub = hub_named(r, nrs_span_part(text, 0, slash));
	if (hub == NULL)
		problem(r, path, "there is no hub '%.*s'", (int)slash, where);
	else if (**place == '\0')
		problem(r, path, "'%s' is no HUB/COLLECTION", where);
	return hub;
}

/* A name of the hub's collections becomes what the hub knows it by. */
static const char *place_at(const struct nrs_config_hub *hub, const char *name)
{
	const struct nrs_config_collections *known = &hub->collections;
	const char *place = name;

	for (unsigned int i = 0; i < known->count; i++)
		if (known->items[i].name != NULL &&
		    strcmp(known->items[i].name, name) == 0)
			place = known->items[i].id != NULL
					? known->items[i].id
					: known->items[i].title;
	return place;
}

static void relate_destination(struct nrs_reader *r,
			       struct nrs_config_audience *a)
{
	const char *path =
		nrs_reader_text(r, "audiences.%s.collection", a->name);

	a->hub = find_hub(r, path, a, a->collection, &a->place);
	if (a->hub != NULL)
		a->place = place_at(a->hub, a->place);
}

static void relate_way(struct nrs_reader *r,
		       const struct nrs_config_audience *a, const char *key,
		       struct nrs_config_way *way)
{
	const char *path = nrs_reader_text(r, "audiences.%s.%s", a->name, key);

	if (way->text == NULL)
		return;
	if (a->collection == NULL)
		problem(r, path, "but no collection: whose sightings?");
	if (way->text[0] == '/' || way->text[0] == '.')
		return;
	way->hub = find_hub(r, path, a, way->text, &way->place);
	if (way->hub != NULL)
		way->place = place_at(way->hub, way->place);
}

static bool is_within_itself(const struct nrs_reader *r,
			     const struct nrs_config_audience *a)
{
	const struct nrs_config_audience *wider = a;

	for (unsigned int i = 0; i <= r->config->audiences.count; i++) {
		if (wider == NULL || wider->within == NULL)
			return false;
		wider = audience_named(r, wider->within);
		if (wider == a)
			return true;
	}
	return false; /* leads into a ring of others, which are told */
}

static void relate_audience(struct nrs_reader *r, struct nrs_config_audience *a)
{
	const struct nrs_config_reporter *reporter = &r->config->reporter;
	const char *section = nrs_reader_text(r, "audiences.%s", a->name);
	const char *within = nrs_reader_text(r, "%s.within", section);
	const char *mode = nrs_reader_text(r, "%s.mode", section);

	a->blocks |= NRS_BLOCK_CORE;
	if (a->reporter == NRS_REPORTER_NAMED &&
	    (a->blocks & NRS_BLOCK_PROVIDER) == 0)
		problem(r, nrs_reader_text(r, "%s.reporter", section),
			"named wants block provider: who reports is told with "
			"it alone");
	if (a->within != NULL && audience_named(r, a->within) == NULL)
		problem(r, within, "there is no audience '%s'", a->within);
	else if (is_within_itself(r, a))
		problem(r, within, "'%s' is within itself", a->name);
	if (a->collection != NULL)
		relate_destination(r, a);
	else if (nrs_config_is_set(r->config, mode) || a->folder != NULL)
		problem(r, mode, "but no collection: where to?");
	relate_way(r, a, "direct", &a->direct);
	relate_way(r, a, "copy_to", &a->copy_to);
	relate_way(r, a, "second", &a->second);
	if (a->collection != NULL && a->mode == NRS_AUDIENCE_AUTO &&
	    (reporter->name == NULL || reporter->contact == NULL))
		problem(r, mode,
			"auto wants reporter.name and reporter.contact: a "
			"report says whom to ask");
}

static void relate_endpoint(struct nrs_reader *r, const char *key,
			    const char *endpoint)
{
	struct nrs_addr addr;
	uint16_t port;

	if (endpoint != NULL &&
	    nrs_listen_parse(nrs_span_of(endpoint), &addr, &port) != NRS_OK)
		problem(r, key, "'%s' is no ADDRESS:PORT", endpoint);
}

/* Nobody looks back into what is not kept. */
static void relate_logs(struct nrs_reader *r)
{
	const struct nrs_config_logs *logs = &r->config->out.logs;
	const char *path = "out.logs.look_back";

	if (nrs_config_is_set(r->config, path) && logs->days > 0 &&
	    logs->look_back > logs->days)
		problem(r, path, "logs are kept for %llu days (out.logs.days)",
			(unsigned long long)logs->days);
	if (logs->token_of != NULL && audience_named(r, logs->token_of) == NULL)
		problem(r, "out.logs.token_of", "there is no audience '%s'",
			logs->token_of);
}

static void fill_in(struct nrs_reader *r)
{
	const struct nrs_config_input *in = r->input;
	struct nrs_config *c = r->config;

	if (c->sensor.name == NULL)
		c->sensor.name = nrs_reader_text(
			r, "%s", in->machine == NULL ? "noroshi" : in->machine);
	if (!nrs_config_is_set(c, "home_net"))
		nrs_home_nets_default(&c->home_net);
	if (c->state.dir == NULL && in->state_dir != NULL)
		c->state.dir = nrs_reader_text(r, "%s", in->state_dir);
	if (c->state.dir == NULL && c->hubs.count > 0)
		problem(r, "hubs",
			"what is pulled wants a folder: state.dir (--state "
			"DIR)");
}

void nrs_reader_relate(struct nrs_reader *r)
{
	const struct nrs_config *c = r->config;

	relate_interfaces(r);
	for (unsigned int i = 0; i < c->indicators.count; i++)
		relate_file(r, i);
	for (unsigned int i = 0; i < c->hubs.count; i++)
		relate_hub(r, &c->hubs.items[i]);
	for (unsigned int i = 0; i < c->audiences.count; i++)
		relate_audience(r, audience_at(r, i));
	nrs_reader_relate_select(r);
	relate_logs(r);
	relate_endpoint(r, "metrics.listen", c->out.metrics.listen);
	relate_endpoint(r, "out.ipfix.collector", c->out.ipfix.collector);
	fill_in(r);
	nrs_reader_relate_tenants(r);
}
