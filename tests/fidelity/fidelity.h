/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fidelity programs share. Each performs a table of calls in a directory of its own and
 * prints one line for each: its name, what it returned, and what can be seen of it afterwards.
 * Nothing in a line differs from run to run (no pids, inodes or clock), so that bare and kept runs
 * can be compared.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Goes to the directory argv[1], which is made where it is missing. */
void fidelity_begin(int argc, char **argv);

/* "NAME = RESULT": the number, or the name of errno where it is -1. The name is made by format. */
void row(long result, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same, and the state of what path leads to (links are not followed). */
void row_path(long result, const char *path, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same of a descriptor, with number, flags, state, offset and contents; it is closed. */
void row_fd(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "NAME: TEXT" */
void row_text(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Bytes that a terminal or a line cannot hold, as octal escapes. In a buffer of this function's. */
const char *quoted(const char *text);

/* Name of an errno ("0" for none). */
const char *error_name(int error);

/* A new directory with one thing of each kind in it, and the way there. */
void tree_make(void);

/* Paths that lead to and past the things of the tree, in every spelling. */
extern const char *const tree_paths[];
extern const size_t tree_paths_count;

/* Things that setting up needs: they end the program where they fail. */
int must(long result, const char *what);
void make_file(const char *path, const char *text, mode_t mode);
