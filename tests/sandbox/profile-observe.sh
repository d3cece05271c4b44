#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The profile observe: everything that the wall lets through is allowed and on record; callgate's own log
# stays out of reach, and nothing leaves by network.
# needs: jq
. "$TESTS/support/sandbox.sh"

secret "$HOME/.ssh/id_rsa"
run_options=(--unattended --profile observe --audit "$TEST_TMP/audit.jsonl")
# The whole home is writable under it, so the log must lie elsewhere: it is refused in a writable place.
expect_status 125 in_sandbox true
run_options=(--unattended --profile observe)
expect_output "the secret" in_sandbox cat "$HOME/.ssh/id_rsa"
expect_ok in_sandbox sh -c "echo more >>$HOME/.bashrc"
expect_ok grep -q more "$HOME/.bashrc"
runs=$HOME/.local/state/callgate/runs
expect_ok sh -c "cat $runs/*.jsonl | jq -e 'select(.decision == \"allow\" and .objects[0].path == \"$HOME/.bashrc\" and .verb == \"write\")' | grep -q ."
expect_fail in_sandbox sh -c "ls $runs"
expect_fail in_sandbox sh -c "echo forged >>$(ls "$runs"/*.jsonl | head -n 1)"
expect_fail in_sandbox bash -c 'echo >/dev/tcp/192.0.2.1/80'
