#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "Performing without becoming a tool of the agent": with MSG_ZEROCOPY the kernel sends
# pages later; those of a performed sendto were the enforcer's, and held something else by then.
. "$TESTS/support/sandbox.sh"

install_program send-zerocopy
expect_output "queued behind: yes, arrived: all, foreign bytes: 0" in_sandbox ./send-zerocopy
