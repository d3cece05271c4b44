/* SPDX-License-Identifier: Apache-2.0 */
/* Who is outside, by /proc/PID/status. */
#include <unistd.h>

#include "enforcer/base/cleanup.h"
#include "enforcer/control/peer.h"
#include "tests/support/check.h"

static void test_who_has_a_number_of_its_own_inside_is_inside(void)
{
	static const struct {
		const char *status;
		bool outside;
	} cases[] = {
		{"Name:\tcat\nPid:\t12\nNSpid:\t12\nNSpgid:\t12\n", true},
		{"Name:\tcat\nPid:\t12\nNSpid:\t12\t3\nNSpgid:\t12\t3\n", false},
		{"Name:\tcat\nPid:\t12\nNSpid:\t12\t3\t1\n", false},
		/* Another one by now. */
		{"Name:\tcat\nPid:\t13\nNSpid:\t13\n", false},
		/* Cut, or a kernel that does not say. */
		{"Name:\tcat\nPid:\t12\nNSpid:\t12", false},
		{"Name:\tcat\nPid:\t12\n", false},
		{"", false},
		/* A newline in a name is escaped by the kernel; as text it is none. */
		{"Name:\t\\nNSpid:\\t12\nNSpid:\t12\t3\n", false},
		{"NSpid:\t12\nNSpid:\t12\t3\n", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_INT(peer_status_is_outside(cases[i].status, 12), cases[i].outside);
}

static void test_we_are_outside_and_nobody_is_not(void)
{
	CHECK(peer_is_outside(getpid()));
	CHECK(!peer_is_outside(0));
	CHECK(!peer_is_outside(-1));
	CHECK(!peer_is_outside(0x7fffffff));
}

int main(void)
{
	RUN(test_who_has_a_number_of_its_own_inside_is_inside);
	RUN(test_we_are_outside_and_nobody_is_not);
	return check_summary();
}
