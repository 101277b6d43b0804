/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taxii_find: ask the URL what it is. If a discovery resource comes, each of
 * its API roots is asked for its collections, the default first.
 */
#include "hub/taxii_find.h"

#include <stdio.h>

#include "hub/url.h"

struct find {
	const struct nrs_taxii_peer *peer;
	struct nrs_arena *arena;
	struct nrs_span wanted;
	struct nrs_taxii_place *out;
	struct nrs_taxii_answer *answer;
	unsigned int foreign; /* roots on another host, not asked */
};

void nrs_taxii_place_fini(struct nrs_taxii_place *place)
{
	nrs_text_fini(&place->root);
	nrs_text_fini(&place->collection);
}

static int ask(struct find *f, struct nrs_span url, struct nrs_json **json)
{
	const struct nrs_taxii_call call = {.url = url};

	return nrs_taxii_ask(f->peer, &call, f->arena, json, f->answer);
}

static bool is_wanted(const struct find *f,
		      const struct nrs_taxii_collection *c)
{
	return nrs_span_equal(c->id, f->wanted) ||
	       nrs_span_equal(c->alias, f->wanted) ||
	       nrs_span_equal(c->title, f->wanted);
}

/* NRS_E_NOTFOUND: not in this root, or it does not let us look. */
static int look_in(struct find *f, struct nrs_span root)
{
	struct nrs_taxii_collection *list = NULL;
	struct nrs_text url = {0};
	struct nrs_json *json;
	int err = nrs_taxii_collections_url(&url, root);

	if (err == NRS_OK)
		err = ask(f, nrs_text_span(&url), &json);
	if (err == NRS_OK && f->answer->verdict == NRS_HUB_OK)
		err = nrs_taxii_parse_collections(json, f->arena, &list);
	nrs_text_fini(&url);
	if (err != NRS_OK)
		return err;
	while (list != NULL && !is_wanted(f, list))
		list = list->next;
	if (list == NULL)
		return NRS_E_NOTFOUND;
	f->out->can_read = list->can_read;
	f->out->can_write = list->can_write;
	nrs_text_add(&f->out->collection, list->id);
	nrs_text_add(&f->out->root, root);
	if (!nrs_span_ends(root, "/"))
		nrs_text_putc(&f->out->root, '/');
	return f->out->root.failed || f->out->collection.failed ? NRS_E_NOMEM
								: NRS_OK;
}

/* If it tells them: not worth failing for. */
static void ask_limits(struct find *f, struct nrs_span root)
{
	const struct nrs_taxii_call call = {.url = root};
	struct nrs_taxii_answer answer;
	struct nrs_taxii_root resource;
	struct nrs_json *json;

	if (nrs_taxii_ask(f->peer, &call, f->arena, &json, &answer) == NRS_OK &&
	    nrs_taxii_parse_root(json, &resource) == NRS_OK)
		f->out->max_content_length = resource.max_content_length;
}

/* @root at the hub's own scheme, host and port; false: it has no path. */
static bool bring_home(struct nrs_span base, struct nrs_text *root)
{
	const struct nrs_span path = nrs_span_from(
		nrs_text_span(root), nrs_url_origin(nrs_text_span(root)).len);
	struct nrs_text home = {0};
	const bool is_home = nrs_url_join(&home, base, path) == NRS_OK;

	nrs_text_clear(root);
	nrs_text_add(root, nrs_text_span(&home));
	nrs_text_fini(&home);
	return is_home && !root->failed;
}

static int look_in_root(struct find *f, struct nrs_span base,
			struct nrs_span reference)
{
	struct nrs_text root = {0};
	int err = nrs_url_join(&root, base, reference);

	if (err == NRS_OK && f->peer->trusts_discovery &&
	    !nrs_url_same_origin(base, nrs_text_span(&root)) &&
	    !bring_home(base, &root))
		err = NRS_E_SYNTAX;
	if (err == NRS_E_SYNTAX ||
	    !nrs_url_same_origin(base, nrs_text_span(&root))) {
		f->foreign++;
		err = err == NRS_E_NOMEM ? err : NRS_E_NOTFOUND;
		goto out;
	}
	if (err == NRS_OK)
		err = look_in(f, nrs_text_span(&root));
	if (err == NRS_OK)
		ask_limits(f, nrs_text_span(&root));
out:
	nrs_text_fini(&root);
	return err;
}

static int look_in_all(struct find *f, struct nrs_span base,
		       const struct nrs_taxii_discovery *hub)
{
	int err = NRS_E_NOTFOUND;

	if (hub->default_root.len > 0)
		err = look_in_root(f, base, hub->default_root);
	for (size_t i = 0; i < hub->root_count && i < NRS_TAXII_FIND_ROOTS &&
			   err == NRS_E_NOTFOUND;
	     i++)
		if (!nrs_span_equal(hub->roots[i], hub->default_root))
			err = look_in_root(f, base, hub->roots[i]);
	return err;
}

static void say(struct find *f, int err)
{
	char *text = f->answer->message;

	if (err == NRS_E_FORMAT)
		snprintf(text, sizeof(f->answer->message),
			 "is no TAXII 2.1 server: neither a discovery resource "
			 "nor an API root");
	else if (err == NRS_E_NOTFOUND && f->foreign > 0)
		snprintf(text, sizeof(f->answer->message),
			 "no such collection here; %u API roots on other "
			 "hosts were not asked: name the right one as the "
			 "URL, or set trust_discovery",
			 f->foreign);
	else if (err == NRS_E_NOTFOUND)
		snprintf(text, sizeof(f->answer->message),
			 "no such collection here");
}

int nrs_taxii_find(const struct nrs_taxii_peer *peer, struct nrs_span url,
		   struct nrs_span collection, struct nrs_taxii_place *out,
		   struct nrs_taxii_answer *answer)
{
	struct find f = {.peer = peer,
			 .wanted = collection,
			 .out = out,
			 .answer = answer,
			 .arena = nrs_arena_new(0)};
	struct nrs_taxii_discovery hub;
	struct nrs_taxii_root root;
	struct nrs_json *json;
	int err;

	*out = (struct nrs_taxii_place){0};
	*answer = (struct nrs_taxii_answer){.verdict = NRS_HUB_REFUSED};
	if (f.arena == NULL)
		return NRS_E_NOMEM;
	err = nrs_url_is_base(url) ? ask(&f, url, &json) : NRS_E_USAGE;
	if (err != NRS_OK || answer->verdict != NRS_HUB_OK)
		goto out;
	if (nrs_taxii_parse_discovery(json, &hub) == NRS_OK)
		err = look_in_all(&f, url, &hub);
	else if (nrs_taxii_parse_root(json, &root) == NRS_OK)
		err = look_in_root(&f, url, url);
	else
		err = NRS_E_FORMAT;
	if (err == NRS_E_FORMAT ||
	    (err == NRS_E_NOTFOUND && answer->verdict == NRS_HUB_OK))
		say(&f, err);
	else if (err == NRS_E_NOTFOUND)
		err = NRS_OK; /* the verdict says more */
out:
	nrs_arena_free(f.arena);
	if (err != NRS_OK || answer->verdict != NRS_HUB_OK)
		nrs_taxii_place_fini(out);
	return err;
}
