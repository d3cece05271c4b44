#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: jq
#
# Nobody is asked for what file permissions refuse to them as well: the call gets the EACCES that it
# would get without callgate, at once. Inside, root has no rights over the rights of files either.
. "$TESTS/support/sandbox.sh"

policy <<'END'
{"version": 1, "extends": "agent", "rules": [
	{"ask": ["read", "write"], "path": ["/usr/share/callgate-made", "~/closed/**"]}]}
END
run_options+=(--audit "$TEST_TMP/record")
mkdir "$HOME/closed"
printf 'mine\n' >"$HOME/closed/none"
chmod 0 "$HOME/closed/none"
chmod 500 "$HOME/closed"

for way in "mkdir /usr/share/callgate-made" "touch /usr/share/callgate-made" \
	"truncate -s0 $HOME/closed/none" "cat $HOME/closed/none" "rm -f $HOME/closed/none" \
	"mv $HOME/closed/none $HOME/closed/other" "ln $HOME/closed/none $HOME/closed/other"; do
	# shellcheck disable=SC2086  # a command and its arguments
	expect_error "Permission denied" in_sandbox $way
	asked=$(jq -s '[.[] | select(.event == "call" and .by == "unattended")] | length' \
		"$TEST_TMP/record")
	if [[ $TEST_USER == root && $way == */usr/* ]]; then
		[ "$asked" -gt 0 ] || fail "it is root's to give: $way"
	else
		expect_equal "$asked" 0
	fi
	rm "$TEST_TMP/record"
done
# A directory that can be changed by its owner alone is theirs to give.
expect_ok chmod 700 "$HOME/closed"
expect_error "Permission denied" in_sandbox mkdir "$HOME/closed/made"
expect_equal "$(jq -rs '[.[] | select(.event == "call" and .call == "mkdir")][0].by' \
	"$TEST_TMP/record")" unattended
