#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: jq python3
# timeout: 90
#
# An answer for always about a name that the agent chose is written whatever letters the name has: one of
# several bytes stands where the words in the policy are cut.
. "$TESTS/support/sandbox.sh"

own=$HOME/.config/callgate/policy.json
mkdir -p "${own%/*}"
rules() {
	[ "$(jq '.rules | length' "$own")" = 2 ]
}
mkfifo "$TEST_TMP/in"
for shift in "" a; do
	name=$shift$(printf 'é%.0s' {1..110})
	printf '{"version": 1, "extends": "agent", "rules": [{"ask": "read", "path": "~/n"}]}\n' >"$own"
	mkdir -p "$HOME/n/$name"
	file=$HOME/n/$name/${name#a}
	secret "$file"
	# shellcheck disable=SC2016 # $1 is the inner shell's
	"$CALLGATE" run --attended -- sh -c 'cat "$1"; cat' - "$file" >said 2>&1 <"$TEST_TMP/in" &
	exec 3>"$TEST_TMP/in"
	until_true waits 1
	expect_ok "$CALLGATE" deny "$("$CALLGATE" pending --json | jq '.questions[0].id')" --always --scope file
	until_true rules
	exec 3>&-
	wait
done
