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

/* As options_parse(), with the options of all that read records beside the command's own; a RUN may
 * stand before an option. 0, 1 for --help, -EINVAL with words. */
struct record_arguments {
	const struct option_spec *own;
	size_t n_own;
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

/* A command behind the parsing of its words. */
struct record_command {
	const char *name;
	struct record_options *records;
	bool all; /* as record_options_finish() */
	/* An exit status, or a negative errno, with words where strerror() has none. */
	int (*run)(void *userdata, struct failure *reterr);
	void *userdata;
};
/* parsed: what record_options_parse() said. Finds the records, runs the command, says what failed;
 * the exit status. The options are done. */
int record_command_run(const struct record_command *command, int parsed, struct failure *failure);

struct entry;
/* True for what is no call and no question, and for those that the query lets pass. */
bool record_options_pass(const struct record_options *options, const struct entry *entry);

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

/* Reads the records one after the other, and warns of what could not be read. What of it returns
 * another number than 0 ends it. */
struct record_taking {
	int (*begun)(void *userdata, const char *file); /* or NULL */
	int (*take)(void *userdata, struct entry *entry, const char *line, size_t len);
	int (*ended)(void *userdata); /* or NULL */
	void *userdata;
};
int record_read_all(const struct record_options *options, const struct record_taking *taking,
		    struct failure *reterr);
