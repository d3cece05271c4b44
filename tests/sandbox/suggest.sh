#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: git jq
# timeout: 120
#
# What a person allowed in a run becomes rules that would have saved the prompts: the same program run
# again under them asks no more. What was denied, and keys, are asked about or denied as before.
. "$TESTS/support/sandbox.sh"

own=$HOME/.config/callgate/policy.json
mkdir -p "${own%/*}" "$HOME/sets" "$HOME/odd" "$HOME/.aws"
cat >"$own" <<'END'
{
  "version": 1,   "description": "mine",
  "rules": [
    {"deny": "exec", "program": "git", "args": ["push", "**"]},
    {"ask":  "exec", "program": "git", "args": ["*", "**"]}
  ]
}
END
cp "$own" "$TEST_TMP/before.json"
for name in sets/{a,b,c,d,.env} no.txt .aws/config 'odd/[x]*?' odd/x; do
	secret "$HOME/$name"
done
git init -q .
cat >agent.sh <<'END'
cat ~/sets/a ~/sets/b ~/sets/c
git log -1; git log -2; git log -3
cat "$HOME/odd/[x]*?"; cat "$HOME/odd/[x]*?"
END
cat >more.sh <<'END'
cat ~/no.txt
cat ~/.aws/config
git push
END
"$CALLGATE" run --attended -- bash -c '. ./agent.sh; . ./more.sh' >"$TEST_TMP/out" 2>&1 </dev/null &
for id in $(seq 8); do
	until_true "$CALLGATE" allow "$id"
done
until_true "$CALLGATE" deny 9
wait
record=$(ls "$HOME"/.local/state/callgate/runs/*.jsonl)
expect_ok "$CALLGATE" replay "$record"

"$CALLGATE" suggest --json >"$TEST_TMP/told"
expect_equal "$(jq -c '[.prompts[], .applied]' "$TEST_TMP/told")" '[9,9,1,0]'
expect_equal "$(jq -c '[.suggestions[] | [.scope, .saves]] | sort' "$TEST_TMP/told")" \
	'[["command",3],["dir",3],["file",2]]'
# Of the directory two were not asked about that it opens (itself and d), and one stays as it is.
expect_equal "$(jq -c '.suggestions[] | select(.scope == "dir") | .opens |
	[.files, .directories, (.examples[] | sub(".*/"; "")), (.kept_examples[] | sub(".*/"; ""))]' "$TEST_TMP/told")" \
	'[1,1,"sets","d",".env"]'
expect_equal "$(cat "$own")" "$(cat "$TEST_TMP/before.json")"

expect_ok "$CALLGATE" suggest --apply all
expect_ok "$CALLGATE" check "$own"
expect_equal "$(diff "$TEST_TMP/before.json" "$own" | grep -c '^<')" 1 # a comma behind the last
expect_equal "$(jq -r '.description, (.rules[1].allow | join(","))' "$own")" "mine
exec"

# The same again: nobody is asked, and all goes through that went through.
"$CALLGATE" run --unattended -- bash agent.sh >"$TEST_TMP/again" 2>&1
expect_equal "$(grep -c 'the secret' "$TEST_TMP/again")" 5
expect_equal "$(grep -c 'denied' "$TEST_TMP/again")" 0
latest=$(find "${record%/*}" -name '*.jsonl' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-)
expect_equal "$(jq -c 'select(.event == "call" and .by == "unattended")' "$latest")" ''
expect_output 'the secret' "$CALLGATE" run --unattended -- cat "$HOME/sets/d"
for name in no.txt .aws/config sets/.env odd/x; do
	expect_fail "$CALLGATE" run --unattended -- cat "$HOME/$name"
done
expect_fail "$CALLGATE" run --unattended -- git push
"$CALLGATE" suggest --json "$record" >"$TEST_TMP/told"
expect_equal "$(jq -c '[.prompts.now, .suggestions]' "$TEST_TMP/told")" '[1,[]]'
