/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image_streams: the small sections, which hold what needs pointers, read back
 * into the set and the db.
 */
#include "engine/base/clock.h"
#include "engine/base/crypto.h"
#include "engine/image_layout.h"

int nrs_image_sources(struct nrs_set *set, struct nrs_span octets)
{
	struct nrs_octets in = {.rest = octets};
	const uint64_t sources = nrs_octets_number(&in);
	uint32_t index;
	int err = NRS_OK;

	for (uint64_t i = 0; i < sources && !in.failed && err == NRS_OK; i++) {
		const struct nrs_span name = nrs_octets_span(&in);

		err = nrs_set_source(set, name, nrs_octets_span(&in), &index);
	}
	const uint64_t refusals = nrs_octets_number(&in);
	for (uint64_t i = 0; i < refusals && !in.failed && err == NRS_OK; i++) {
		const uint32_t source = nrs_octets_below(&in, sources);
		const uint64_t place = nrs_octets_number(&in);
		const struct nrs_span text = nrs_octets_span(&in);

		if (!in.failed)
			err = nrs_set_keep_refusal(set, source, place, text);
	}
	if (err != NRS_OK)
		return err;
	return in.failed || in.rest.len > 0 ? NRS_E_FORMAT : NRS_OK;
}

int nrs_image_prefixes(struct nrs_db *db, struct nrs_span octets)
{
	struct nrs_octets in = {.rest = octets};

	while (in.rest.len > 0) {
		const uint32_t lane = nrs_octets_below(&in, NRS_LANE_COUNT);
		const struct nrs_span table = nrs_octets_span(&in);

		if (in.failed || db->lane[lane].prefixes != NULL ||
		    nrs_lane_kind((enum nrs_lane)lane) != NRS_VALUE_ADDR)
			return NRS_E_FORMAT;
		const int err = nrs_iptab_open(&db->lane[lane].prefixes, table,
					       (uint32_t)db->sizes.tests);
		if (err != NRS_OK)
			return err;
	}
	return NRS_OK;
}

/* What expressions are read into. */
struct expressions {
	struct nrs_regex *items;
	uint8_t *engines;
	uint32_t count;
};

static int read_expressions(struct nrs_db *db, struct nrs_span octets,
			    uint64_t count, struct expressions *out)
{
	struct nrs_octets in = {.rest = octets};

	if (count > octets.len / (6 * sizeof(uint64_t)))
		return NRS_E_FORMAT;
	out->count = (uint32_t)count;
	out->items =
		nrs_arena_alloc(db->arena, (count + 1) * sizeof(*out->items));
	out->engines = nrs_arena_alloc(db->arena, count + 1);
	if (out->items == NULL || out->engines == NULL)
		return NRS_E_NOMEM;
	for (uint32_t i = 0; i < count; i++) {
		struct nrs_regex *regex = &out->items[i];

		regex->kind = (enum nrs_regex_kind)nrs_octets_below(
			&in, NRS_REGEX_OCTETS + 1);
		out->engines[i] =
			(uint8_t)nrs_octets_below(&in, NRS_REGEX_SLOW + 1);
		regex->value = nrs_octets_below(&in, db->sizes.tests);
		regex->owner = nrs_octets_below(&in, nrs_set_count(db->set));
		regex->prefix = nrs_octets_span(&in);
		regex->text = nrs_octets_span(&in);
	}
	return in.failed || in.rest.len > 0 ? NRS_E_FORMAT : NRS_OK;
}

/* An image whose engines do not fit its expressions: nothing is lost that an
 * honest image has. */
static void on_refused(void *ctx, size_t index, const struct nrs_diag *diag)
{
	(void)ctx, (void)index, (void)diag;
}

static bool is_vouched(struct nrs_span key, struct nrs_span expressions,
		       struct nrs_span saved, struct nrs_span said)
{
	uint8_t vouched[NRS_SHA256_LEN];
	unsigned int differs = 0;

	if (key.len != NRS_IMAGE_KEY_LEN || said.len != sizeof(vouched))
		return false;
	nrs_image_vouch(key, expressions, saved, vouched);
	for (size_t i = 0; i < sizeof(vouched); i++)
		differs |= (unsigned int)(vouched[i] ^ said.ptr[i]);
	return differs == 0;
}

static int build_lane(struct nrs_db *db, enum nrs_lane lane,
		      const struct nrs_regexdb_options *options,
		      struct nrs_image_facts *facts)
{
	struct nrs_lane_tables *tables = &db->lane[lane];
	const bool is_payload = lane == NRS_LANE_PAYLOAD;
	const int err =
		is_payload
			? nrs_streamdb_build(&tables->streams,
					     tables->expressions,
					     tables->expression_count, options)
			: nrs_regexdb_build(&tables->regexes,
					    tables->expressions,
					    tables->expression_count, options);
	size_t fast, slow;

	if (err != NRS_OK)
		return err;
	if (is_payload)
		fast = nrs_streamdb_was_saved(tables->streams)
			       ? 0
			       : nrs_streamdb_count(tables->streams);
	else if (nrs_regexdb_was_saved(tables->regexes))
		fast = 0;
	else
		nrs_regexdb_engines(tables->regexes, &fast, &slow);
	facts->recompiled += (unsigned int)fast;
	return NRS_OK;
}

static int read_lane(struct nrs_db *db, struct nrs_octets *in,
		     struct nrs_span key, struct nrs_image_facts *facts)
{
	const uint32_t lane = nrs_octets_below(in, NRS_LANE_COUNT);
	const uint64_t count = nrs_octets_number(in);
	const struct nrs_span octets = nrs_octets_span(in);
	const struct nrs_span vouched = nrs_octets_span(in);
	const struct nrs_span saved = nrs_octets_span(in);
	struct nrs_lane_tables *tables = &db->lane[lane];
	struct nrs_regexdb_options options = {.seats = db->options.seats,
					      .refused = on_refused};
	struct expressions found = {0};

	if (in->failed || tables->regexes != NULL || tables->streams != NULL)
		return NRS_E_FORMAT;
	int err = read_expressions(db, octets, count, &found);
	if (err != NRS_OK)
		return err;
	options.engines = found.engines;
	if (saved.len == 0)
		facts->why = "none was kept";
	else if (key.len != NRS_IMAGE_KEY_LEN)
		facts->why = "this user has no key";
	else if (!is_vouched(key, octets, saved, vouched))
		facts->why = "it was made with another key, library or "
			     "processor";
	else
		options.saved = saved;
	tables->expressions = found.items;
	tables->expression_count = found.count;
	return build_lane(db, (enum nrs_lane)lane, &options, facts);
}

static double seconds_now(void)
{
	return (double)nrs_monotonic_ns() / 1e9;
}

int nrs_image_regexes(struct nrs_db *db, struct nrs_span octets,
		      struct nrs_span key, struct nrs_image_facts *facts)
{
	struct nrs_octets in = {.rest = octets};
	int err = NRS_OK;

	const double began = seconds_now();
	while (in.rest.len > 0 && err == NRS_OK)
		err = read_lane(db, &in, key, facts);
	facts->seconds = seconds_now() - began;
	return err;
}

static void read_operand(struct nrs_octets *in, struct nrs_operand *out)
{
	out->integer = (int64_t)nrs_octets_number(in);
	const uint64_t real = nrs_octets_number(in);
	memcpy(&out->real, &real, sizeof(real));
	out->is_real = nrs_octets_below(in, 2) != 0;
	out->type = (uint8_t)nrs_octets_below(in, NRS_LIT_TIME + 1);
	const struct nrs_span addr = nrs_octets_span(in);
	if (addr.len == sizeof(out->prefix.addr.bytes))
		memcpy(out->prefix.addr.bytes, addr.ptr, addr.len);
	out->prefix.bits = (uint8_t)nrs_octets_below(in, 129);
	out->bytes = nrs_octets_span(in);
}

static bool wants_operand(uint8_t op)
{
	return op != NRS_OP_EXISTS && op != NRS_OP_LIKE &&
	       op != NRS_OP_MATCHES && op != NRS_OP_IN;
}

static int read_scan(struct nrs_db *db, struct nrs_octets *in,
		     struct nrs_scan *scan)
{
	scan->atom = nrs_octets_below(in, db->sizes.tests);
	scan->owner = nrs_octets_below(in, nrs_set_count(db->set));
	scan->regex = nrs_octets_below(in, UINT64_C(1) << 32);
	scan->characters = nrs_octets_below(in, UINT64_C(1) << 32);
	scan->op = (uint8_t)nrs_octets_below(in, NRS_OP_EXISTS + 1);
	scan->inverted = nrs_octets_below(in, 2) != 0;
	scan->family = (uint8_t)nrs_octets_below(in, 7);
	scan->form = (uint8_t)nrs_octets_below(in, NRS_SHOWN_LIST + 1);
	scan->place = (uint16_t)nrs_octets_below(in, UINT16_MAX + 1);
	scan->header = nrs_octets_span(in);
	const uint64_t count = nrs_octets_number(in);
	if (in->failed || count > in->rest.len / (7 * sizeof(uint64_t)) ||
	    (count == 0 && wants_operand(scan->op)))
		return NRS_E_FORMAT;
	struct nrs_operand *operands = nrs_arena_alloc(
		db->arena, ((size_t)count + 1) * sizeof(*operands));
	if (operands == NULL)
		return NRS_E_NOMEM;
	for (uint64_t i = 0; i < count; i++)
		read_operand(in, &operands[i]);
	scan->operands = operands;
	scan->operand_count = (uint32_t)count;
	return in->failed ? NRS_E_FORMAT : NRS_OK;
}

int nrs_image_scans(struct nrs_db *db, struct nrs_span octets)
{
	struct nrs_octets in = {.rest = octets};

	while (in.rest.len > 0) {
		const uint32_t lane = nrs_octets_below(&in, NRS_LANE_COUNT);
		const uint64_t count = nrs_octets_number(&in);
		struct nrs_lane_tables *tables = &db->lane[lane];
		int err = NRS_OK;

		if (in.failed || tables->scans != NULL ||
		    count > in.rest.len / (10 * sizeof(uint64_t)))
			return NRS_E_FORMAT;
		struct nrs_scan *scans = nrs_arena_alloc(
			db->arena, ((size_t)count + 1) * sizeof(*scans));
		if (scans == NULL)
			return NRS_E_NOMEM;
		for (uint64_t i = 0; i < count && err == NRS_OK; i++)
			err = read_scan(db, &in, &scans[i]);
		if (err != NRS_OK)
			return err;
		tables->scans = scans;
		tables->scan_count = (uint32_t)count;
	}
	return NRS_OK;
}
