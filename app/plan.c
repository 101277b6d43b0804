/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan: one array for each room. The name of a source is what joins them: a
 * file's, or HUB/COLLECTION; by it `disclose` finds where an indicator came
 * from.
 */
#include "app/plan.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/added.h"
#include "app/by_hand.h"
#include "engine/base/arena.h"
#include "engine/base/text.h"

_Static_assert((int)NRS_REPORTER_NAMED == (int)NRS_SHARE_NAMED &&
		       (int)NRS_REPORTER_PSEUDONYM ==
			       (int)NRS_SHARE_PSEUDONYM &&
		       (int)NRS_REPORTER_ANONYMOUS == (int)NRS_SHARE_ANONYMOUS,
	       "as whom");

#define BUFFER_BYTES (64 * 1024 * 1024)
#define NAME_ROOM 512
#define FURTHER_WAYS 3u

static unsigned int processors(void)
{
	const long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count < 1 ? 1 : count > 16 ? 16 : (unsigned int)count;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static const char *join(struct nrs_plan *plan, const char *a, const char *b)
{
	char text[NAME_ROOM + 4096];
	const int len = snprintf(text, sizeof(text), "%s/%s", a, b);

	if (len < 0 || (size_t)len >= sizeof(text))
		return NULL;
	char *copy = (char *)nrs_arena_bytes(plan->arena, (size_t)len + 1);
	if (copy != NULL)
		memcpy(copy, text, (size_t)len + 1);
	return copy;
}

static void *array(struct nrs_plan *plan, unsigned int count, size_t bytes)
{
	return nrs_arena_alloc(plan->arena, (count + 1) * bytes);
}

static int plan_interfaces(struct nrs_plan *plan)
{
	const struct nrs_config_interfaces *from = &plan->config->interfaces;
	struct nrs_live_interface *to = array(plan, from->count, sizeof(*to));

	plan->interface_names =
		array(plan, from->count, sizeof(*plan->interface_names));
	if (to == NULL || plan->interface_names == NULL)
		return NRS_E_NOMEM;
	for (unsigned int i = 0; i < from->count; i++) {
		const struct nrs_config_interface *it = &from->items[i];

		to[i] = (struct nrs_live_interface){
			.name = it->name,
			.filter = it->filter,
			.promiscuous = it->promiscuous,
			.direction = (enum nrs_live_direction)it->direction};
		plan->interface_names[i] = it->name;
	}
	plan->live = (struct nrs_live_options){
		.interfaces = to,
		.interface_count = from->count,
		.buffer_bytes = BUFFER_BYTES,
		.cgroup = plan->config->sensor.cgroup};
	return NRS_OK;
}

/* A feed is pulled into a folder, which is then a source like any other. */
static int plan_feeds(struct nrs_plan *plan, struct nrs_supply_file *to)
{
	char path[NAME_ROOM + 4096];

	for (unsigned int i = 0; i < plan->hub_count; i++) {
		const struct nrs_hub_settings *hub = &plan->hubs[i];

		if (!hub->is_misp_feed || plan->config->state.dir == NULL)
			continue;
		nrs_pulled_path(hub, plan->config->state.dir, path,
				sizeof(path));
		const char *copy =
			(const char *)nrs_arena_copy(
				plan->arena, nrs_span(path, strlen(path) + 1))
				.ptr;
		if (copy == NULL)
			return NRS_E_NOMEM;
		to[plan->file_count] =
			(struct nrs_supply_file){.path = copy,
						 .may_be_absent = true,
						 .options = hub->loading};
		to[plan->file_count++].options.name = nrs_span_of(hub->name);
	}
	return NRS_OK;
}

/* The last two are of what `add` brings at run time. */
static int plan_files(struct nrs_plan *plan)
{
	const struct nrs_config *c = plan->config;
	struct nrs_supply_file *to = array(
		plan, c->indicators.count + plan->hub_count + 2, sizeof(*to));

	if (to == NULL)
		return NRS_E_NOMEM;
	for (unsigned int i = 0; i < c->indicators.count; i++) {
		const struct nrs_config_file *it = &c->indicators.items[i];

		to[i] = (struct nrs_supply_file){
			.path = it->path,
			.is_folder = nrs_is_plain_folder(it->path),
			.options = {.default_tlp =
					    (enum nrs_tlp)it->default_tlp,
				    .subdomains = it->subdomains,
				    .lifetime = nrs_span_of(it->lifetime),
				    .scale = (enum nrs_scale)it->scale,
				    .exercise = nrs_span_of(it->exercise),
				    .hidden = !it->display,
				    .name = nrs_span_of(it->source),
				    .format = nrs_span_of(it->format)}};
	}
	plan->files = to;
	plan->file_count = c->indicators.count;
	if (plan_feeds(plan, to) != NRS_OK)
		return NRS_E_NOMEM;
	if (c->state.dir == NULL)
		return NRS_OK;
	const struct nrs_loader_options options = {
		.subdomains = c->subdomains, .name = nrs_span_of("added")};
	const char *list = join(plan, c->state.dir, NRS_ADDED_LIST);
	const char *folder = join(plan, c->state.dir, NRS_ADDED_FOLDER);
	plan->by_hand = join(plan, c->state.dir, NRS_BY_HAND_LIST);
	if (list == NULL || folder == NULL || plan->by_hand == NULL)
		return NRS_E_NOMEM;
	to[plan->file_count++] = (struct nrs_supply_file){
		.path = list, .may_be_absent = true, .options = options};
	to[plan->file_count++] = (struct nrs_supply_file){
		.path = folder, .is_folder = true, .options = options};
	return NRS_OK;
}

static struct nrs_auth_config auth_of(const struct nrs_config_hub *hub)
{
	return (struct nrs_auth_config){
		.kind = (enum nrs_auth_kind)hub->auth.type,
		.user = hub->auth.user,
		.header = hub->auth.header,
		.scheme = hub->auth.scheme,
		.secret_file = hub->auth.secret_file,
		.secret_variable = hub->auth.secret_variable};
}

static struct nrs_http_config http_of(const struct nrs_config_hub *hub)
{
	return (struct nrs_http_config){
		.ca_file = hub->ca_file,
		.client_certificate = hub->client_certificate,
		.client_key = hub->client_key,
		.proxy = hub->proxy,
		.total_ms = (uint32_t)hub->timeout_s * 1000};
}

static int plan_collection(struct nrs_plan *plan,
			   const struct nrs_config_hub *hub,
			   const struct nrs_config_collection *it)
{
	const char *place = it->id != NULL ? it->id : it->title;
	const char *name =
		join(plan, hub->name, it->name != NULL ? it->name : place);

	if (name == NULL)
		return NRS_E_NOMEM;
	plan->hubs[plan->hub_count++] = (struct nrs_hub_settings){
		.name = name,
		.url = hub->url,
		.is_misp_feed = hub->type == NRS_HUB_MISP_FEED,
		.collection = place,
		.auth = auth_of(hub),
		.http = http_of(hub),
		.types = it->types != NULL && strcmp(it->types, "all") == 0
				 ? ""
				 : it->types,
		.interval_s = (uint32_t)it->interval_s,
		.limit = (uint32_t)it->page,
		.refresh_s = (uint32_t)it->refresh_s,
		.overlaps = it->overlap,
		.is_authoritative = it->authoritative,
		.trusts_discovery = hub->trust_discovery,
		.loading = {.default_tlp = (enum nrs_tlp)it->default_tlp,
			    .subdomains = plan->config->subdomains,
			    .lifetime = nrs_span_of(it->lifetime),
			    .scale = (enum nrs_scale)it->scale,
			    .hidden = !it->display}};
	return NRS_OK;
}

static int plan_hubs(struct nrs_plan *plan, struct nrs_diag *diag)
{
	const struct nrs_config_hubs *hubs = &plan->config->hubs;
	int err = NRS_OK;

	plan->hubs = array(plan, NRS_HUBS_MAX, sizeof(*plan->hubs));
	if (plan->hubs == NULL)
		return NRS_E_NOMEM;
	for (unsigned int i = 0; i < hubs->count; i++) {
		const struct nrs_config_collections *all =
			&hubs->items[i].collections;

		for (unsigned int k = 0; k < all->count && err == NRS_OK; k++) {
			if (plan->hub_count == NRS_HUBS_MAX)
				return nrs_diag_set(
					diag, NRS_E_LIMIT, 0,
					"more than %d collections to pull",
					NRS_HUBS_MAX);
			err = plan_collection(plan, &hubs->items[i],
					      &all->items[k]);
		}
	}
	return err;
}

static const char *place_of(const struct nrs_config_collection *it)
{
	return it->id != NULL ? it->id : it->title;
}

static bool is_text(const char *a, const char *b)
{
	return a != NULL && strcmp(a, b) == 0;
}

/* The pulled collection that @name is one of the names of, or NULL. */
static const struct nrs_config_collection *
collection_of(const struct nrs_config *c, const char *hub, const char *name)
{
	for (unsigned int i = 0; i < c->hubs.count; i++) {
		const struct nrs_config_collections *all =
			&c->hubs.items[i].collections;

		if (!is_text(hub, c->hubs.items[i].name))
			continue;
		for (unsigned int k = 0; k < all->count; k++) {
			const struct nrs_config_collection *it = &all->items[k];

			if (is_text(it->name, name) || is_text(it->id, name) ||
			    is_text(it->title, name))
				return it;
		}
	}
	return NULL;
}

__attribute__((format(printf, 2, 3))) static struct nrs_span
key_of(struct nrs_plan *plan, const char *format, ...)
{
	char text[128];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return nrs_arena_copy(plan->arena, nrs_span_of(text));
}

/* A file's origin is HUB/COLLECTION: who reads that collection reads it. */
static struct nrs_share_source file_source(struct nrs_plan *plan,
					   unsigned int index)
{
	const struct nrs_config_file *it =
		&plan->config->indicators.items[index];
	const char *slash = it->origin == NULL ? NULL : strchr(it->origin, '/');
	const char *name = slash == NULL ? NULL : slash + 1;
	const struct nrs_config_collection *from =
		name == NULL
			? NULL
			: collection_of(plan->config, it->origin_hub, name);

	return (struct nrs_share_source){
		.name = nrs_span_of(it->source != NULL ? it->source
						       : base_name(it->path)),
		.key = key_of(plan, "indicators[%u]", index),
		.hub = nrs_span_of(it->origin_hub),
		.collection = nrs_span_of(from != NULL ? place_of(from) : name),
		.audience = nrs_span_of(from != NULL ? from->audience : NULL),
		.redistribute = nrs_span_of(it->redistribute),
		.default_tlp = (enum nrs_tlp)it->default_tlp};
}

static void plan_sources(struct nrs_plan *plan, struct nrs_share_source *to)
{
	const struct nrs_config *c = plan->config;
	unsigned int count = 0;

	for (unsigned int i = 0; i < c->indicators.count; i++)
		to[count++] = file_source(plan, i);
	for (unsigned int i = 0, row = 0; i < c->hubs.count; i++) {
		const struct nrs_config_hub *hub = &c->hubs.items[i];

		for (unsigned int k = 0; k < hub->collections.count; k++) {
			const struct nrs_config_collection *it =
				&hub->collections.items[k];

			to[count++] = (struct nrs_share_source){
				.name = nrs_span_of(plan->hubs[row++].name),
				.key = key_of(plan, "hubs.%s.collections[%u]",
					      hub->name, k),
				.hub = nrs_span_of(hub->name),
				.collection = nrs_span_of(place_of(it)),
				.audience = nrs_span_of(it->audience),
				.redistribute = nrs_span_of(it->redistribute),
				.default_tlp = (enum nrs_tlp)it->default_tlp};
		}
	}
	plan->policy.sources = to;
	plan->policy.source_count = count;
}

/* Names, a comma between. */
static struct nrs_span joined(struct nrs_plan *plan,
			      const struct nrs_config_texts *texts)
{
	struct nrs_text all = {0};
	struct nrs_span copy;

	for (unsigned int i = 0; i < texts->count; i++) {
		if (i > 0)
			nrs_text_putc(&all, ',');
		nrs_text_puts(&all, texts->items[i]);
	}
	copy = nrs_arena_copy(plan->arena, nrs_text_span(&all));
	nrs_text_fini(&all);
	return copy;
}

static_assert((int)NRS_OWN_TOKEN == (int)NRS_SHARE_OWN_TOKEN &&
		      (int)NRS_OWN_FULL == (int)NRS_SHARE_OWN_FULL,
	      "one order of own_host");

static enum nrs_post_way way_of(const struct nrs_config_audience *it)
{
	return it->folder != NULL	       ? NRS_POST_FOLDER
	       : it->hub->type == NRS_HUB_MISP ? NRS_POST_MISP
					       : NRS_POST_TAXII;
}

static struct nrs_post_settings post_of(const struct nrs_config_audience *it)
{
	return (struct nrs_post_settings){.audience = it->name,
					  .way = way_of(it),
					  .folder = it->folder,
					  .url = it->hub->url,
					  .collection = it->place,
					  .auth = auth_of(it->hub),
					  .http = http_of(it->hub),
					  .trusts_discovery =
						  it->hub->trust_discovery,
					  .tells_heartbeat = it->heartbeat};
}

static struct nrs_share_audience
audience_of(const struct nrs_config_audience *it,
	    const struct nrs_share_reporter *reporter)
{
	struct nrs_share_audience made = {
		.name = nrs_span_of(it->name),
		.hub = nrs_span_of(it->hub->name),
		.collection = nrs_span_of(it->place),
		.within = nrs_span_of(it->within),
		.is_auto = it->mode == NRS_AUDIENCE_AUTO,
		.takes_exercise = it->exercise,
		.max_tlp = (enum nrs_tlp)it->max_tlp,
		/* "not said" stands before the four */
		.min_class = (enum nrs_class)(it->min_class + 1),
		.grain_ns = (int64_t)it->time_s * NRS_SECOND_NS,
		.tells_technique = (it->blocks & NRS_BLOCK_TECHNIQUE) != 0,
		.tells_damage = (it->blocks & NRS_BLOCK_DAMAGE) != 0,
		.tells_provider = (it->blocks & NRS_BLOCK_PROVIDER) != 0,
		.takes_opinions = it->opinions,
		.publishes_values = it->publish_indicators,
		.own_host = (enum nrs_share_own)it->own_host,
		.reporter = *reporter};

	made.reporter.as = (enum nrs_share_as)it->reporter;
	return made;
}

/* A further way of the audience at @main, for what is urgent (rule 9). Another
 * collection is one within that audience; a folder is read by the same people.
 */
static int plan_way(struct nrs_plan *plan, struct nrs_share_audience *to,
		    unsigned int main, const char *name,
		    const struct nrs_config_way *way)
{
	const unsigned int at = plan->policy.audience_count;
	struct nrs_post_settings *post = &plan->posts[at];

	if (way->text == NULL)
		return NRS_OK;
	to[at] = to[main];
	*post = plan->posts[main];
	post->audience = join(plan, post->audience, name);
	if (post->audience == NULL)
		return NRS_E_NOMEM;
	to[at].name = nrs_span_of(post->audience);
	to[at].of = to[main].name;
	to[at].min_class = NRS_CLASS_URGENT;
	to[at].takes_opinions = false;
	post->tells_heartbeat = false;
	if (way->hub == NULL) {
		post->way = NRS_POST_FOLDER;
		post->folder = way->text;
	} else {
		to[at].within = to[main].name;
		to[at].hub = nrs_span_of(way->hub->name);
		to[at].collection = nrs_span_of(way->place);
		post->way = way->hub->type == NRS_HUB_MISP ? NRS_POST_MISP
							   : NRS_POST_TAXII;
		post->url = way->hub->url;
		post->collection = way->place;
		post->auth = auth_of(way->hub);
		post->http = http_of(way->hub);
		post->trusts_discovery = way->hub->trust_discovery;
	}
	plan->policy.audience_count++;
	return NRS_OK;
}

static int plan_ways(struct nrs_plan *plan, struct nrs_share_audience *to,
		     const struct nrs_config_audience *it)
{
	const unsigned int main = plan->policy.audience_count - 1;
	int err = plan_way(plan, to, main, "direct", &it->direct);

	if (err == NRS_OK)
		err = plan_way(plan, to, main, "copy_to", &it->copy_to);
	const unsigned int second = plan->policy.audience_count;
	if (err == NRS_OK)
		err = plan_way(plan, to, main, "second", &it->second);
	if (err == NRS_OK && it->second.text != NULL) {
		to[second].is_second = true;
		plan->posts[second].late = &to[main];
		plan->posts[second].self = &to[second];
	}
	return err;
}

static int plan_sharing(struct nrs_plan *plan)
{
	const struct nrs_config *c = plan->config;
	const struct nrs_share_reporter reporter = {
		.name = nrs_span_of(c->reporter.name),
		.contact = nrs_span_of(c->reporter.contact),
		.sectors = joined(plan, &c->reporter.sectors),
		.site = nrs_span_of(c->reporter.site),
		.as_number = (uint32_t)c->reporter.as_number};
	const unsigned int most = (1 + FURTHER_WAYS) * c->audiences.count;
	struct nrs_share_audience *to = array(plan, most, sizeof(*to));
	struct nrs_share_source *sources = array(
		plan, c->indicators.count + NRS_HUBS_MAX, sizeof(*sources));
	int err = NRS_OK;

	plan->posts = array(plan, most, sizeof(*plan->posts));
	if (to == NULL || sources == NULL || plan->posts == NULL)
		return NRS_E_NOMEM;
	plan_sources(plan, sources);
	plan->policy.audiences = to;
	for (unsigned int i = 0; i < c->audiences.count && err == NRS_OK; i++) {
		const struct nrs_config_audience *it = &c->audiences.items[i];

		if (it->mode == NRS_AUDIENCE_OFF || it->hub == NULL)
			continue;
		plan->posts[plan->policy.audience_count] = post_of(it);
		to[plan->policy.audience_count++] = audience_of(it, &reporter);
		err = plan_ways(plan, to, it);
	}
	return err;
}

int nrs_plan_new(struct nrs_plan **out, const struct nrs_config *config,
		 struct nrs_diag *diag)
{
	struct nrs_plan *plan = calloc(1, sizeof(*plan));
	int err = NRS_E_NOMEM;

	if (plan == NULL)
		return NRS_E_NOMEM;
	plan->config = config;
	plan->workers = config->workers > 0 ? (unsigned int)config->workers
					    : processors();
	plan->arena = nrs_arena_new(0);
	if (plan->arena != NULL)
		err = plan_interfaces(plan);
	if (err == NRS_OK)
		err = plan_hubs(plan, diag);
	if (err == NRS_OK)
		err = plan_files(plan);
	if (err == NRS_OK)
		err = plan_sharing(plan);
	if (err != NRS_OK) {
		nrs_plan_free(plan);
		return err;
	}
	*out = plan;
	return NRS_OK;
}

void nrs_plan_free(struct nrs_plan *plan)
{
	if (plan == NULL)
		return;
	nrs_arena_free(plan->arena);
	free(plan);
}
