/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run's policy was made of: the texts of its layers, and what names in them stood for on
 * this machine at this moment. With it on record, whoever judges the run again needs nothing of
 * the machine.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "enforcer/policy/decision.h"

struct source {
	enum layer layer;
	char *file; /* for messages; owned */
	char *text; /* owned; NULL: read is what it says */
	size_t len;
	char **read; /* --read: trees; owned */
};

/* A path of a rule that led elsewhere, or the file that a bare program name stood for. */
struct source_name {
	char *from; /* owned */
	char *to;   /* owned; NULL: there was no such program */
	bool program;
	uint64_t dev, ino; /* of a program */
};

struct sources {
	struct source *items; /* in the order of search within each layer */
	size_t n;
	struct source_name *names; /* each once */
	size_t n_names;
	char *const *search; /* the directories on PATH; borrowed */
};

void sources_done(struct sources *sources);
/* Copies. 0 or -ENOMEM. */
int sources_add_text(struct sources *sources, enum layer layer, const char *file, const char *text,
		     size_t len);
int sources_add_read(struct sources *sources, char *const *dirs);
/* As struct policy_context has them: asks the machine, and keeps what it said. */
int sources_canonical(struct sources *sources, const char *path, char *ret);
int sources_program(struct sources *sources, const char *name, char *ret_path, uint64_t *ret_dev,
		    uint64_t *ret_ino);
