# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The words of the tests of tests/escape: sandbox.sh, and a Python program as the agent.
. "$TESTS/support/sandbox.sh"

cp "$TESTS/support/attack.py" "$HOME/work/attack.py"

# agent ARG...: the program on the standard input runs in the sandbox, with all of attack.py
agent() {
	{
		printf 'from attack import *\n'
		cat
	} >"$HOME/work/agent.py"
	in_sandbox /usr/bin/python3 -B agent.py "$@" </dev/null
}

# record: the newest record of this home
record() {
	find "$HOME/.local/state/callgate/runs" -name '*.jsonl' -printf '%T@ %p\n' | sort -n |
		tail -n 1 | cut -d' ' -f2-
}

# expect_recorded FILTER: jq's FILTER holds for some line of the newest record
expect_recorded() {
	if ! jq -e -s "any(.[]; $1)" "$(record)" >/dev/null; then
		fail "a line of the record should be: $1"
		tail -n 5 "$(record)"
	fi
}

# small_disk: the directory $state, and $disk, the options of the unshare in which a tmpfs goes onto it
small_disk() {
	state=$TEST_TMP/state
	mkdir "$state"
	disk=(-m)
	[ "$(id -u)" -eq 0 ] || disk=(-Urm)
	unshare "${disk[@]}" mount -t tmpfs tmpfs "$state" 2>/dev/null ||
		skip "no tmpfs can be mounted in a mount namespace here"
}
