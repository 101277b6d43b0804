/* SPDX-License-Identifier: Apache-2.0 */
/*
 * found: a value through two databases, then by the indicators' own words.
 *
 * A prefix is covered by whoever covers its first and its last address.
 */
#include "app/found.h"

#include <stdlib.h>

#include "engine/canon.h"
#include "engine/find_literal.h"

/* What is not matched and could be, but for a rule. */
#define ASIDE                                                                  \
	(1u << NRS_STATUS_REVOKED | 1u << NRS_STATUS_SUPERSEDED |              \
	 1u << NRS_STATUS_DUPLICATE | 1u << NRS_STATUS_BENIGN |                \
	 1u << NRS_STATUS_EXPIRED | 1u << NRS_STATUS_EXCEPTED |                \
	 1u << NRS_STATUS_DROPPED | 1u << NRS_STATUS_REJECTED)

const char *nrs_relation_name(enum nrs_relation relation)
{
	static const char *const names[] = {"none", "lies within it",
					    "names it", "wants more than it",
					    "covers it"};

	return names[relation];
}

struct seek {
	struct nrs_found *rows;
	uint8_t *seen; /* by indicator: which ends of a prefix it covers */
	uint8_t end;   /* the one under way */
	uint8_t ends;  /* all of them */
	/* Instead of rows: who is told. */
	const struct nrs_sought_ask *ask;
};

static void on_found(void *ctx, const struct nrs_find_hit *hit)
{
	struct seek *s = ctx;
	struct nrs_found *row = &s->rows[hit->indicator];
	const uint8_t relation =
		hit->alone ? NRS_RELATION_COVERS : NRS_RELATION_PART;

	s->seen[hit->indicator] |= s->end;
	if (relation > row->relation) {
		row->relation = relation;
		row->fields = 0;
		row->how = (uint8_t)hit->how;
	}
	if (relation == row->relation) {
		row->fields |= NRS_FIELD_BIT(hit->field);
		row->how = hit->how < row->how ? (uint8_t)hit->how : row->how;
	}
}

static int ask(struct seek *s, const struct nrs_db *db, enum nrs_shape shape,
	       struct nrs_span value)
{
	struct nrs_find_question question = {
		.shape = shape, .value = value, .ctx = s, .found = on_found};

	if (s->ask == NULL)
		return nrs_find(db, 0, &question);
	question.ctx = s->ask->ctx;
	question.found = s->ask->found;
	return nrs_find(db, s->ask->seat, &question);
}

/* The first and the last address of @prefix as text; one if they are one. */
static unsigned int ends_of(const struct nrs_prefix *prefix,
			    char text[2][NRS_ADDR_LEN])
{
	struct nrs_addr last = prefix->addr;

	for (unsigned int bit = prefix->bits; bit < 128; bit++)
		last.bytes[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
	(void)nrs_addr_format(&prefix->addr, text[0]);
	(void)nrs_addr_format(&last, text[1]);
	return prefix->bits < 128 ? 2 : 1;
}

static int seek_address(struct seek *s, const struct nrs_db *db,
			const struct nrs_prefix *prefix)
{
	char text[2][NRS_ADDR_LEN];
	const unsigned int count = ends_of(prefix, text);
	int err = NRS_OK;

	s->ends = (uint8_t)((1u << count) - 1);
	for (unsigned int i = 0; i < count && err == NRS_OK; i++) {
		s->end = (uint8_t)(1u << i);
		err = ask(s, db, NRS_SHAPE_IPV4, nrs_span_of(text[i]));
	}
	return err;
}

static int seek_host(struct seek *s, const struct nrs_db *db,
		     struct nrs_span host)
{
	struct nrs_prefix prefix;

	return nrs_prefix_parse(host, &prefix) == NRS_OK
		       ? seek_address(s, db, &prefix)
		       : ask(s, db, NRS_SHAPE_NAME, host);
}

/* Who asks for a URL shows its host too. */
static int seek_url(struct seek *s, const struct nrs_db *db,
		    struct nrs_span text)
{
	const size_t room = NRS_CANON_URL_ROOM(text.len + 8);
	uint8_t *bytes = malloc(room);
	struct nrs_text whole = {0};
	struct nrs_url url;
	int err = bytes == NULL ? NRS_E_NOMEM : NRS_OK;

	if (nrs_span_find_text(text, "://") == SIZE_MAX)
		nrs_text_puts(&whole, "http://"); /* traffic has a scheme */
	nrs_text_add(&whole, text);
	if (err == NRS_OK)
		err = ask(s, db, NRS_SHAPE_URL, nrs_text_span(&whole));
	if (err == NRS_OK &&
	    nrs_canon_url(nrs_text_span(&whole), NRS_CANON_INDICATOR, bytes,
			  room, &url) == NRS_OK)
		err = seek_host(s, db, url.host);
	nrs_text_fini(&whole);
	free(bytes);
	return err;
}

static int seek_in(struct seek *s, const struct nrs_db *db,
		   enum nrs_shape shape, struct nrs_span value)
{
	s->end = s->ends = 1;
	switch (shape) {
	case NRS_SHAPE_IPV4:
	case NRS_SHAPE_IPV6:
	case NRS_SHAPE_NAME:
	case NRS_SHAPE_SUBDOMAINS:
		return seek_host(s, db, value);
	case NRS_SHAPE_URL:
		return seek_url(s, db, value);
	default:
		return ask(s, db, shape, value);
	}
}

/* One database, of what is matched or of what is not. */
static int seek_aside(struct seek *s, struct nrs_set *set,
		      const struct nrs_build_options *building,
		      enum nrs_shape shape, struct nrs_span value)
{
	struct nrs_db *db = NULL;
	int err = nrs_db_build(&db, set, building);

	if (err == NRS_OK)
		err = seek_in(s, db, shape, value);
	nrs_db_free(db);
	return err;
}

static int seek_words(struct seek *s, const struct nrs_set *set,
		      enum nrs_shape shape, struct nrs_span value, bool within)
{
	struct nrs_arena *scratch = nrs_arena_new(0);

	if (scratch == NULL)
		return NRS_E_NOMEM;
	for (uint32_t i = 0; i < nrs_set_count(set); i++) {
		const struct nrs_indicator *item = nrs_set_at(set, i);
		const bool is_mute = item->status == NRS_STATUS_UNSUPPORTED ||
				     item->status == NRS_STATUS_REJECTED;

		if (s->seen[i] != s->ends) /* one end of a prefix only */
			s->rows[i] = (struct nrs_found){0};
		if (s->rows[i].relation != NRS_RELATION_NONE ||
		    (!is_mute && !within))
			continue;
		const enum nrs_named named =
			nrs_find_named(item, shape, value, scratch);
		if (named == NRS_NAMED_EQUAL)
			s->rows[i].relation = NRS_RELATION_NAMED;
		else if (named == NRS_NAMED_WITHIN && within)
			s->rows[i].relation = NRS_RELATION_WITHIN;
	}
	nrs_arena_free(scratch);
	return NRS_OK;
}

/* "192.0.2.1:80" is looked up as its address. */
static void drop_port(enum nrs_shape *shape, struct nrs_span *value)
{
	while (value->len > 0 && value->ptr[value->len - 1] != ':')
		value->len--;
	value->len -= value->len > 0;
	if (nrs_span_starts(*value, "["))
		*value = nrs_span_part(*value, 1, value->len - 2);
	*shape = nrs_span_find(*value, ':', 0) == SIZE_MAX ? NRS_SHAPE_IPV4
							   : NRS_SHAPE_IPV6;
}

/* "c2.example:8080", as a Host header has it, without its port. */
static struct nrs_span without_port(struct nrs_span text)
{
	const size_t colon = nrs_span_find(text, ':', 0);
	uint64_t port;

	return colon != SIZE_MAX && nrs_span_u64(nrs_span_from(text, colon + 1),
						 &port) == NRS_OK
		       ? nrs_span_part(text, 0, colon)
		       : text;
}

/* What @text is: its shape, and its canonical form in a set of its own. */
int nrs_sought_read(struct nrs_sought *sought, struct nrs_span text)
{
	const struct nrs_loader_options options = {0};
	int err = nrs_set_new(&sought->kept);

	if (err == NRS_OK)
		err = nrs_load_value(sought->kept, text, &options, NULL);
	if (err == NRS_E_FORMAT)
		err = nrs_load_value(sought->kept, without_port(text), &options,
				     NULL);
	sought->shape = NRS_SHAPE_PATTERN; /* any text */
	sought->value = text;
	if (err == NRS_E_FORMAT)
		return text.len > 0 ? NRS_OK : err;
	if (err != NRS_OK || nrs_set_count(sought->kept) == 0)
		return err == NRS_OK ? NRS_E_FORMAT : err;
	sought->shape = (enum nrs_shape)nrs_set_at(sought->kept, 0)->shape;
	sought->value = nrs_set_at(sought->kept, 0)->pattern;
	if (sought->shape == NRS_SHAPE_ADDR_PORT)
		drop_port(&sought->shape, &sought->value);
	return NRS_OK;
}

int nrs_sought_ask(const struct nrs_sought *sought,
		   const struct nrs_sought_ask *ask)
{
	struct seek s = {.ask = ask};

	return seek_in(&s, ask->db, sought->shape, sought->value);
}

void nrs_sought_fini(struct nrs_sought *sought)
{
	nrs_set_free(sought->kept);
	free(sought->rows);
	*sought = (struct nrs_sought){0};
}

int nrs_found_value(struct nrs_sought *out, struct nrs_set *set,
		    struct nrs_span text,
		    const struct nrs_found_options *options)
{
	const size_t count = nrs_set_count(set);
	struct seek s = {.rows = calloc(count + 1, sizeof(*s.rows)),
			 .seen = calloc(count + 1, 1)};
	const struct nrs_build_options matched = {
		.seats = 1, .guards = !options->no_guards};
	const struct nrs_build_options aside = {
		.seats = 1, .shadow = true, .shadow_of = ASIDE};
	int err = s.rows == NULL || s.seen == NULL ? NRS_E_NOMEM : NRS_OK;

	*out = (struct nrs_sought){.rows = s.rows};
	if (err == NRS_OK)
		err = nrs_sought_read(out, text);
	if (err == NRS_OK)
		err = options->db != NULL
			      ? seek_in(&s, options->db, out->shape, out->value)
			      : seek_aside(&s, set, &matched, out->shape,
					   out->value);
	if (err == NRS_OK)
		err = seek_aside(&s, set, &aside, out->shape, out->value);
	if (err == NRS_OK)
		err = seek_words(&s, set, out->shape, out->value,
				 options->within);
	free(s.seen);
	if (err != NRS_OK)
		nrs_sought_fini(out);
	return err;
}
