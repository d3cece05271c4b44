/* SPDX-License-Identifier: Apache-2.0 */
/* Where a log may lie. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enforcer/audit/audit-place.h"
#include "enforcer/base/buffer.h"

static bool path_is_canonical(const char *path)
{
	if (!path || path[0] != '/')
		return false;
	for (const char *p = path; p; p = strchr(p + 1, '/')) {
		size_t len = strcspn(p + 1, "/");

		if ((len == 1 && p[1] == '.') || (len == 2 && p[1] == '.' && p[2] == '.'))
			return false;
		if (len == 0 && path[1] != '\0')
			return false;
	}
	return true;
}

bool audit_path_inside(const char *path, const char *const *roots)
{
	if (!path_is_canonical(path))
		return true;
	for (; *roots; roots++) {
		size_t len = strlen(*roots);

		while (len > 0 && (*roots)[len - 1] == '/')
			len--;
		if (strncmp(path, *roots, len) == 0 && (path[len] == '/' || path[len] == '\0'))
			return true;
	}
	return false;
}

unsigned audit_part_number(const char *suffix, bool *ret_compressed)
{
	const char *digits = suffix + 1;
	size_t len;

	if (suffix[0] != '.' || digits[0] == '0')
		return 0;
	len = strspn(digits, "0123456789");
	*ret_compressed = strcmp(digits + len, AUDIT_COMPRESSED) == 0;
	/* Nine digits have room in an unsigned. */
	if (len > 9 || (digits[len] != '\0' && !*ret_compressed))
		return 0;
	return (unsigned)strtoul(digits, NULL, 10);
}

static bool run_is_plain(const char *run)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	return run[0] != '\0' && strspn(run, plain) == strlen(run);
}

int audit_default_path(const char *xdg_state_home, const char *home, const char *run,
		       struct buffer *ret_path)
{
	bool xdg = xdg_state_home && xdg_state_home[0] == '/';

	/* The base directory specification: a relative path is to be ignored. */
	if ((!xdg && (!home || home[0] != '/')) || !run_is_plain(run))
		return -EINVAL;
	buffer_append_string(ret_path, xdg ? xdg_state_home : home);
	buffer_append_string(ret_path, xdg ? "" : "/.local/state");
	buffer_append_string(ret_path, "/callgate/runs/");
	buffer_append_string(ret_path, run);
	buffer_append_string(ret_path, ".jsonl");
	return ret_path->error;
}
