/* SPDX-License-Identifier: Apache-2.0 */
/*
 * adder: values with what a format says about them, as indicators of a set.
 * What the loaders share that read something other than STIX and plain lists.
 *
 * Values without an id of their own are taken once per file.
 */
#pragma once

#include "loaders/list_seen.h"
#include "loaders/reader.h"
#include "loaders/typed.h"

/* One value. Starts as nrs_adder_entry(). */
struct nrs_entry {
	enum nrs_typed type;
	struct nrs_span value;
	struct nrs_span id; /* empty: derived; copied */
	/* Texts are copied; NULL: none. */
	const struct nrs_indicator_context *context;
	uint64_t place; /* line or object */
	int64_t created_ns, modified_ns;
	int64_t valid_from_ns, valid_until_ns;
	int8_t confidence;
	uint8_t tlp;
	bool warned;
};

struct nrs_adder {
	struct nrs_set *set;
	uint32_t source;
	const struct nrs_loader_options *options; /* borrowed */
	struct nrs_loader_result result;
	struct nrs_seen seen;
	struct nrs_typed_room room;
	struct nrs_text joined;
	uint32_t index; /* of the indicator that the last add made or met */
	bool was_there; /* the last add met it */
};

/* NRS_E_NOMEM. Fini also after a failed init. */
int nrs_adder_init(struct nrs_adder *adder, struct nrs_set *set,
		   uint32_t source, const struct nrs_loader_options *options);
void nrs_adder_fini(struct nrs_adder *adder);

struct nrs_entry nrs_adder_entry(const struct nrs_adder *adder, uint64_t place);

/* NRS_E_FORMAT: *@reason, a text for ever, says why it is not taken.
 * NRS_E_NOMEM. */
int nrs_adder_add(struct nrs_adder *adder, const struct nrs_entry *entry,
		  const char **reason);

/* Count and keep a refusal that quotes the start of @text. */
int nrs_adder_refuse(struct nrs_adder *adder, uint64_t place,
		     struct nrs_span text, const char *reason);

/* @wanted in the set's arena in *@out; NULL if it says nothing. */
int nrs_adder_context(struct nrs_adder *adder,
		      const struct nrs_indicator_context *wanted,
		      const struct nrs_indicator_context **out);

/* Append "@prefix@word" to the list of labels in @out (background.h). Nothing
 * for an empty word. */
void nrs_adder_label(struct nrs_text *out, const char *prefix,
		     struct nrs_span word);

/* Give the indicator of the last add @label too, unless it has it: then
 * *@had is true. Beyond 512 octets of labels it is warned instead. */
int nrs_adder_join(struct nrs_adder *adder, struct nrs_span label, bool *had);

/* A new reader of @bytes with its adder, zeroed, whose first member is its
 * struct nrs_reader; NULL without memory. */
void *nrs_adder_reader(size_t bytes);
