/* SPDX-License-Identifier: Apache-2.0 */
/* What the fidelity programs share: lines, states, a tree to work on. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "tests/fidelity/fidelity.h"

#define LINE_MAX_BYTES 16384

const char *const tree_paths[] = {
	"file",
	"./file",
	"file/",
	"file/.",
	"file/..",
	"file/x",
	"d",
	"d/",
	"d//",
	"d/.",
	"d/..",
	"d//in",
	"d/../file",
	"d/in/../in",
	"missing",
	"missing/",
	"missing/x",
	"missing/.",
	"d/missing",
	"d/./missing",
	"to-file",
	"to-file/",
	"to-dir",
	"to-dir/",
	"to-dir/.",
	"to-dir/in",
	"to-dir/../file",
	"to-dir/missing",
	"to-link",
	"dangling",
	"dangling/",
	"dangling-far",
	"loop",
	"loop/x",
	"up",
	"up/t/file",
	"absolute",
	"read-only",
	"no-access",
	"closed",
	"closed/in",
	"closed/missing",
	"closed/..",
	"unlistable",
	"unlistable/in",
	"unlistable/no",
	"unsearchable",
	"unsearchable/in",
	"unsearchable/no",
	"unsearchable/.",
	"socket",
	"fifo",
	"fifo/x",
	"",
	".",
	"..",
	"./",
	"../t/file",
	"/",
	"//",
	"/.",
	"/..",
	"/missing",
	"/usr/missing",
	"/dev/null",
	"/proc",
	"full",
	"to-closed/in",
	"to-device",
	"to-root",
};
const size_t tree_paths_count = COUNT(tree_paths);

int must(long result, const char *what)
{
	if (result < 0) {
		printf("cannot set up %s: %s\n", what, strerror(errno));
		exit(2);
	}
	return (int)result;
}

const char *error_name(int error)
{
	const char *name = strerrorname_np(error);

	return name ? name : "?";
}

const char *quoted(const char *text)
{
	static char out[8192];
	size_t n = 0;

	for (; *text && n + 8 < sizeof(out); text++)
		if ((unsigned char)*text < ' ' || (unsigned char)*text >= 127 || *text == '\\')
			n += (size_t)snprintf(out + n, 8, "\\%03o", (unsigned char)*text);
		else
			out[n++] = *text;
	out[n] = '\0';
	return out;
}

/* At once and whole: programs fork, and may be killed. */
static void print_line(const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, text, len);

		if (n < 0 && errno != EINTR)
			_exit(2);
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
}

static void __attribute__((format(printf, 1, 0)))
print_row(const char *format, va_list args, const char *rest)
{
	char name[8192], line[LINE_MAX_BYTES + 8192 * 2];
	int n;

	vsnprintf(name, sizeof(name), format, args);
	n = snprintf(line, sizeof(line), "%s%s\n", quoted(name), rest);
	print_line(line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
}

static int result_text(char *text, size_t size, long result, int error)
{
	return result == -1 ? snprintf(text, size, " = %s", error_name(error))
			    : snprintf(text, size, " = %ld", result);
}

static const char *type_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "dir";
	case S_IFLNK:
		return "link";
	case S_IFIFO:
		return "fifo";
	case S_IFSOCK:
		return "socket";
	case S_IFCHR:
		return "chr";
	case S_IFBLK:
		return "blk";
	default:
		return "thing";
	}
}

static int stat_text(char *text, size_t size, const struct stat *st)
{
	/* Directories have sizes and links of the file system's own making; outside, other programs
	 * are at work. */
	return snprintf(text, size, " [%s %04o %d:%d links %ld size %ld]", type_name(st->st_mode),
			st->st_mode & 07777, (int)st->st_uid, (int)st->st_gid,
			S_ISDIR(st->st_mode) ? 0L : (long)st->st_nlink,
			S_ISREG(st->st_mode) || S_ISLNK(st->st_mode) ? (long)st->st_size : 0L);
}

static int fd_text(char *text, size_t size, int fd)
{
	char data[32] = "";
	struct stat st;
	ssize_t got;
	int n, flags = fcntl(fd, F_GETFL);

	n = snprintf(text, size, " fd %s flags %o",
		     fcntl(fd, F_GETFD) & FD_CLOEXEC ? "cloexec" : "open", flags);
	if (fstat(fd, &st) < 0)
		return n + snprintf(text + n, size - (size_t)n, " fstat %s", error_name(errno));
	n += stat_text(text + n, size - (size_t)n, &st);
	if (!S_ISREG(st.st_mode))
		return n;
	n += snprintf(text + n, size - (size_t)n, " at %ld", (long)lseek(fd, 0, SEEK_CUR));
	if (flags & O_DIRECT)
		return n;
	got = pread(fd, data, sizeof(data) - 1, 0);
	n += snprintf(text + n, size - (size_t)n, " holds %s",
		      got < 0 ? error_name(errno) : quoted(data));
	if (st.st_uid == geteuid() || (flags & O_ACCMODE) == O_RDONLY) {
		got = write(fd, "w", 1);
		n += snprintf(text + n, size - (size_t)n, " write %s at %ld",
			      got < 0 ? error_name(errno) : "1", (long)lseek(fd, 0, SEEK_CUR));
	}
	return n;
}

static int path_text(char *text, size_t size, const char *path)
{
	char data[256];
	struct stat st;
	ssize_t got;
	int n;

	if (lstat(path, &st) < 0)
		return snprintf(text, size, " [%s]", error_name(errno));
	n = stat_text(text, size, &st);
	if (!S_ISLNK(st.st_mode))
		return n;
	got = readlink(path, data, sizeof(data) - 1);
	data[got < 0 ? 0 : got] = '\0';
	if (strstr(data, "/t/file")) /* how many trees were made before is no part of the result */
		return n;
	return n + snprintf(text + n, size - (size_t)n, " -> %s", quoted(data));
}

void row(long result, const char *format, ...)
{
	int error = errno;
	char text[256];
	va_list args;

	result_text(text, sizeof(text), result, error);
	va_start(args, format);
	print_row(format, args, text);
	va_end(args);
}

void row_path(long result, const char *path, const char *format, ...)
{
	int error = errno, n;
	char text[LINE_MAX_BYTES];
	va_list args;

	n = result_text(text, sizeof(text), result, error);
	path_text(text + n, sizeof(text) - (size_t)n, path);
	va_start(args, format);
	print_row(format, args, text);
	va_end(args);
}

void row_fd(int fd, const char *format, ...)
{
	int error = errno, n;
	char text[LINE_MAX_BYTES];
	va_list args;

	n = result_text(text, sizeof(text), fd, error);
	if (fd >= 0) {
		fd_text(text + n, sizeof(text) - (size_t)n, fd);
		close(fd);
	}
	va_start(args, format);
	print_row(format, args, text);
	va_end(args);
}

void row_text(const char *name, const char *format, ...)
{
	char text[LINE_MAX_BYTES], head[8192];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(head, sizeof(head), "%s: ", name);
	print_line(head, strlen(head));
	print_line(quoted(text), strlen(quoted(text)));
	print_line("\n", 1);
}

void make_file(const char *path, const char *text, mode_t mode)
{
	int fd = must(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), path);

	must(write(fd, text, strlen(text)), path);
	close(fd);
	must(chmod(path, mode), path);
}

static void make_dir(const char *path, mode_t mode)
{
	char in[256];

	must(mkdir(path, 0700), path);
	snprintf(in, sizeof(in), "%s/in", path);
	make_file(in, "inside", 0644);
	must(chmod(path, mode), path);
}

static void make_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = must(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "a socket");

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	must(bind(fd, (struct sockaddr *)&address, sizeof(address)), path);
	close(fd);
}

void tree_make(void)
{
	static const char *const links[][2] = {
		{"file", "to-file"},
		{"d", "to-dir"},
		{"to-file", "to-link"},
		{"nothing", "dangling"},
		{"no/where", "dangling-far"},
		{"loop", "loop"},
		{"..", "up"},
		{"closed", "to-closed"},
		{"/dev/zero", "to-device"},
		{"/", "to-root"},
	};
	static int number;
	static char base[2048];
	char path[4096];

	if (number == 0 && !getcwd(base, sizeof(base)))
		must(-1, "the working directory");
	snprintf(path, sizeof(path), "%s/%05d", base, ++number);
	must(mkdir(path, 0755), path);
	must(chdir(path), path);
	must(mkdir("t", 0755), "t");
	must(chdir("t"), "t");
	make_dir("d", 0755);
	make_dir("closed", 0000);
	make_dir("unlistable", 0311);
	make_dir("unsearchable", 0644);
	must(mkdir("full", 0755), "full");
	must(mkdir("full/empty", 0755), "full/empty");
	make_file("file", "contents", 0644);
	make_file("read-only", "fixed", 0444);
	make_file("no-access", "hidden", 0);
	for (size_t i = 0; i < COUNT(links); i++)
		must(symlink(links[i][0], links[i][1]), links[i][1]);
	snprintf(path, sizeof(path), "%s/%05d/t/file", base, number);
	must(symlink(path, "absolute"), "absolute");
	must(mknod("fifo", S_IFIFO | 0644, 0), "fifo");
	make_socket("socket");
}

void fidelity_begin(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
		exit(2);
	}
	umask(022);
	if (mkdir(argv[1], 0755) < 0 && errno != EEXIST)
		must(-1, argv[1]);
	must(chdir(argv[1]), argv[1]);
}
