/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "enforcer/config/trust.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"

static enum trust look_up(const char *store, const char *path, const char *hash)
{
	enum trust trust = TRUST_GIVEN;

	CHECK_INT(trust_look_up(scratch_path(store), path, hash, &trust, NULL), 0);
	return trust;
}

static void test_nothing_is_trusted_without_a_store(void)
{
	CHECK_INT(look_up("none/trust.json", "/p", "h"), TRUST_NONE);
}

static void test_what_was_trusted_is_until_it_changes(void)
{
	const char *store = "a/b/trust.json";
	struct stat st;

	CHECK_INT(trust_give(scratch_path(store), "/p", "one", NULL), 0);
	CHECK_INT(look_up(store, "/p", "one"), TRUST_GIVEN);
	CHECK_INT(look_up(store, "/p", "two"), TRUST_CHANGED);
	CHECK_INT(look_up(store, "/q", "one"), TRUST_NONE);
	CHECK_INT(trust_give(scratch_path(store), "/p", "two", NULL), 0);
	CHECK_INT(look_up(store, "/p", "two"), TRUST_GIVEN);
	CHECK_INT(look_up(store, "/p", "one"), TRUST_CHANGED);
	CHECK_INT(stat(scratch_path(store), &st), 0);
	CHECK_INT(st.st_mode & 07777, 0600);
	CHECK_INT(stat(scratch_path("a/b"), &st), 0);
	CHECK_INT(st.st_mode & 07777, 0700);
}

static void test_trust_is_taken_back(void)
{
	const char *store = scratch_path("c/trust.json");

	CHECK_INT(trust_give(store, "/p", "one", NULL), 0);
	CHECK_INT(trust_give(store, "/q", "one", NULL), 0);
	CHECK_INT(trust_revoke(store, "/p", NULL), 0);
	CHECK_INT(trust_revoke(store, "/p", NULL), -ENOENT);
	CHECK_INT(look_up("c/trust.json", "/p", "one"), TRUST_NONE);
	CHECK_INT(look_up("c/trust.json", "/q", "one"), TRUST_GIVEN);
}

static void test_a_broken_store_trusts_nothing_and_is_not_overwritten(void)
{
	struct failure failure = {};
	enum trust trust = TRUST_GIVEN;

	scratch_directory("d");
	scratch_file("d/trust.json", "{\"version\": 1}", 0600);
	CHECK_INT(trust_look_up(scratch_path("d/trust.json"), "/p", "h", &trust, &failure),
		  -EINVAL);
	CHECK_INT(trust, TRUST_NONE);
	CHECK(strstr(failure.text, "is not a list of trusted projects"));
	CHECK_INT(trust_give(scratch_path("d/trust.json"), "/p", "h", NULL), -EINVAL);
	scratch_file("d/trust.json", "{\"version\": 1, \"trusted\": {}}", 0602);
	CHECK_INT(trust_look_up(scratch_path("d/trust.json"), "/p", "h", &trust, NULL), -EPERM);
}

static void test_a_name_that_is_no_utf8_is_refused_with_words(void)
{
	struct failure failure = {};

	CHECK_INT(trust_give(scratch_path("e/trust.json"), "/p\xff", "h", &failure), -EILSEQ);
	CHECK(strstr(failure.text, "/p\\xff"));
}

int main(void)
{
	scratch_make();
	RUN(test_nothing_is_trusted_without_a_store);
	RUN(test_what_was_trusted_is_until_it_changes);
	RUN(test_trust_is_taken_back);
	RUN(test_a_broken_store_trusts_nothing_and_is_not_overwritten);
	RUN(test_a_name_that_is_no_utf8_is_refused_with_words);
	return check_summary();
}
