/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands that read records have in common: which runs, which of their entries. */
#pragma once

#include <stdbool.h>

#include "enforcer/commands/options.h"
#include "enforcer/records/query.h"
#include "enforcer/records/when.h"

struct record_options {
	const char **runs; /* --run, and what is no option */
	const char **calls, **verbs, **paths, **hosts, **programs, **decisions, **rules, **by;
	const char *since, *until;
	struct query query;
	char *home;      /* canonical, or NULL */
	char *directory; /* of all runs, or NULL */
	char **files;    /* the records: given by record_options_finish() */
	size_t n_files;
};

#define RECORD_OPTIONS 11
#define RECORD_OPTIONS_HELP                                                                        \
	"  --run RUN          the same as RUN behind the options\n"                                \
	"  --since TIME       not before: " WHEN_EXAMPLES "\n"                                     \
	"  --until TIME       not after\n"                                                         \
	"  --decision WORD    allow, deny, ask\n"                                                  \
	"  --verb VERB        read, write, exec, connect, listen\n"                                \
	"  --path GLOB        as a policy writes it; what is below counts\n"                       \
	"  --host NAME        example.com, *.example.com, an address, example.com:443\n"           \
	"  --program NAME     a bare name, or a glob of the path\n"                                \
	"  --call NAME        the system call\n"                                                   \
	"  --rule RULE        an id (user:3) or a layer (guards)\n"                                \
	"  --by WHAT          rule, otherwise, person, grant, unattended, wall, ...\n"

#define RUN_HELP                                                                                   \
	"RUN is an id, the beginning of one, \"last\", or the path of a record (\"-\": stdin).\n"

/* Writes the RECORD_OPTIONS rows into specs. */
void record_options_specs(struct record_options *options, struct option_spec *specs);
/* As options_parse(), but a RUN may stand before an option. 0, 1 for --help, -EINVAL with words. */
struct record_arguments {
	const struct option_spec *specs;
	size_t n_specs;
	int argc;
	char **argv;
};
int record_options_parse(struct record_options *options, const struct record_arguments *arguments,
			 struct failure *reterr);
/*
 * Behind it: finds the records of the runs that were named, makes the query ready. all: where none
 * is named, every run; else the last.
 */
int record_options_finish(struct record_options *options, bool all, struct failure *reterr);
void record_options_done(struct record_options *options);

struct entry;
/*
 * Reads one record through. take() gets each entry that could be understood, whether the query
 * passes it or not, and the line it came from; a result other than 0 ends the reading and is
 * returned. bad: lines that are none of a record, or NULL.
 */
struct record_reading {
	int (*take)(void *userdata, struct entry *entry, const char *line, size_t len);
	void *userdata;
	unsigned long long bad; /* lines that could not be understood, or were too long */
	size_t torn;            /* bytes of a last line that is not whole */
};
int record_read(const char *file, struct record_reading *reading, struct failure *reterr);
/* Tells a person what of a record could not be read; nothing where all could. */
void record_reading_warn(const char *file, const struct record_reading *reading);
