#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: git jq
# timeout: 120
#
# Replay works answers out again as they held: by their scope, for their time, until they were taken
# back. By the run's own policy each prompt is one again, and what a grant answered it answers again.
. "$TESTS/support/sandbox.sh"

policy <<-'END'
	{"version": 1, "rules": [
	  {"deny": "read", "path": "~/asked/denied"},
	  {"ask": "exec", "program": "git"},
	  {"ask": ["read", "write"], "path": "~/asked"}]}
END
mkdir -p "$HOME"/asked/{dir,tree/deep/er,for,revoked}
for name in denied file dir/{a,b,c} tree/{a,deep/b,deep/er/c} for/a revoked/{a,b} no; do
	echo x >"$HOME/asked/$name"
done
git init -q .
cat >agent.sh <<'END'
cd ~/asked || exit
cat file; cat file; head -n 1 file                        # 1: file
cat dir/a; cat dir/b dir/c; ls dir; cat tree/a            # 2: dir, 3: tree
cat tree/deep/b tree/deep/er/c; cat denied
cd ~/work || exit
git status -s; git status; git log; git branch; git diff  # 4: command, 5: program
cd ~/asked || exit
cat revoked/a; cat revoked/b; touch ~/work/granted        # 6: dir, and taken back
until [ -e ~/work/gone ]; do sleep 0.1; done
cat revoked/b                                             # 7: once
cat no                                                    # 8: denied
cat for/a; touch ~/work/lasting                           # 9: for a while
until [ -e ~/work/over ]; do sleep 0.1; done
cat for/a                                                 # 10: once
END
"$CALLGATE" run --attended --policy "$TEST_TMP/policy.json" -- bash agent.sh >"$TEST_TMP/out" 2>&1 </dev/null &

# answer ID allow|deny OPTION...: as soon as it is asked
answer() {
	local id=$1 how=$2

	shift 2
	until_true "$CALLGATE" "$how" "$id" "$@"
}
answer 1 allow --for-run --scope file
answer 2 allow --for-run --scope dir
answer 3 allow --for-run --scope tree
answer 4 allow --for-run --scope command
answer 5 allow --for-run --scope program
answer 6 allow --for-run --scope dir
until_true test -e granted
grant=$("$CALLGATE" grants --json | jq '.grants[] | select(.text | contains("revoked")) | .id')
expect_ok "$CALLGATE" revoke "$grant"
touch gone
answer 7 allow
answer 8 deny
answer 9 allow --for 1s --scope file
until_true test -e lasting
record=$(ls "$HOME"/.local/state/callgate/runs/*.jsonl)
until_true jq -e -s 'any(.[]; .event == "revoke" and .via == null)' "$record"
touch over
answer 10 allow
wait

scopes=$(jq -r 'select(.event == "grant") | .scope' "$record" | sort | uniq -c | awk '{print $2 "=" $1}' | paste -sd ' ')
expect_equal "$scopes" "command=1 dir=2 file=2 program=1 tree=1"
by_grant=$(jq -s '[.[] | select(.event == "call" and .by == "grant")] | length' "$record")
[ "$by_grant" -ge 10 ] || fail "only $by_grant calls were answered by grants"

expect_ok "$CALLGATE" replay --json
expect_equal "$(jq -c '[.prompts.then, .prompts.now, .prompts.granted, .grants_differ]' "$test_output")" \
	"[10,10,$by_grant,0]"
cp "$test_output" "$TEST_TMP/first"
expect_ok "$CALLGATE" replay --json
cmp -s "$test_output" "$TEST_TMP/first" || fail "the second replay should say the same"

# It can fail: a grant that reached less than it did leaves calls that were answered by it.
sed 's/"scope":"tree"/"scope":"file"/' "$record" >"$TEST_TMP/narrower.jsonl"
expect_status 1 "$CALLGATE" replay "$TEST_TMP/narrower.jsonl"
grep -q 'not by a grant as then' "$test_output" || fail "the narrower grant should be found"
# And one that is there for longer answers what was asked.
jq -c 'select(.event != "revoke")' "$record" | jq -c 'if .event == "grant" then del(.until) else . end' \
	>"$TEST_TMP/longer.jsonl"
expect_status 1 "$CALLGATE" replay "$TEST_TMP/longer.jsonl"

# Under another policy the same answers are worked out anew: where only half is asked, half the grants.
cat >"$TEST_TMP/other.json" <<-'END'
	{"version": 1, "rules": [{"allow": "exec", "program": "git"},
	  {"ask": ["read", "write"], "path": "~/asked"}]}
END
"$CALLGATE" replay --policy "$TEST_TMP/other.json" --json >"$TEST_TMP/other"
expect_equal "$(jq -c '[.prompts.then, .prompts.now]' "$TEST_TMP/other")" '[10,9]'
