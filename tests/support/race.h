/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the attacks of tests/escape have in common: PROGRAM TRIES SECONDS [...] tries so often or so
 * long, and says in one line what came of it. The drivers read that line.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct race {
	unsigned long tries; /* made */
	unsigned long won;   /* the object that policy refuses was had */
	unsigned long allowed;
	unsigned long refused;
	unsigned long killed;
	unsigned long other; /* neither: errno is the first one's */
	int errnum;
	unsigned long tries_wanted;
	double deadline;
};

double race_now(void);
void race_begin(struct race *race, int argc, char **argv);
/* One try more? */
bool race_goes_on(struct race *race);
/* A try that ended in an errno. */
void race_failed(struct race *race, int error);
/* A try that ended in a descriptor (closed here): won where it is the secret. */
void race_opened(struct race *race, int fd, const struct stat *secret);
/* The line; 0. */
int race_report(const struct race *race);

/* Ends the program; for what must not fail. */
void race_check(bool good, const char *what);

/* The calling thread on the first or on another CPU of its mask, where there is another. */
void race_on_first_cpu(void);
void race_on_other_cpu(void);
/* Some hundred turns are less than a system call. */
void race_rest(unsigned turns);

/* Writes a and b in turn to one byte, for ever, from another thread or another process. */
void race_flip_by_thread(volatile char *at, char a, char b);
void race_flip_by_process(volatile char *at, char a, char b);
/* Runs body for ever in a thread on the other CPU. */
void race_thread(void *(*body)(void *), void *argument);
/* Memory that is shared with children. */
void *race_shared_memory(void);
