/* SPDX-License-Identifier: Apache-2.0 */
/* A name that a pattern of a policy matches, so that a rule can be tried on what it means. */
#pragma once

#include <limits.h>

struct config;

/* How stars are filled. Several, so that what catches one by chance does not catch all. */
#define SAMPLE_VARIANTS 3

/*
 * A path for the pattern of a rule: variables replaced, relative ones below the workspace,
 * globs filled with names that no rule means. Variant 0 is the thing itself, the others lie
 * below it. 0, or -ENOENT where the pattern stands for nothing on this machine (${state}), or
 * another negative errno.
 */
int sample_path(const char *pattern, const struct config *config, unsigned variant,
		char ret[static PATH_MAX]);

/* A host for "*.example.com"; ret is SAMPLE_HOST_MAX long. */
#define SAMPLE_HOST_MAX 512
void sample_host(const char *pattern, char ret[static SAMPLE_HOST_MAX]);
