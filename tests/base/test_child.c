/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_child: what a child writes comes back, and however it ends is told.
 */
#include "tests/nrs_test.h"

#include <signal.h>
#include <unistd.h>

#include "engine/base/child.h"
#include "engine/base/err.h"

static int echo(void *ctx, struct nrs_text *out)
{
	const size_t *len = ctx;

	for (size_t i = 0; i < *len; i++)
		nrs_text_putc(out, (char)('a' + i % 26));
	return NRS_OK;
}

static int refuse(void *ctx, struct nrs_text *out)
{
	(void)ctx;
	nrs_text_puts(out, "why");
	return NRS_E_FORMAT;
}

static int crash(void *ctx, struct nrs_text *out)
{
	(void)ctx, (void)out;
	_exit(3);
}

static int killed(void *ctx, struct nrs_text *out)
{
	(void)ctx, (void)out;
	(void)kill(getpid(), SIGKILL);
	return NRS_OK;
}

static int never_ends(void *ctx, struct nrs_text *out)
{
	(void)ctx, (void)out;
	for (;;)
		(void)pause();
	return NRS_OK;
}

static void what_the_child_writes_comes_back(void **state)
{
	static const size_t lens[] = {0, 1, 65536, 1000003};

	(void)state;
	for (size_t i = 0; i < sizeof(lens) / sizeof(*lens); i++) {
		struct nrs_text out = {0};
		size_t len = lens[i];

		nrs_text_puts(&out, ">");
		assert_int_equal(nrs_child_run(echo, &len, 60, &out), NRS_OK);
		assert_int_equal(out.len, len + 1);
		assert_int_equal(out.ptr[0], '>');
		for (size_t k = 0; k < len; k++)
			assert_int_equal(out.ptr[k + 1], 'a' + k % 26);
		nrs_text_fini(&out);
	}
}

static void what_the_work_returns_is_returned_with_its_text(void **state)
{
	struct nrs_text out = {0};

	(void)state;
	assert_int_equal(nrs_child_run(refuse, NULL, 60, &out), NRS_E_FORMAT);
	assert_true(nrs_span_is(nrs_text_span(&out), "why"));
	nrs_text_fini(&out);
}

static void a_child_that_ends_badly_is_an_error(void **state)
{
	struct nrs_text out = {0};

	(void)state;
	assert_int_equal(nrs_child_run(crash, NULL, 60, &out), NRS_E_INTERNAL);
	assert_int_equal(nrs_child_run(killed, NULL, 60, &out), NRS_E_INTERNAL);
	assert_int_equal(out.len, 0);
	nrs_text_fini(&out);
}

static void a_child_beyond_its_time_is_ended(void **state)
{
	struct nrs_text out = {0};

	(void)state;
	assert_int_equal(nrs_child_run(never_ends, NULL, 0, &out), NRS_E_LIMIT);
	nrs_text_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_child_writes_comes_back),
		cmocka_unit_test(
			what_the_work_returns_is_returned_with_its_text),
		cmocka_unit_test(a_child_that_ends_badly_is_an_error),
		cmocka_unit_test(a_child_beyond_its_time_is_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
