#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What is opened, or a directory on the way to it, changes its name all the time (by a process on
# the host), and every name is allowed: then the open works, as it does bare. Now and then the
# enforcer gives up, since it cannot name what it judges. 10,000 tries each; 100,000 in the long
# form.
# timeout: 120
# long: 900
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/race.sh"

race_policy
install_program race-link
mkdir a b
printf 'one\n' >a/race
printf 'two\n' >b/race
tries=$(race_tries 10000)

for places in 'a b' 'a/race b/race' 'a/race a/other'; do
	[ -e "${places#* }" ] || printf 'three\n' >"${places#* }"
	# shellcheck disable=SC2086 # two words
	race_host "$PROGRAMS/race-link" exchange $places
	race_is_vain "$tries" race-link a/race race.s
	race_host_end
	expect_equal "$places $race_other" "$places 0"
	[ "$race_refused" -le $((tries / 100)) ] || fail "$places: refused $race_refused times"
done
