/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_keep: a list on the disk is replaced whole, and its lines are known
 * however they are written.
 */
#include "app/keep.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/app/workshop.h"

static void a_list_is_written_and_read_again(void **state)
{
	const char *path = workshop_path("list");
	struct nrs_text list = {0}, out = {0};

	(void)state;
	assert_true(nrs_keep_read(path, &list, &out)); /* none so far */
	assert_int_equal(nrs_keep_count(&list), 0);
	nrs_keep_add(&list, nrs_span_of("a.example"));
	nrs_keep_add(&list, nrs_span_of("b[.]example"));
	assert_true(nrs_keep_write(path, &list, &out));
	assert_string_equal(workshop_read("list"), "a.example\nb[.]example\n");
	nrs_text_clear(&list);
	assert_true(nrs_keep_read(path, &list, &out));
	assert_int_equal(nrs_keep_count(&list), 2);
	assert_true(nrs_keep_has(&list, nrs_span_of("b[.]example")));
	assert_false(nrs_keep_has(&list, nrs_span_of("b.example")));
	assert_false(nrs_keep_drop(&list, nrs_span_of("c.example")));
	assert_true(nrs_keep_drop(&list, nrs_span_of("b.example")));
	assert_int_equal(nrs_keep_count(&list), 1);
	assert_int_equal(out.len, 0);
	nrs_text_fini(&list);
	nrs_text_fini(&out);
}

static void what_could_not_be_written_leaves_what_was(void **state)
{
	char beside[NRS_KEEP_PATH];
	struct nrs_text list = {0}, out = {0};

	(void)state;
	const char *path = workshop_write("list", "a.example\n");
	const int fd = nrs_keep_open(path, beside);
	assert_true(fd >= 0);
	assert_false(nrs_keep_replace(beside, path, fd, false, &out));
	assert_int_not_equal(access(beside, F_OK), 0);
	assert_string_equal(workshop_read("list"), "a.example\n");
	nrs_text_clear(&out);
	assert_false(nrs_keep_write(workshop_path("no/list"), &list, &out));
	assert_true(out.len > 0);
	nrs_text_fini(&list);
	nrs_text_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_written_and_read_again),
		cmocka_unit_test(what_could_not_be_written_leaves_what_was),
	};

	return cmocka_run_group_tests_name("keep", tests, workshop_open,
					   workshop_close);
}
