/* SPDX-License-Identifier: Apache-2.0 */
/* `callgate audit tidy`: records put in order now. */
#pragma once

/* argv[0] is the word itself. The exit status. */
int command_audit_tidy(int argc, char **argv);
