#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: jq python3
# timeout: 90
#
# Rules are added to a run while it runs: they hold from the next call on, before the person's own and behind
# the guards; they are listed, and taken back; what is wrong with one is said with its place, and whoever reads
# the policy again is told what came of it.
. "$TESTS/support/sandbox.sh"

secret "$HOME/n/a.txt"
secret "$HOME/.ssh/id_test"
own=$HOME/.config/callgate/policy.json
mkdir -p "${own%/*}"
echo '{"version": 1, "rules": [{"allow": "read", "path": "~/n"}]}' >"$own"

mkfifo "$TEST_TMP/in" "$TEST_TMP/out"
"$CALLGATE" run --unattended -- /bin/bash -c 'while read -r name; do cat "$name" 2>&1; done' \
	<"$TEST_TMP/in" >"$TEST_TMP/out" 2>"$TEST_TMP/err" &
run=$!
exec 3>"$TEST_TMP/in" 4<"$TEST_TMP/out"

# reads NAME TEXT
reads() {
	echo "$HOME/$1" >&3
	read -r said <&4
	case $said in
	*"$2"*) ;;
	*) fail "'$said' should hold '$2'" ;;
	esac
}
reads n/a.txt 'the secret'
begun() {
	[ "$("$CALLGATE" runs | wc -l)" -eq 1 ]
}
until_true begun

# Newer rules before older ones, all of them before the person's.
expect_ok "$CALLGATE" policy add deny read "$HOME/n"
grep -qF "+ added:1: deny read $HOME/n" "$test_output" || fail "it should say what it has added"
reads n/a.txt 'Permission denied'
expect_ok "$CALLGATE" policy add '{"allow": "read", "path": "~/n/a.txt", "reason": "for now"}'
reads n/a.txt 'the secret'
expect_equal "$("$CALLGATE" policy list | cut -f1 | tr '\n' ' ')" '2 1 '

# They stand while the files are read again.
expect_ok "$CALLGATE" policy reload
grep -q 'nothing has changed' "$test_output" || fail "a reload that changes nothing should say so"
reads n/a.txt 'the secret'

# Taken back, by their numbers, which are not given again.
expect_ok "$CALLGATE" policy remove 2
reads n/a.txt 'Permission denied'
expect_ok "$CALLGATE" policy add allow read "$HOME/n"
reads n/a.txt 'the secret'
expect_equal "$("$CALLGATE" policy list | cut -f1 | tr '\n' ' ')" '3 1 '
expect_error 'no added rule 2' "$CALLGATE" policy remove 2

# Behind the guards, which a rule must name to lift.
expect_ok "$CALLGATE" policy add allow read "$HOME/.ssh"
reads .ssh/id_test 'Permission denied'

# What is no rule, or more than one, changes nothing and is told with its place.
expect_error 'added rule:1:10: unknown verb "rea"' "$CALLGATE" policy add '{"deny": "rea", "path": "~/n"}'
expect_error 'added rule:2:3: unknown key "pat"' "$CALLGATE" policy add '{"deny": "read",
  "pat": "~/n"}'
expect_error 'added rule:1:' "$CALLGATE" policy add '{"deny": "read"}], "otherwise": {"read": "allow"}, "x": [{}'
expect_error 'added rule:1:' "$CALLGATE" policy add '{"deny": "read"'
expect_error '"nosuch" is no verb' "$CALLGATE" policy add deny nosuch x
reads n/a.txt 'the secret'

# The outcome of a reload comes back to whoever asked for it.
echo '{"version": 1, "rules": [{"allow": "read", "path": "~/n"}, {"deny": "wriet", "path": "~/n"}]}' >"$own"
expect_status 1 "$CALLGATE" policy reload
grep -qF "$own:1:69: rule 2: unknown verb \"wriet\"" "$test_errors" ||
	fail "the file, line, column and rule should be said: $(cat "$test_errors")"
echo '{"version": 1, "rules": [{"deny": "write", "path": "~/n"}]}' >"$own"
expect_ok "$CALLGATE" policy reload
grep -qF -- '- user:1: allow read ~/n' "$test_output" || fail "what is gone should be said"
grep -qF -- "+ user:1: deny write ~/n ($own:1)" "$test_output" || fail "what is new should be said"

exec 3>&-
wait "$run"
record=$(find "$HOME/.local/state/callgate/runs" -name '*.jsonl')
grep -q '"event":"policy".*"layer":"added"' "$record" || fail "added rules should stand on record"
expect_ok "$CALLGATE" replay "$record"
