#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The agent is told why: in a file inside that it cannot write, and, where callgate's standard error
# is no terminal, in a line there, each denial once. `callgate denials` prints them readably.
#
# needs: python3
. "$TESTS/support/sandbox.sh"

# Where it is installed it may be executed inside. The leak checker needs ptrace, which nobody has there.
cp "$CALLGATE" callgate
secret "$HOME/.ssh/id_rsa"
inside='cat ~/.ssh/id_rsa; cat ~/.ssh/id_rsa; cat "$CALLGATE_DENIALS"'
in_sandbox sh -c "$inside" >out 2>err
expect_equal "$(jq -r '[.call, .verb, .objects[0].path, .decision, .by, .errno] | join(" ")' out)" \
	"openat read $HOME/.ssh/id_rsa deny rule EACCES"
expect_equal "$(jq -r .hint out)" 'protected: only a rule with "unprotect": true allows it'
expect_equal "$(grep -c '^callgate: denied: read .*/.ssh/id_rsa by /.*cat (guards:' err)" 1

# Readably, by the same program.
expect_ok in_sandbox sh -c 'cat ~/.ssh/id_rsa; ASAN_OPTIONS=detect_leaks=0 exec ./callgate denials'
grep -q "^read $HOME/.ssh/id_rsa" "$test_output" || fail "callgate denials does not name it"
grep -q '^    ask the user: protected' "$test_output" || fail "callgate denials gives no advice"
expect_output "nothing was denied so far" in_sandbox env ASAN_OPTIONS=detect_leaks=0 ./callgate denials

# Names of the agent's do not reach whoever reads it.
in_sandbox sh -c 'cat "$0"; ASAN_OPTIONS=detect_leaks=0 exec ./callgate denials' "$HOME/.ssh/$(printf 'a\033[2Jb')" >out 2>err
grep -q "$(printf '\033')" out err && fail "an escape sequence came through"

# It cannot be written, replaced, or hidden.
for command in 'echo x >"$CALLGATE_DENIALS"' 'rm "$CALLGATE_DENIALS"' 'mv "$CALLGATE_DENIALS" x' \
	'chmod 666 "$CALLGATE_DENIALS"' 'truncate -s 0 "$CALLGATE_DENIALS"' \
	'exec 3<"$CALLGATE_DENIALS"; echo x >/proc/self/fd/3'; do
	expect_fail in_sandbox sh -c "$command"
done
expect_ok in_sandbox sh -c 'cat ~/.ssh/id_rsa; ln "$CALLGATE_DENIALS" x; test -s "$CALLGATE_DENIALS"'

# A policy may keep it to the file.
echo '{"version": 1, "extends": "agent", "tell_agent": "file"}' >"$TEST_TMP/p.json"
run_options=(--unattended --policy "$TEST_TMP/p.json")
in_sandbox cat "$HOME/.ssh/id_rsa" 2>err
expect_equal "$(cat err)" "cat: $HOME/.ssh/id_rsa: Permission denied"
run_options=(--unattended)

# Bounded, and the newest are there.
in_sandbox python3 -c '
import os
for i in range(6000):
    try:
        open(os.path.expanduser(f"~/.ssh/{i}"), "w")
    except PermissionError:
        pass
told = open(os.environ["CALLGATE_DENIALS"]).read()
print(len(told))
print(told.splitlines()[-1])' >out 2>err
[ "$(head -n 1 out)" -le 1048576 ] || fail "the file is not bounded"
expect_equal "$(tail -n 1 out | jq -r '.objects[0].path')" "$HOME/.ssh/5999"
expect_equal "$(grep -c '^callgate: denied' err)" 40

# Nothing is left behind.
left=1
# Others may be starting beside us.
for _ in {1..100}; do
	left=$(find /tmp -maxdepth 1 -user "$(id -u)" -name 'callgate-denials-*' -mmin -1 | wc -l)
	[ "$left" -gt 0 ] || break
	sleep 0.1
done
expect_equal "$left" 0
