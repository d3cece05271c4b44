/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a run's record: by what it is judged. */
#pragma once

struct config;
struct supervisor;

/* A line for each layer of the policy, and one for what its names stand for here. */
void run_record_policy(struct supervisor *supervisor, const struct config *config);
/* The same, not yet in any record. 0 or a negative errno. */
struct buffer;
struct record_context;
int run_record_policy_lines(const struct record_context *context, const struct config *config,
			    struct buffer *lines);
/* Such lines into the record, each with its number. */
void run_record_append_lines(struct supervisor *supervisor, const struct buffer *lines);
