#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: jq
# timeout: 120
#
# What was asked and answered is on record: one question for however many calls wait, its answer, the
# grant that it made, and the calls that name them. stats counts them, and replay reproduces the run.
. "$TESTS/support/sandbox.sh"

policy <<-'END'
	{"version": 1, "rules": [{"ask": "read", "path": "~/private"}]}
END
secret "$HOME/private/one"
secret "$HOME/private/two"

"$CALLGATE" run --attended --policy "$TEST_TMP/policy.json" -- bash -c '
	cat ~/private/one & cat ~/private/one & wait
	cat ~/private/one; cat ~/private/two' >"$TEST_TMP/out" 2>&1 </dev/null &
until_true waits 1
# The second cat may come a little later, and is merged.
for _ in $(seq 100); do
	[ "$("$CALLGATE" pending --json | jq '.questions[0].waiters // 2')" -ge 2 ] && break
	sleep 0.1
done
expect_ok "$CALLGATE" allow 1 --for-run --reason 'needed'
until_true waits 1
expect_ok "$CALLGATE" deny 2
wait

record=$(ls "$HOME"/.local/state/callgate/runs/*.jsonl)
expect_equal "$(jq -c 'select(.event == "question") |
	[.question, .verb, .rule, .decision, (.objects[0].path | sub(".*/"; ""))]' "$record")" \
	'[1,"read","command-line:1","ask","one"]
[2,"read","command-line:1","ask","two"]'
expect_equal "$(jq -c 'select(.event == "answer") |
	[.question, .decision, .by, .via, .lasts, .reason, .calls >= 1, .after_us > 0]' "$record")" \
	'[1,"allow","person","socket","run","needed",true,true]
[2,"deny","person","socket","once",null,true,true]'
expect_equal "$(jq -c 'select(.event == "grant") | [.grant, .question, .decision, .lasts]' "$record")" \
	'[1,1,"allow","run"]'
expect_equal "$(jq -c 'select(.event == "call" and .by == "person") | .question' "$record" | sort -u)" \
	'1
2'
expect_equal "$(jq -c 'select(.event == "call" and .by == "grant") | .grant' "$record" | sort -u)" 1
expect_equal "$(jq -s '[.[].seq] == [range(1; length + 1)]' "$record")" true

"$CALLGATE" stats --json >"$TEST_TMP/stats"
expect_equal "$(jq -c '[.prompts, .answers.allowed, .answers.denied, .answers.by.person, .grants,
	.grants_unused, .estimated]' "$TEST_TMP/stats")" '[2,1,1,2,1,0,0]'
expect_ok "$CALLGATE" replay
expect_equal "$("$CALLGATE" replay --json | jq -c '[.prompts.then, .prompts.now]')" '[2,2]'
