/* SPDX-License-Identifier: Apache-2.0 */
/* What became of records that are not, or no more, among those of all runs. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforcer/audit/json-emit.h"
#include "enforcer/audit/ledger.h"
#include "enforcer/base/fd.h"

#define REMOVED   "removed"
#define ELSEWHERE "elsewhere"
/* A line is shorter than a KiB; before a run is removed there must be room for its line, also on a
 * disk that is full of records. */
#define ROOM_AHEAD (16u << 10)
#define TAIL_SIZE  (16u << 10)
#define READ_MAX   (64u << 20)

int ledger_open(const char *path, bool lock)
{
	int fd =
		open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	struct stat st;
	int r = 0;

	if (fd < 0)
		return -errno;
	while (lock && r == 0 && flock(fd, LOCK_EX) < 0)
		r = errno == EINTR ? 0 : -errno;
	if (r == 0 && fstat(fd, &st) < 0)
		r = -errno;
	if (r == 0 && (!S_ISREG(st.st_mode) || st.st_uid != geteuid()))
		r = -EPERM;
	if (r < 0) {
		fd_close(fd);
		return r;
	}
	/* A file system that cannot does without. */
	(void)!fallocate(fd, FALLOC_FL_KEEP_SIZE, st.st_size, ROOM_AHEAD);
	return fd;
}

/* True where the file ends within a line: somebody was killed, or the disk was full. */
static bool is_torn(int fd)
{
	struct stat st;
	char last = '\n';

	return fstat(fd, &st) == 0 && st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) == 1 &&
	       last != '\n';
}

static void emit_word(struct buffer *line, const char *key, const char *text)
{
	emit_name(line, key, text, strlen(text), RECORD_REASON_MAX);
}

int ledger_append(int fd, uint64_t time_ns, const struct ledger_entry *entry)
{
	_cleanup_(buffer_done) struct buffer line = {};

	if (is_torn(fd))
		buffer_append_string(&line, "\n");
	buffer_printf(&line,
		      "{\"v\":1,\"event\":\"%s\",\"time\":", entry->removed ? REMOVED : ELSEWHERE);
	emit_time(&line, time_ns);
	emit_word(&line, "run", entry->run);
	emit_word(&line, entry->removed ? "why" : "to", entry->why);
	if (entry->removed)
		buffer_printf(&line, ",\"parts\":%llu,\"size\":%llu",
			      (unsigned long long)entry->parts, (unsigned long long)entry->size);
	buffer_append_string(&line, "}\n");
	return line.error ? line.error : fd_write_all(fd, line.data, line.len);
}

static void copy_word(const json_t *json, const char *key, char *ret_word, size_t size)
{
	const char *word = json_string_value(json_object_get(json, key));

	snprintf(ret_word, size, "%s", word ?: "");
}

static bool read_entry(const char *line, size_t len, struct ledger_entry *ret_entry)
{
	json_t *json = json_loadb(line, len, 0, NULL);
	struct ledger_entry entry = {};
	char event[16];

	copy_word(json, "event", event, sizeof(event));
	copy_word(json, "run", entry.run, sizeof(entry.run));
	copy_word(json, "time", entry.time, sizeof(entry.time));
	entry.removed = strcmp(event, REMOVED) == 0;
	copy_word(json, entry.removed ? "why" : "to", entry.why, sizeof(entry.why));
	entry.parts = (uint64_t)json_integer_value(json_object_get(json, "parts"));
	entry.size = (uint64_t)json_integer_value(json_object_get(json, "size"));
	json_decref(json);
	if (!entry.run[0] || (!entry.removed && strcmp(event, ELSEWHERE) != 0))
		return false;
	*ret_entry = entry;
	return true;
}

typedef bool (*wanted)(const struct ledger_entry *entry, const char *named);

/* The last of the lines in text that is wanted. */
static bool find_last(const char *text, wanted is_wanted, const char *named,
		      struct ledger_entry *ret_entry)
{
	struct ledger_entry entry;
	bool found = false;

	for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
		if (!read_entry(text, (size_t)(end - text), &entry) || !is_wanted(&entry, named))
			continue;
		*ret_entry = entry;
		found = true;
	}
	return found;
}

static bool is_removed(const struct ledger_entry *entry, const char *named)
{
	return entry->removed;
}

bool ledger_last_removed(int fd, struct ledger_entry *ret_entry)
{
	char tail[TAIL_SIZE + 1];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return false;
	n = pread(fd, tail, TAIL_SIZE, st.st_size > TAIL_SIZE ? st.st_size - TAIL_SIZE : 0);
	if (n <= 0)
		return false;
	tail[n] = '\0';
	return find_last(tail, is_removed, NULL, ret_entry);
}

static bool is_named(const struct ledger_entry *entry, const char *named)
{
	const char *word = strrchr(entry->run, '-');
	size_t len = strlen(named);

	return len > 0 && (strncmp(entry->run, named, len) == 0 ||
			   (len >= 4 && word && strncmp(word + 1, named, len) == 0));
}

bool ledger_find(const char *path, const char *named, struct ledger_entry *ret_entry)
{
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	_cleanup_free_ char *text = NULL;
	size_t len;

	if (fd < 0 || fd_read_file(fd, READ_MAX, &text, &len) < 0)
		return false;
	return find_last(text, is_named, named, ret_entry);
}
