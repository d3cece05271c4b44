#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: jq
#
# Issue, part 2: --json: run, exit status, counts, and denials with call, path, program, rule, reason
# and how often.
. "$TESTS/support/sandbox.sh"

secret "$HOME/.ssh/id_rsa"
run_options=(--unattended --json "$TEST_TMP/summary.json")
expect_status 5 in_sandbox bash -c 'cat ~/.ssh/id_rsa; cat ~/.ssh/id_rsa; echo >~/.bashrc; exit 5'
said() {
	jq -r "$1" "$TEST_TMP/summary.json"
}
expect_equal "$(said .v)" 1
expect_equal "$(said .exit_status)" 5
expect_equal "$(said '.run | length > 0')" true
expect_equal "$(said '[.denials[] | select(.path | endswith("/.ssh/id_rsa")) |
	[.call, .verb, .program, .by, .layer, .reason, .count]] | tostring')" \
	'[["openat","read","/usr/bin/cat","rule","guards","private keys and passwords",2]]'
expect_equal "$(said '[.denials[] | select(.path | endswith("/.bashrc")) |
	[.verb, .reason, .count]] | tostring')" '[["write","runs when a shell starts",1]]'
expect_equal "$(said '.decisions.deny == ([.denials[].count] | add)')" true
expect_equal "$(said '.decisions.allow == ([.calls[].allow] | add)')" true
expect_equal "$(said '.audit | endswith(".jsonl")')" true

run_options=(--unattended --json -)
expect_ok in_sandbox true
expect_equal "$(jq .exit_status "$test_output")" 0
