/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What race-exec executes: ends with 201 where it runs from a file *.s, or with the argument "s",
 * with 200 otherwise. It opens nothing. Static, so that it is the only thing that is mapped.
 */
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));

	if (n < 2)
		return 202;
	if (path[n - 1] == 's' && path[n - 2] == '.')
		return 201;
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "s") == 0)
			return 201;
	return 200;
}
