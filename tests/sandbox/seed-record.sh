#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: jq
#
# Issue, part 6: one line a mediated call, with what was judged, by which rule, and the outcome; the
# sequence has no gap; a denial is there within a second of its happening.
. "$TESTS/support/sandbox.sh"

secret "$HOME/.ssh/id_rsa"
log=$TEST_TMP/log.jsonl
run_options=(--unattended --audit "$log")
in_sandbox bash -c 'cat ~/.ssh/id_rsa; echo x >made; rm made; sleep 2; cat /etc/hostname' \
	>/dev/null 2>&1 &
run=$!
for _ in $(seq 100); do
	grep -q '"EACCES"' "$log" 2>/dev/null && break
	sleep 0.02
done
kill -0 "$run" 2>/dev/null || fail "the denial should be on record before the end of the run"
grep -q '"path":"/etc/hostname"' "$log" && fail "the run should not be that far yet"
wait "$run"
line() {
	jq -c "select(.event == \"call\") | (.objects[0].path // \"\") as \$path | select($1) | $2" "$log"
}
expect_equal "$(line '$path | endswith("id_rsa")' \
	'[.call, .verb, .decision, .by, .layer, .outcome, .errno, .program]' | tail -n 1)" \
	'["openat","read","deny","rule","guards","error","EACCES","/usr/bin/cat"]'
expect_equal "$(line '.call == "openat" and ($path | endswith("/made"))' \
	'[.verb, .decision, .outcome, (.flags | contains("O_CREAT"))]')" '["write","allow","fd",true]'
expect_equal "$(line '.call == "unlinkat"' '[.decision, .outcome, .value]')" '["allow","value",0]'
expect_equal "$(line '.call == "execve" and .argv == ["rm", "made"]' '[.decision, .outcome]')" \
	'["allow","continued"]'
expect_equal "$(jq -s '[.[].seq] == [range(1; length + 1)]' "$log")" true
expect_equal "$(jq -s -c '[.[0].event, .[-2].event, .[-1].event, .[-2].status]' "$log")" '["run-start","run-end","chain",0]'
expect_equal "$(jq -s '([.[] | select(.event == "call")] | length) ==
	(.[-2] | .allowed + .denied)' "$log")" true
