#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Issue, part 2: secrets are dropped from the environment by the built-in profile, unless a policy
# passes them; a policy drops (its list is then the whole list) and sets.
. "$TESTS/support/sandbox.sh"

export GITLAB_TOKEN=t AWS_PROFILE=p MY_SECRET=s SSH_AUTH_SOCK=/a STRIPE_KEY=k HARMLESS=yes PLAIN=1
in_sandbox env >"$TEST_TMP/env"
expect_equal "$(grep -cE '^(GITLAB_TOKEN|AWS_PROFILE|MY_SECRET|SSH_AUTH_SOCK|STRIPE_KEY)=' \
	"$TEST_TMP/env")" 0
expect_equal "$(grep -cx 'HARMLESS=yes' "$TEST_TMP/env")" 1

policy <<'END'
{"version": 1, "environment": {
	"pass": ["STRIPE_KEY"], "drop": ["HARM*", "*_SECRET", "*_KEY"], "set": {"ADDED": "by policy", "PLAIN": "2"}}}
END
in_sandbox env >"$TEST_TMP/env"
for line in STRIPE_KEY=k 'ADDED=by policy' PLAIN=2; do
	expect_equal "$(grep -cxF "$line" "$TEST_TMP/env")" 1
done
expect_equal "$(grep -cE '^(HARMLESS|MY_SECRET)=' "$TEST_TMP/env")" 0
# Nor by another process' environment: pid 1 is bubblewrap.
expect_equal "$(in_sandbox sh -c 'cat /proc/*/environ 2>/dev/null | tr "\0" "\n" |
	grep -c MY_SECRET=s')" 0
