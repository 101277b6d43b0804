/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipfix: each shape of flow that occurs (ipfix_fields.h) is a template of its
 * own, told in front of the first record that needs it.
 *
 * A record is written behind the others; where it finds no room, the message
 * is put back to what it was before.
 */
#include "logs/ipfix.h"

#include <stdlib.h>

#include "logs/ipfix_fields.h"

#define VERSION 10
#define HEADER 16u
#define SET_TEMPLATE 2
#define SET_OPTIONS_TEMPLATE 3
#define ENTERPRISE_BIT 0x8000u
#define REVERSE_PEN 29305u /* RFC 5103 section 6.1 */
#define VARIABLE 0xffffu

#define OPTIONS_DOMAIN 256
#define OPTIONS_POINT 257
#define FLOWS_FIRST 512 /* + shape */
#define NAME_MAX 96u	/* all that goes before a record fits into 512 */
#define POINT_NAME_MAX 32u
#define POINTS_MAX 64u

struct state {
	size_t used;
	size_t set_at; /* the set that is open; 0: none */
	uint16_t set_id;
	uint32_t records, flows; /* in this message; the former with options */
	bool has_domain;
	uint64_t points;			/* whose names were told */
	uint64_t shapes[NRS_IPFIX_SHAPES / 64]; /* whose templates were told */
};

struct nrs_ipfix {
	struct nrs_ipfix_options options;
	struct state state;
	uint32_t sequence;
	bool is_full; /* something found no room */
	uint8_t message[];
};

static void write_number(uint8_t *at, uint64_t number, size_t len)
{
	for (size_t i = len; i > 0; i--) {
		at[i - 1] = (uint8_t)number;
		number >>= 8;
	}
}

/* @len octets of the message, or NULL: there is no room. */
static uint8_t *room(struct nrs_ipfix *x, size_t len)
{
	uint8_t *at = x->message + x->state.used;

	if (x->is_full || x->options.message_max - x->state.used < len) {
		x->is_full = true;
		return NULL;
	}
	x->state.used += len;
	return at;
}

static void put_number(struct nrs_ipfix *x, uint64_t number, size_t len)
{
	uint8_t *at = room(x, len);

	if (at != NULL)
		write_number(at, number, len);
}

static void put_octets(struct nrs_ipfix *x, const void *octets, size_t len)
{
	uint8_t *at = room(x, len);

	if (at != NULL)
		memcpy(at, octets, len);
}

static void close_set(struct nrs_ipfix *x)
{
	struct state *s = &x->state;

	if (s->set_at != 0)
		write_number(x->message + s->set_at + 2, s->used - s->set_at,
			     2);
	s->set_at = 0;
}

static void open_set(struct nrs_ipfix *x, uint16_t id)
{
	struct state *s = &x->state;

	if (s->set_at != 0 && s->set_id == id)
		return;
	close_set(x);
	const size_t at = s->used;
	put_number(x, id, 2);
	put_number(x, 0, 2);
	if (x->is_full)
		return;
	s->set_at = at;
	s->set_id = id;
}

/* One element of a fixed length in the scope, and a text. */
static void put_options_template(struct nrs_ipfix *x, uint16_t id,
				 uint16_t scope, uint16_t text)
{
	const uint16_t numbers[] = {id, 2, 1, scope, 4, text, VARIABLE};

	open_set(x, SET_OPTIONS_TEMPLATE);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		put_number(x, numbers[i], 2);
}

/* Text of a fixed length's room: cut where a character begins. */
static size_t cut(struct nrs_span text, size_t max)
{
	size_t len = text.len;

	if (len <= max)
		return len;
	len = max;
	while (len > 0 && (text.ptr[len] & 0xc0) == 0x80)
		len--;
	return len;
}

static void put_text(struct nrs_ipfix *x, const char *text, size_t max)
{
	const struct nrs_span whole = nrs_span(text, strlen(text));
	const size_t len = cut(whole, max);

	put_number(x, len, 1);
	put_octets(x, whole.ptr, len);
}

static void put_domain(struct nrs_ipfix *x)
{
	put_options_template(x, OPTIONS_DOMAIN, 149, 300);
	open_set(x, OPTIONS_DOMAIN);
	put_number(x, x->options.domain, 4);
	put_text(x, x->options.name, NAME_MAX);
	x->state.records++;
	x->state.has_domain = true;
}

static void put_point(struct nrs_ipfix *x, uint32_t file)
{
	put_options_template(x, OPTIONS_POINT, 138, 82);
	open_set(x, OPTIONS_POINT);
	put_number(x, nrs_ipfix_point(file), 4);
	put_text(x, x->options.interfaces[file], POINT_NAME_MAX);
	x->state.records++;
	x->state.points |= UINT64_C(1) << file;
}

static bool is_named(const struct nrs_ipfix *x, uint32_t file)
{
	return x->options.interfaces != NULL && file < POINTS_MAX &&
	       file < x->options.interface_count &&
	       x->options.interfaces[file] != NULL;
}

/* What tells of where flows are seen, if it was not told yet. */
static void put_places(struct nrs_ipfix *x, uint32_t file)
{
	if (x->options.name != NULL && !x->state.has_domain)
		put_domain(x);
	if (is_named(x, file) && (x->state.points >> file & 1) == 0)
		put_point(x, file);
}

static void put_template(struct nrs_ipfix *x, unsigned int shape)
{
	uint64_t *told = &x->state.shapes[shape / 64];
	unsigned int count = 0;

	if ((*told >> shape % 64 & 1) != 0)
		return;
	for (unsigned int i = 0; i < NRS_IPFIX_FIELDS; i++)
		count += nrs_ipfix_has(shape, &nrs_ipfix_fields[i]);
	open_set(x, SET_TEMPLATE);
	put_number(x, FLOWS_FIRST + shape, 2);
	put_number(x, count, 2);
	for (unsigned int i = 0; i < NRS_IPFIX_FIELDS; i++) {
		const struct nrs_ipfix_field *field = &nrs_ipfix_fields[i];
		const unsigned int bit =
			field->is_reverse ? ENTERPRISE_BIT : 0u;

		if (!nrs_ipfix_has(shape, field))
			continue;
		put_number(x, field->element | bit, 2);
		put_number(x, field->len, 2);
		if (field->is_reverse)
			put_number(x, REVERSE_PEN, 4);
	}
	*told |= UINT64_C(1) << shape % 64;
}

static void put_flow(struct nrs_ipfix *x, const struct nrs_record_ended *e,
		     unsigned int shape)
{
	uint64_t numbers[NRS_IPFIX_FIELDS] = {0};

	nrs_ipfix_numbers(&x->options, e, numbers);
	open_set(x, (uint16_t)(FLOWS_FIRST + shape));
	for (unsigned int i = 0; i < NRS_IPFIX_FIELDS; i++) {
		const uint8_t *address = nrs_ipfix_address(e, i);

		if (!nrs_ipfix_has(shape, &nrs_ipfix_fields[i]))
			continue;
		if (address != NULL)
			put_octets(x, address, nrs_ipfix_fields[i].len);
		else
			put_number(x, numbers[i], nrs_ipfix_fields[i].len);
	}
	x->state.records++;
	x->state.flows++;
}

bool nrs_ipfix_add(struct nrs_ipfix *x, const struct nrs_record_ended *ended)
{
	const struct state before = x->state;
	const unsigned int shape = nrs_ipfix_shape(&x->options, ended);

	x->is_full = false;
	put_places(x, ended->log.file);
	put_template(x, shape);
	put_flow(x, ended, shape);
	if (x->is_full)
		x->state = before;
	return !x->is_full;
}

struct nrs_span nrs_ipfix_take(struct nrs_ipfix *x, uint32_t export_s,
			       uint32_t *flows)
{
	struct state *s = &x->state;
	const size_t len = s->used;

	*flows = s->flows;
	if (s->flows == 0)
		return nrs_span(NULL, 0);
	close_set(x);
	write_number(x->message, VERSION, 2);
	write_number(x->message + 2, len, 2);
	write_number(x->message + 4, export_s, 4);
	write_number(x->message + 8, x->sequence, 4);
	write_number(x->message + 12, x->options.domain, 4);
	x->sequence += s->records;
	s->used = HEADER;
	s->records = s->flows = 0;
	return nrs_span(x->message, len);
}

void nrs_ipfix_retell(struct nrs_ipfix *x)
{
	x->state.has_domain = false;
	x->state.points = 0;
	memset(x->state.shapes, 0, sizeof(x->state.shapes));
}

void nrs_ipfix_restart(struct nrs_ipfix *x)
{
	x->state = (struct state){.used = HEADER};
	x->sequence = 0;
}

int nrs_ipfix_new(struct nrs_ipfix **out,
		  const struct nrs_ipfix_options *options)
{
	struct nrs_ipfix *x;

	if (options->message_max < NRS_IPFIX_MESSAGE_MIN ||
	    options->message_max > NRS_IPFIX_MESSAGE_MAX)
		return NRS_E_RANGE;
	x = calloc(1, sizeof(*x) + options->message_max);
	if (x == NULL)
		return NRS_E_NOMEM;
	x->options = *options;
	nrs_ipfix_restart(x);
	*out = x;
	return NRS_OK;
}

void nrs_ipfix_free(struct nrs_ipfix *x)
{
	free(x);
}
