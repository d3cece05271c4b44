/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a built-in profile knows of single agents, by the name of the program that a run starts: in
 * "agents", the state that it keeps in the home, and the hosts that it cannot do without. Whoever
 * starts an agent by its name means it to have both; under another program (a shell that starts the
 * agent) it has what is there already, and the rest is asked for.
 */
#pragma once

struct buffer;
struct failure;
struct profile;

/* Makes what is missing of the state of the agent that command (argv[0], or NULL) is: directories
 * (the name ends with a slash) and files of JSON, for the user alone. home is canonical. 0 also
 * where it is no agent that the profile knows; a negative errno. */
int agents_make_state(const struct profile *profile, const char *command, const char *home,
		      struct failure *reterr);

/* Of the profile's "state", what exists, canonical: a rule for an agent that is not installed
 * would let another lay out settings for it. ret_state, NULL-ended, is given. */
int agents_find_state(const struct profile *profile, const char *home, char ***ret_state);

/* Appends a policy that lets it reach its hosts, or nothing. 0 or a negative errno. */
int agents_append_rules(const struct profile *profile, const char *command, struct buffer *text);
