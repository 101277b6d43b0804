/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_mutations: captures in 50 variants each, in process: from the packets to
 * the lines of hits and the bundle. Under the sanitizers nothing may crash or
 * hang; when a session is over every quota is whole again, and memory stays
 * bounded. Each capture has a process of its own, so that one that falls over
 * is told with its variant and the others go on.
 *
 * NOROSHI_CAPTURES: a capture file or folder instead of tests/data; "corpus":
 * the shared one. NOROSHI_SEED: another seed (it is printed).
 */
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "tests/app/mutated.h"
#include "tests/capture/captures.h"
#include "tests/nrs_test.h"

#define VARIANTS 50
#define CPU_SECONDS 120 /* of a variant: longer is a hang */
#define RSS_KB 800000	/* with what the sanitizers keep */

/* How far the child is, for the parent when it has died. */
struct progress {
	unsigned int variant;
	uint64_t packets, hits, values;
};

static uint64_t seed_of(unsigned int variant, const char *path, uint64_t seed)
{
	const char *name = strrchr(path, '/');

	for (name = name == NULL ? path : name; *name != '\0'; name++)
		seed = (seed ^ (uint8_t)*name) * UINT64_C(0x100000001b3);
	return seed * VARIANTS + variant;
}

/* The file's own octets, changed, and what our reader makes of them. */
static void load_changed(struct mutant *m, const char *path, uint64_t seed)
{
	const int fd = memfd_create("mutant", 0);
	FILE *file = fopen(path, "rb");
	char name[64];
	long len;

	assert_true(fd >= 0 && file != NULL);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	len = ftell(file);
	rewind(file);
	assert_true(len >= 0);
	uint8_t *bytes = malloc((size_t)len + 1);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, (size_t)len, file), len);
	(void)fclose(file);
	const size_t left = mutate_file(bytes, (size_t)len, seed);
	assert_int_equal(write(fd, bytes, left), left);
	free(bytes);
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	captures_load(m, name);
	(void)close(fd);
}

static void limit_time(void)
{
	const struct itimerval limit = {.it_value = {.tv_sec = CPU_SECONDS}};

	assert_int_equal(setitimer(ITIMER_PROF, &limit, NULL), 0);
}

/* In the child: every variant of @path, turn about with and without a set. */
static void vary(struct mutated machines[2], const char *path, uint64_t seed,
		 struct progress *progress)
{
	struct mutant original, changed;

	assert_true(mutant_init(&original) && mutant_init(&changed));
	limit_time();
	captures_load(&original, path);
	for (unsigned int v = 0; v < VARIANTS; v++) {
		const enum mutation kind = (enum mutation)(v % MUTATIONS);
		struct mutated *m = &machines[v / MUTATIONS % 2];

		progress->variant = v;
		limit_time();
		mutant_clear(&changed);
		if (kind == MUTATION_FILE)
			load_changed(&changed, path, seed_of(v, path, seed));
		else
			mutate(&changed, &original, kind,
			       seed_of(v, path, seed));
		mutated_replay(m, &changed);
		progress->packets += changed.count;
	}
	limit_time();
	mutated_bundle(&machines[1]);
	progress->hits = machines[1].hits;
	progress->values = machines[0].values;
	mutant_fini(&original);
	mutant_fini(&changed);
}

/* What became of the child; false: it is told. */
static bool is_well(pid_t child, const char *path,
		    const struct progress *progress, long *most_kb)
{
	struct rusage used = {0};
	int status = 0;

	assert_int_equal(wait4(child, &status, 0, &used), child);
	if (used.ru_maxrss > *most_kb)
		*most_kb = used.ru_maxrss;
	if (used.ru_maxrss > RSS_KB)
		printf("%s: %ld KB of memory\n", path, used.ru_maxrss);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return used.ru_maxrss <= RSS_KB;
	printf("%s: variant %u (%s): %s %d\n", path, progress->variant,
	       mutation_name((enum mutation)(progress->variant % MUTATIONS)),
	       WIFSIGNALED(status) ? "signal" : "exit",
	       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return false;
}

static uint64_t seed_now(void)
{
	const char *text = getenv("NOROSHI_SEED");

	return text == NULL ? 20261121 : strtoull(text, NULL, 0);
}

static void no_variant_crashes_hangs_or_keeps_memory(void **state)
{
	static struct mutated machines[2];
	struct progress *progress =
		mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t packets = 0, hits = 0, values = 0;
	unsigned int failures = 0;
	long most_kb = 0;

	(void)state;
	assert_true(progress != MAP_FAILED);
	printf("seed %" PRIu64 ", %u captures in %u variants\n", seed_now(),
	       captures_count(), VARIANTS);
	mutated_open(&machines[0], false);
	mutated_open(&machines[1], true);
	for (unsigned int i = 0; i < captures_count(); i++) {
		*progress = (struct progress){0};
		(void)fflush(stdout);
		const pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0) {
			vary(machines, captures_at(i), seed_now(), progress);
			_exit(0);
		}
		failures += !is_well(child, captures_at(i), progress, &most_kb);
		packets += progress->packets;
		hits += progress->hits;
		values += progress->values;
	}
	mutated_close(&machines[0]);
	mutated_close(&machines[1]);
	printf("%" PRIu64 " packets, %" PRIu64 " values, %" PRIu64
	       " hits, at most %ld KB; %u captures failed\n",
	       packets, values, hits, most_kb, failures);
	assert_true(packets > 0 && hits > 0 && values > 0);
	assert_int_equal(failures, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_variant_crashes_hangs_or_keeps_memory),
	};
	const int found = captures_find(getenv("NOROSHI_CAPTURES"));

	return found != 0 ? found : cmocka_run_group_tests(tests, NULL, NULL);
}
