/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/socket.h>

#include "enforcer/audit/record-flags.h"
#include "enforcer/base/buffer.h"
#include "enforcer/base/cleanup.h"
#include "tests/support/check.h"

static void test_flags_have_the_names_of_their_call(void)
{
	static const struct {
		enum mediated call;
		uint64_t flags;
		const char *text;
	} cases[] = {
		{MEDIATED_open, 0, "O_RDONLY"},
		{MEDIATED_openat, 0101, "O_WRONLY|O_CREAT"},
		{MEDIATED_openat, 03, "O_ACCMODE"},
		{MEDIATED_openat2, (uint64_t)1 << 40 | 2, "O_RDWR|0x10000000000"},
		{MEDIATED_openat, O_TMPFILE | O_RDWR, "O_RDWR|O_TMPFILE"},
		{MEDIATED_openat, O_DIRECTORY, "O_RDONLY|O_DIRECTORY"},
		{MEDIATED_openat, O_SYNC, "O_RDONLY|O_SYNC"},
		{MEDIATED_openat, O_DSYNC, "O_RDONLY|O_DSYNC"},
		{MEDIATED_creat, 0, ""},
		{MEDIATED_mkdir, 0, ""},
		{MEDIATED_mkdir, 0755, "0x1ed"},
		{MEDIATED_renameat2, RENAME_EXCHANGE, "RENAME_EXCHANGE"},
		{MEDIATED_unlinkat, AT_REMOVEDIR, "AT_REMOVEDIR"},
		{MEDIATED_linkat, AT_SYMLINK_FOLLOW, "AT_SYMLINK_FOLLOW"},
		{MEDIATED_memfd_create, 1, "MFD_CLOEXEC"},
		{MEDIATED_sendto, MSG_NOSIGNAL | MSG_DONTWAIT, "MSG_DONTWAIT|MSG_NOSIGNAL"},
		{MEDIATED_COUNT, 5, "0x5"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(buffer_done) struct buffer text = {};

		record_flags(&text, cases[i].call, cases[i].flags);
		CHECK_STRING(text.data ? text.data : "", cases[i].text);
	}
	for (unsigned call = 0; call <= MEDIATED_COUNT; call++) {
		_cleanup_(buffer_done) struct buffer text = {};

		record_flags(&text, (enum mediated)call, UINT64_MAX);
		CHECK(text.len <= RECORD_FLAGS_MAX);
	}
}

int main(void)
{
	RUN(test_flags_have_the_names_of_their_call);
	return check_summary();
}
