/* SPDX-License-Identifier: Apache-2.0 */
/* The names on the way to a policy file, and what tells it from another. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>

#include "enforcer/config/policy-trail.h"
#include "tests/support/check.h"
#include "tests/support/scratch.h"

static char trail[8192];

/* Of what lies in the scratch directory: "dir/name", "@" behind a link. */
static int visit(void *userdata, const char *dir, const char *name, bool link)
{
	size_t len = strlen(scratch);

	if (strncmp(dir, scratch, len) == 0)
		snprintf(trail + strlen(trail), sizeof(trail) - strlen(trail), "%s/%s%s ",
			 dir + len, name, link ? "@" : "");
	return userdata ? -ECANCELED : 0;
}

static void test_each_name_on_the_way_is_visited(void)
{
	static const struct {
		const char *path, *trail;
		int error;
	} cases[] = {
		{"plain/file", "/plain /plain/file ", 0},
		{"plain/./x/../file", "/plain /plain/x ", 0}, /* x is not there: no further */
		{"plain/../plain/file", "/plain /plain /plain/file ", 0},
		{"plain//none", "/plain /plain/none ", 0},
		{"none/file", "/none ", 0},
		{"link", "/link@ /plain /plain/file ", 0},
		{"chain", "/chain@ /plain /plain/up@ /link@ /plain /plain/file ", 0},
		{"bent/file", "/bent@ /plain /plain/file ", 0},
		{"dangling", "/dangling@ /nowhere ", 0},
		{"plain/file/below", "/plain /plain/file ", 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		trail[0] = '\0';
		CHECK_INT(policy_trail(scratch_path(cases[i].path), visit, NULL), cases[i].error);
		CHECK_STRING(trail, cases[i].trail);
	}
	CHECK_INT(policy_trail(scratch_path("loop"), visit, NULL), -ELOOP);
	CHECK_INT(policy_trail(scratch_path("plain/file"), visit, trail), -ECANCELED);
}

static void test_a_stamp_tells_a_file_from_what_it_was(void)
{
	static const struct policy_stamp none;
	struct policy_stamp before, now;

	policy_stamp_take(scratch_path("none"), &before);
	CHECK(policy_stamp_is_same(&before, &none));
	policy_stamp_take(scratch_path("plain/file"), &before);
	policy_stamp_take(scratch_path("link"), &now);
	CHECK(policy_stamp_is_same(&before, &now));
	scratch_file("plain/file", "longer than it was", 0600);
	policy_stamp_take(scratch_path("plain/file"), &now);
	CHECK(!policy_stamp_is_same(&before, &now));
	before = now;
	/* The same bytes by another name. */
	scratch_file("plain/new", "longer than it was", 0600);
	CHECK_INT(rename(scratch_path("plain/new"), scratch_path("plain/file")), 0);
	policy_stamp_take(scratch_path("plain/file"), &now);
	CHECK(!policy_stamp_is_same(&before, &now));
}

static void make_link(const char *target, const char *path)
{
	if (symlink(target, scratch_path(path)) < 0)
		abort();
}

int main(void)
{
	scratch_make();
	scratch_directory("plain");
	scratch_file("plain/file", "{}", 0600);
	make_link("plain/file", "link");
	make_link(scratch_path("link"), "plain/up");
	make_link("plain/up", "chain");
	make_link("plain", "bent");
	make_link("nowhere/at/all", "dangling");
	make_link("loop", "loop");
	RUN(test_each_name_on_the_way_is_visited);
	RUN(test_a_stamp_tells_a_file_from_what_it_was);
	return check_summary();
}
