/* SPDX-License-Identifier: Apache-2.0 */
/*
 * selftest: a small state behind a lock: what was begun, and what was seen of
 * it. The packet is put in front of a worker again at each look until it is
 * seen, because the indicator needs a moment to come into force.
 */
#include "app/selftest.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/added.h"
#include "app/command.h"
#include "app/threads.h"
#include "engine/base/crypto.h"
#include "engine/base/json.h"

#define FILE_NAME "noroshi-selftest.json"
#define NAME_ROOM 64
#define ID_ROOM 64
#define PATH_ROOM 4096
#define FRAME_ROOM 160
#define DOMAIN "selftest.noroshi.example"

struct nrs_selftest {
	struct nrs_selftest_options options;
	struct nrs_lock *lock; /* of what the emitter tells, and the id */
	bool is_begun;
	int64_t begun_ns, hit_ns, wire_ns; /* 0: not seen */
	bool is_stored;
	char id[ID_ROOM];
	char names[2][NAME_ROOM]; /* in the packet; to be looked up */
	uint8_t frame[FRAME_ROOM];
	struct nrs_packet packet;
};

int nrs_selftest_new(struct nrs_selftest **out,
		     const struct nrs_selftest_options *options)
{
	struct nrs_selftest *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NRS_E_NOMEM;
	t->options = *options;
	if (nrs_lock_new(&t->lock) != NRS_OK) {
		free(t);
		return NRS_E_NOMEM;
	}
	*out = t;
	return NRS_OK;
}

static void withdraw(struct nrs_selftest *t)
{
	const struct nrs_span name = nrs_span_of(FILE_NAME);
	struct nrs_text said = {0};

	if (!t->is_begun)
		return;
	(void)nrs_added_withdraw(t->options.dir, &name, 1, &said);
	nrs_text_fini(&said);
	nrs_lock_take(t->lock);
	t->is_begun = false;
	nrs_lock_give(t->lock);
	t->options.added(t->options.ctx);
}

void nrs_selftest_free(struct nrs_selftest *t)
{
	if (t == NULL)
		return;
	withdraw(t);
	nrs_lock_free(t->lock);
	free(t);
}

static void put_u16(uint8_t *at, unsigned int number)
{
	at[0] = (uint8_t)(number >> 8);
	at[1] = (uint8_t)number;
}

/* RFC 1071, of the header whose sum is still 0. */
static unsigned int ip_checksum(const uint8_t *ip)
{
	uint32_t sum = 0;

	for (unsigned int i = 0; i < 20; i += 2)
		sum += (uint32_t)ip[i] << 8 | ip[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	return ~(sum + (sum >> 16)) & 0xffff;
}

/* A DNS question (RFC 1035 section 4.1) from 192.0.2.77 to 192.0.2.53, as a
 * capture would have it. */
static void make_packet(struct nrs_selftest *t)
{
	static const uint8_t ethernet[14] = {[0] = 2, [6] = 2, [12] = 8};
	static const uint8_t ip[20] = {0x45, 0, 0,   0, 0, 1,  0,   0, 64, 17,
				       0,    0, 192, 0, 2, 77, 192, 0, 2,  53};
	static const uint8_t dns[12] = {0x4e, 0x52, 1, 0, 0, 1};
	struct nrs_span rest = nrs_span_of(t->names[0]), label;
	uint8_t *at = t->frame + 42 + sizeof(dns);

	memset(t->frame, 0, sizeof(t->frame));
	memcpy(t->frame, ethernet, sizeof(ethernet));
	memcpy(t->frame + 14, ip, sizeof(ip));
	memcpy(t->frame + 42, dns, sizeof(dns));
	while (nrs_span_split(&rest, '.', &label)) {
		*at++ = (uint8_t)label.len;
		memcpy(at, label.ptr, label.len);
		at += label.len;
	}
	at[2] = at[4] = 1; /* behind the root: A, IN */
	const size_t len = (size_t)(at + 5 - t->frame);
	put_u16(t->frame + 16, (unsigned int)(len - 14));
	put_u16(t->frame + 24, ip_checksum(t->frame + 14));
	put_u16(t->frame + 34, 40077);
	put_u16(t->frame + 36, 53);
	put_u16(t->frame + 38, (unsigned int)(len - 34));
	t->packet = (struct nrs_packet){.linktype = NRS_LINK_ETHERNET,
					.wirelen = (uint32_t)len,
					.span = nrs_span(t->frame, len)};
}

static int name_it(struct nrs_selftest *t)
{
	uint8_t octets[24];
	char hex[2 * sizeof(octets) + 1];
	const int err = nrs_random(octets, sizeof(octets));

	nrs_hex(nrs_span(octets, sizeof(octets)), hex);
	/* RFC 4122 section 4.4: version 4, variant 10. */
	(void)snprintf(t->id, sizeof(t->id),
		       "indicator--%.8s-%.4s-4%.3s-8%.3s-%.12s", hex, hex + 8,
		       hex + 12, hex + 15, hex + 18);
	(void)snprintf(t->names[0], NAME_ROOM, "p-%.12s." DOMAIN, hex + 32);
	(void)snprintf(t->names[1], NAME_ROOM, "w-%.12s." DOMAIN, hex + 32);
	return err;
}

static void write_bundle(const struct nrs_selftest *t, int64_t now_ns,
			 struct nrs_text *out)
{
	char stamp[NRS_STAMP_LEN];
	const int64_t begin_ns = now_ns - 3600 * NRS_SECOND_NS;
	const int len = (int)nrs_stamp_format(begin_ns, 3, stamp);

	nrs_text_printf(
		out,
		"{\"type\":\"bundle\",\"id\":\"bundle--%s\",\"objects\":"
		"[{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":"
		"\"%s\",\"created\":\"%.*s\",\"modified\":\"%.*s\","
		"\"valid_from\":\"%.*s\",\"name\":\"self-test\","
		"\"confidence\":100,\"labels\":[\"exercise:selftest\"],"
		"\"pattern_type\":\"stix\",\"pattern\":\"[domain-name:value = "
		"'%s' OR domain-name:value = '%s']\"}]}\n",
		t->id + strlen("indicator--"), t->id, len, stamp, len, stamp,
		len, stamp, t->names[0], t->names[1]);
}

/* Added like a person's file. */
static bool add(struct nrs_selftest *t, int64_t now_ns, struct nrs_text *out)
{
	char path[PATH_ROOM];
	struct nrs_text bundle = {0}, said = {0};
	bool good = snprintf(path, sizeof(path), "%s/" FILE_NAME,
			     t->options.dir) < PATH_ROOM &&
		    nrs_make_folder(t->options.dir) == NRS_OK;

	write_bundle(t, now_ns, &bundle);
	good = good && !bundle.failed &&
	       nrs_write_file(path, &bundle) == NRS_OK &&
	       nrs_added_file(t->options.dir, path, NULL, &said);
	(void)unlink(path);
	if (!good)
		nrs_text_printf(out,
				"self-test: cannot add its indicator: "
				"%.*s\n",
				(int)said.len, (const char *)said.ptr);
	nrs_text_fini(&bundle);
	nrs_text_fini(&said);
	return good;
}

enum nrs_selftest_answer
nrs_selftest_begin(struct nrs_selftest *t, int64_t now_ns, struct nrs_text *out)
{
	if (t->options.dir == NULL) {
		nrs_text_puts(out, "self-test: set state.dir (--state DIR)\n");
		return NRS_SELFTEST_FAILED;
	}
	withdraw(t);
	nrs_lock_take(t->lock);
	const int err = name_it(t);
	t->hit_ns = t->wire_ns = 0;
	t->is_stored = false;
	t->begun_ns = now_ns;
	make_packet(t);
	t->is_begun = err == NRS_OK;
	nrs_lock_give(t->lock);
	if (err != NRS_OK || !add(t, now_ns, out)) {
		withdraw(t);
		return NRS_SELFTEST_FAILED;
	}
	t->options.added(t->options.ctx);
	t->options.inject(t->options.ctx, &t->packet);
	nrs_text_printf(out, "%s\n", t->names[1]);
	return NRS_SELFTEST_UNDER_WAY;
}

/* What was seen, as of now. */
struct seen {
	int64_t begun_ns, hit_ns, wire_ns;
	bool is_stored;
};

static struct seen seen_of(struct nrs_selftest *t)
{
	nrs_lock_take(t->lock);
	const struct seen seen = {t->begun_ns, t->hit_ns, t->wire_ns,
				  t->is_stored};
	nrs_lock_give(t->lock);
	return seen;
}

static void put_after(struct nrs_text *out, const char *what, int64_t ns)
{
	nrs_text_printf(out, "%s after %lld.%d s\n", what,
			(long long)(ns / NRS_SECOND_NS),
			(int)(ns % NRS_SECOND_NS / (NRS_SECOND_NS / 10)));
}

static void tell(const struct nrs_selftest *t, const struct seen *seen,
		 bool with_wire, struct nrs_text *out)
{
	const struct nrs_selftest_options *o = &t->options;

	if (seen->hit_ns == 0) {
		nrs_text_puts(out,
			      "FAILED: a packet that was put in front of a "
			      "worker gave no hit in 20 s; do the rules of "
			      "select: drop its indicator (confidence 100, "
			      "label exercise:selftest)?\n");
		return;
	}
	put_after(out, "the injected packet was matched and told",
		  seen->hit_ns - seen->begun_ns);
	nrs_text_puts(out, o->has_lines ? "its line is in hits.jsonl, as an "
					  "exercise\n"
					: "no line was written: out.dir is not "
					  "set\n");
	nrs_text_puts(out, !o->has_spool     ? "no audience is set: nothing is "
					       "spooled\n"
			   : seen->is_stored ? "the spool took it\n"
					     : "FAILED: the spool did not "
					       "take it\n");
	if (!with_wire)
		nrs_text_puts(out, "This does not prove that the mirror, the "
				   "interface or its filter carry traffic: "
				   "noroshi selftest --wire does.\n");
	else if (seen->wire_ns == 0)
		nrs_text_puts(out,
			      "FAILED: the look-up was not seen on the wire "
			      "in 20 s: no mirror of this machine's traffic, "
			      "a filter, or encrypted DNS?\n");
	else
		put_after(out, "the real look-up was seen on the wire",
			  seen->wire_ns - seen->begun_ns);
}

enum nrs_selftest_answer nrs_selftest_ask(struct nrs_selftest *t,
					  bool with_wire, int64_t now_ns,
					  struct nrs_text *out)
{
	if (!t->is_begun) {
		nrs_text_puts(out, "no self-test was begun\n");
		return NRS_SELFTEST_NONE;
	}
	const struct seen seen = seen_of(t);
	const bool is_good = seen.hit_ns != 0 &&
			     (seen.is_stored || !t->options.has_spool) &&
			     (seen.wire_ns != 0 || !with_wire);
	const bool is_late = now_ns - seen.begun_ns >= NRS_SELFTEST_NS ||
			     now_ns < seen.begun_ns;
	if (!is_good && !is_late) {
		if (seen.hit_ns == 0)
			t->options.inject(t->options.ctx, &t->packet);
		return NRS_SELFTEST_UNDER_WAY;
	}
	tell(t, &seen, with_wire, out);
	withdraw(t);
	return is_good ? NRS_SELFTEST_PASSED : NRS_SELFTEST_FAILED;
}

void nrs_selftest_look(struct nrs_selftest *t, int64_t now_ns)
{
	if (t->is_begun && now_ns - t->begun_ns >= 2 * NRS_SELFTEST_NS)
		withdraw(t);
}

/* Which of the two a hit of its indicator is; NULL: it is of another one. */
static int64_t *seen_by(struct nrs_selftest *t, const struct nrs_sighted *hit)
{
	struct nrs_text id = {0};
	int64_t *seen_ns;

	if (t->id[0] == '\0' || hit->value_count == 0)
		return NULL;
	const struct nrs_span value = hit->values[0].value;
	seen_ns = nrs_span_is_icase(value, t->names[0])	  ? &t->hit_ns
		  : nrs_span_is_icase(value, t->names[1]) ? &t->wire_ns
							  : NULL;
	if (seen_ns == NULL)
		return NULL;
	nrs_sighted_id(hit, &id);
	if (!nrs_span_is(nrs_text_span(&id), t->id))
		seen_ns = NULL;
	nrs_text_fini(&id);
	return seen_ns;
}

void nrs_selftest_hit(struct nrs_selftest *t, const struct nrs_sighted *hit)
{
	if (t == NULL)
		return;
	nrs_lock_take(t->lock);
	int64_t *seen_ns = seen_by(t, hit);
	if (t->is_begun && seen_ns != NULL && *seen_ns == 0)
		*seen_ns = nrs_wall_ns();
	nrs_lock_give(t->lock);
}

bool nrs_selftest_made(struct nrs_selftest *t, const struct nrs_sighted *hit)
{
	if (t == NULL)
		return false;
	nrs_lock_take(t->lock);
	const bool is_made = seen_by(t, hit) != NULL;
	nrs_lock_give(t->lock);
	return is_made;
}

void nrs_selftest_stored(struct nrs_selftest *t)
{
	if (t == NULL)
		return;
	nrs_lock_take(t->lock);
	t->is_stored |= t->hit_ns != 0;
	nrs_lock_give(t->lock);
}
