/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lookup: a look-up that finds nothing, among a million keys, costs less than
 * one miss of the memory: an IPv4 address 0.15 of it, a name with all its
 * suffixes 0.5, a digest 0.2. Crafted keys cost what others cost.
 *
 * The miss is measured in the same program, a chain of dependent reads over
 * 512 MB on huge pages; rounds alternate, and the ratio of each is taken
 * against the miss measured next to it. Queries are all different, so that
 * nothing but the filter can be in a cache. With --gate three times the bar is
 * the limit (the machine is shared), and the exit status tells.
 *
 * Keys: the files named on the command line, one value a line, as their feeds
 * have them; without any, seeded ones.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "engine/base/addr.h"
#include "engine/tables/hashtab.h"

#define QUERIES 500000u
#define ROUNDS 9u
#define CHAIN_BYTES ((size_t)512 << 20)
#define CHAIN_STEPS 2000000u
#define LANES 3u
#define SUFFIX 48u /* added to a tag, as the matcher does */

static uint64_t seed = 20261121;

static uint64_t draw(void)
{
	uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static double now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void *big(size_t len)
{
	void *at = aligned_alloc((size_t)2 << 20, len);

	if (at == NULL) {
		perror("memory");
		exit(1);
	}
	(void)madvise(at, len, MADV_HUGEPAGE);
	return at;
}

/* One cycle through all lines, in random order. */
static uint32_t *make_chain(size_t *lines)
{
	const size_t count = CHAIN_BYTES / 64;
	uint32_t *chain = big(CHAIN_BYTES), *order = big(count * 4);

	for (size_t i = 0; i < count; i++)
		order[i] = (uint32_t)i;
	for (size_t i = count - 1; i > 0; i--) {
		const size_t j = draw() % i;
		const uint32_t swap = order[i];

		order[i] = order[j];
		order[j] = swap;
	}
	for (size_t i = 0; i < count; i++)
		chain[(size_t)order[i] * 16] = order[(i + 1) % count];
	free(order);
	*lines = count;
	return chain;
}

static double time_miss(const uint32_t *chain, uint32_t *at)
{
	const double began = now_ns();
	uint32_t line = *at;

	for (unsigned int i = 0; i < CHAIN_STEPS; i++)
		line = chain[(size_t)line * 16];
	__asm__ volatile("" : : "r"(line));
	*at = line;
	return (now_ns() - began) / CHAIN_STEPS;
}

/* A loop that touches no memory: how fast the processor is just now. */
static double time_calibration(void)
{
	const double began = now_ns();
	uint64_t x = 1;

	for (unsigned int i = 0; i < 10000000; i++)
		x = x * UINT64_C(6364136223846793005) + 1;
	__asm__ volatile("" : : "r"(x));
	return (now_ns() - began) / 10000000;
}

/* Queries one after another, their ends beside them. */
struct queries {
	const char *name;
	double bar;
	uint8_t tag;
	bool has_suffixes;
	uint8_t *octets;
	uint32_t ends[QUERIES + 1];
	double ns[ROUNDS], ratio[ROUNDS];
	unsigned int hits;
};

static void add_query(struct queries *q, unsigned int i, struct nrs_span key)
{
	memcpy(q->octets + q->ends[i], key.ptr, key.len);
	q->ends[i + 1] = q->ends[i] + (uint32_t)key.len;
}

static struct nrs_span make_name(char *text, size_t room)
{
	static const char *const tops[] = {"com", "net", "org", "co.uk", "de"};
	const unsigned int labels = (unsigned int)(draw() % 3);
	size_t len = 0;

	for (unsigned int l = 0; l <= labels; l++)
		len += (size_t)snprintf(text + len, room - len, "%.*x.",
					(int)(4 + draw() % 8),
					(unsigned int)draw());
	len += (size_t)snprintf(text + len, room - len, "%s", tops[draw() % 5]);
	return nrs_span(text, len);
}

static struct nrs_span make_address(uint8_t octets[16])
{
	const uint32_t v4 = (uint32_t)draw();

	memset(octets, 0, 10);
	octets[10] = octets[11] = 0xff;
	memcpy(octets + 12, &v4, 4);
	return nrs_span(octets, 16);
}

static struct nrs_span make_digest(char *text)
{
	for (unsigned int i = 0; i < 4; i++)
		(void)snprintf(text + 16 * i, 17, "%016llx",
			       (unsigned long long)draw());
	return nrs_span(text, 64);
}

static struct nrs_span make_key(unsigned int lane, char text[128])
{
	return lane == 0   ? make_address((uint8_t *)text)
	       : lane == 1 ? make_name(text, 128)
			   : make_digest(text);
}

static double time_queries(const struct nrs_hashtab *table, struct queries *q)
{
	const double began = now_ns();

	for (unsigned int i = 0; i < QUERIES; i++) {
		struct nrs_span key = nrs_span(q->octets + q->ends[i],
					       q->ends[i + 1] - q->ends[i]);

		q->hits += nrs_hashtab_find(table, q->tag, key) !=
			   NRS_HASHTAB_NONE;
		for (size_t dot = 0; q->has_suffixes && dot != SIZE_MAX;) {
			q->hits += nrs_hashtab_find(table,
						    (uint8_t)(q->tag + SUFFIX),
						    key) != NRS_HASHTAB_NONE;
			dot = nrs_span_find(key, '.', 0);
			key = dot == SIZE_MAX ? key
					      : nrs_span_from(key, dot + 1);
		}
	}
	return (now_ns() - began) / QUERIES;
}

static void put(struct nrs_hashtab_builder *b, uint8_t tag, struct nrs_span key,
		uint32_t *count)
{
	uint32_t value = *count;

	if (nrs_hashtab_builder_put(b, tag, key, &value) != NRS_OK) {
		fputs("cannot build the table\n", stderr);
		exit(1);
	}
	*count += value == *count;
}

/* One value a line: an address, or anything else as a name. */
static void put_file(struct nrs_hashtab_builder *b, const char *path,
		     uint32_t *count)
{
	FILE *file = fopen(path, "r");
	char line[8192];
	struct nrs_addr addr;

	if (file == NULL) {
		perror(path);
		exit(1);
	}
	while (*count < 1000000 && fgets(line, sizeof(line), file) != NULL) {
		const struct nrs_span value = nrs_span_trim(nrs_span_of(line));

		if (nrs_addr_parse(value, &addr) == NRS_OK)
			put(b, 0, nrs_span(addr.bytes, 16), count);
		else
			put(b, (uint8_t)(1 + (*count % 2 ? SUFFIX : 0)), value,
			    count);
	}
	(void)fclose(file);
}

static struct nrs_hashtab *make_table(int argc, char **argv)
{
	struct nrs_hashtab_builder *b = NULL;
	struct nrs_hashtab *table = NULL;
	uint32_t count = 0;
	char text[128];

	if (nrs_hashtab_builder_new(&b, 1000000) != NRS_OK)
		exit(1);
	for (int i = 0; i < argc; i++)
		put_file(b, argv[i], &count);
	while (count < 1000000) {
		const unsigned int lane = (unsigned int)(draw() % LANES);

		put(b, (uint8_t)lane, make_key(lane, text), &count);
	}
	if (nrs_hashtab_build(&table, b) != NRS_OK)
		exit(1);
	printf("%u keys, %.1f octets each in the table\n", count,
	       (double)nrs_hashtab_bytes(table) / count);
	return table;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), by_value);
	return values[ROUNDS / 2];
}

static bool report(struct queries *q, bool is_gate)
{
	const double ns = median(q->ns), ratio = median(q->ratio);
	const double limit = is_gate ? 3 * q->bar : q->bar;

	printf("%-24s %6.1f ns, %.3f of a miss (bar %.2f%s), %u hits: %s\n",
	       q->name, ns, ratio, q->bar, is_gate ? ", limit 3 times it" : "",
	       q->hits / ROUNDS, ratio <= limit ? "holds" : "DOES NOT HOLD");
	return ratio <= limit;
}

int main(int argc, char **argv)
{
	static struct queries lanes[LANES] = {
		{.name = "IPv4 address", .bar = 0.15, .tag = 0},
		{.name = "name, all suffixes",
		 .bar = 0.5,
		 .tag = 1,
		 .has_suffixes = true},
		{.name = "digest", .bar = 0.2, .tag = 2}};
	const bool is_gate = argc > 1 && strcmp(argv[1], "--gate") == 0;
	const int first = is_gate ? 2 : 1;
	double miss[ROUNDS], calibration[ROUNDS];
	struct nrs_hashtab *table = make_table(argc - first, argv + first);
	size_t lines;
	uint32_t *chain = make_chain(&lines), at = 0;
	bool holds = true;
	char text[128];

	for (unsigned int l = 0; l < LANES; l++) {
		lanes[l].octets = big((size_t)64 << 20);
		for (unsigned int i = 0; i < QUERIES; i++)
			add_query(&lanes[l], i, make_key(l, text));
	}
	for (unsigned int r = 0; r < ROUNDS; r++) {
		calibration[r] = time_calibration();
		miss[r] = time_miss(chain, &at);
		for (unsigned int l = 0; l < LANES; l++) {
			lanes[l].ns[r] = time_queries(table, &lanes[l]);
			lanes[l].ratio[r] = lanes[l].ns[r] / miss[r];
		}
	}
	printf("calibration %.2f ns, one miss of the memory %.1f ns (medians "
	       "of %u)\n",
	       median(calibration), median(miss), ROUNDS);
	for (unsigned int l = 0; l < LANES; l++) {
		holds = report(&lanes[l], is_gate) && holds;
		free(lanes[l].octets);
	}
	free(chain);
	nrs_hashtab_free(table);
	return holds ? 0 : 1;
}
