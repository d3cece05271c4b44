/* SPDX-License-Identifier: Apache-2.0 */
/* rename, renameat, renameat2: each kind of thing onto each other, with each flag. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/fidelity/fidelity.h"

static const char *const things[] = {
	"file",
	"file/",
	"d",
	"d/",
	"d/in",
	"d/sub",
	"full",
	"full/empty",
	"to-file",
	"to-file/",
	"to-dir",
	"to-dir/",
	"dangling",
	"dangling/",
	"loop",
	"fifo",
	"socket",
	"missing",
	"missing/",
	"missing/x",
	".",
	"..",
	"d/.",
	"d/..",
	"closed",
	"closed/in",
	"unlistable",
	"unlistable/in",
	"read-only",
	"file/x",
	"",
	"/",
	"/proc",
	"/tmp/other",
	"/proc/self/comm",
	"to-dir/in",
	"up/t/file",
	"/dev/null",
	"full/empty/",
};

static const unsigned flag_sets[] = {0, 1, 2};

static void pairs(void)
{
	tree_make();
	for (size_t k = 0; k < COUNT(flag_sets); k++)
		for (size_t i = 0; i < COUNT(things); i++)
			for (size_t j = 0; j < COUNT(things); j++) {
				int r = (int)syscall(SYS_renameat2, AT_FDCWD, things[i], AT_FDCWD,
						     things[j], flag_sets[k]);

				row(r, "renameat2 %s %s %x", things[i], things[j], flag_sets[k]);
				if (r == 0) {
					row_path(0, things[i], "  then %s", things[i]);
					row_path(0, things[j], "  then %s", things[j]);
					tree_make();
				}
			}
}

static void flags(void)
{
	static const unsigned bad[] = {3, 4, 5, 6, 8, 0x80000000u};

	tree_make();
	for (size_t i = 0; i < COUNT(bad); i++) {
		row(syscall(SYS_renameat2, AT_FDCWD, "file", AT_FDCWD, "new", bad[i]),
		    "flags %x new", bad[i]);
		row(syscall(SYS_renameat2, AT_FDCWD, "file", AT_FDCWD, "d", bad[i]), "flags %x dir",
		    bad[i]);
		row(syscall(SYS_renameat2, AT_FDCWD, "missing", AT_FDCWD, "new", bad[i]),
		    "flags %x missing", bad[i]);
		row_path(0, "new", "  then new");
	}
}

static void special(void)
{
	int file, dir, path;

	tree_make();
	row(rename("full", "full/empty/x"), "into itself");
	row(rename("full/empty", "full"), "over its parent");
	row(rename("full", "full"), "onto itself");
	must(link("file", "same"), "same");
	row_path(rename("file", "same"), "file", "onto another name of it");
	row_path(rename("read-only", "no-access"), "no-access", "over a closed file");
	row(rename("d", "full/empty"), "over an empty directory");
	row_path(0, "full/empty/in", "  then what was in it");
	row(rename("full/empty", "unlistable"), "over a full directory");
	row(rename(NULL, "x"), "from NULL");
	row(rename("x", NULL), "to NULL");
	file = must(open("same", O_RDONLY), "same");
	dir = must(open("full", O_RDONLY), "full");
	path = must(open("full", O_PATH), "full");
	const int fds[] = {AT_FDCWD, file, dir, path, -1, 77};

	for (size_t i = 0; i < COUNT(fds); i++)
		for (size_t j = 0; j < COUNT(fds); j++) {
			int r = renameat(fds[i], "x", fds[j], "y");

			row(r, "renameat %zu %zu", i, j);
			make_file("one", "1", 0600);
			r = renameat(AT_FDCWD, "one", fds[j], "two");
			row(r, "renameat to %zu", j);
			if (r == 0)
				must(renameat(fds[j], "two", AT_FDCWD, "one"), "one");
			must(unlink("one"), "one");
		}
}

static void sticky(void)
{
	static const mode_t modes[] = {0555, 01777, 02775, 0333, 0111};

	for (size_t i = 0; i < COUNT(modes); i++) {
		tree_make();
		must(chmod("d", modes[i]), "d");
		row_path(rename("d/in", "out"), "out", "rename out of %o", modes[i]);
		row_path(rename("file", "d/file"), "d/file", "rename into %o", modes[i]);
		row_path(mkdir("d/new", 0777), "d/new", "mkdir in %o", modes[i]);
		row_path(unlink("d/in"), "d/in", "unlink in %o", modes[i]);
		row_fd(open("d/more", O_CREAT | O_WRONLY, 0666), "create in %o", modes[i]);
		chmod("d", 0755);
	}
}

int main(int argc, char **argv)
{
	fidelity_begin(argc, argv);
	pairs();
	flags();
	special();
	sticky();
	return 0;
}
