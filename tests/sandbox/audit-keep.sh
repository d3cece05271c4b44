#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: jq
#
# docs/audit.md, "Parts" and "What is kept": a run that is killed while its record goes on in parts is whole up
# to its last line, and verify says so, before and after the parts are put in order; runs that have ended are
# removed as the policy says, and told; one that lives is not, by however many at once.
. "$TESTS/support/sandbox.sh"

runs=$HOME/.local/state/callgate/runs
cat >"$TEST_TMP/policy.json" <<'END'
{"version": 1, "audit": {"part_size": "256KiB"}}
END
cat >work.py <<'END'
import os
while True:
    os.close(os.open("/etc/hostname", os.O_RDONLY))
END
# wait_for COMMAND...: until it succeeds
wait_for() {
	local i

	for i in $(seq 1200); do
		"$@" && return
		sleep 0.05
	done
	fail "this did not come to be: $*"
}
has_parts() {
	[ "$(find "$runs" -name "*.jsonl.[0-9]*" 2>/dev/null | sed 's/\.zst.*//' | sort -u | wc -l)" -ge "$1" ]
}
numbers() {
	"$CALLGATE" log --json --all "$1" 2>/dev/null | jq -s '[.[].seq] | . == (sort | unique), .[0], (.[-1] > 100)' | tr '\n' ' '
}

for round in 1 2 3; do
	rm -rf "$runs"
	"$CALLGATE" run --unattended --policy "$TEST_TMP/policy.json" -- python3 work.py 2>/dev/null &
	run=$!
	wait_for has_parts "$round"
	kill -KILL "$run"
	wait "$run" 2>/dev/null
	log=$(find "$runs" -name '*.jsonl')
	expect_status 1 "$CALLGATE" audit verify "$log"
	grep -q 'ends without its end\|is not whole\|says that another follows' "$test_output" || {
		fail "verify should say that it has no end"
		test_show
	}
	proven=$(grep -c ': whole$' "$test_output")
	expect_equal "$proven" 1
	expect_equal "$(numbers "$log")" "true 1 true "
	before=$("$CALLGATE" log --json --all "$log" 2>/dev/null | cksum)
	expect_ok "$CALLGATE" audit tidy
	[ -z "$(find "$runs" -name '*.jsonl.[0-9]*' ! -name '*.zst' ! -size 0)" ] || fail "closed parts should be compressed"
	expect_equal "$("$CALLGATE" log --json --all "$log" 2>/dev/null | cksum)" "$before"
	expect_status 1 "$CALLGATE" audit verify "$log"
done

# Kept: two. One that lives, and is older than the others.
rm -rf "$runs"
mkdir -p ~/.config/callgate
echo '{"version": 1, "audit": {"keep": {"runs": 2}, "part_size": "256KiB"}}' >~/.config/callgate/policy.json
"$CALLGATE" run --unattended -- python3 work.py 2>/dev/null &
live=$!
wait_for has_parts 2
living=$(basename "$(find "$runs" -name '*.jsonl')" .jsonl)
expect_ok "$CALLGATE" run --unattended --json "$TEST_TMP/ended.json" -- true
ended=$(jq -r .run "$TEST_TMP/ended.json")
touch -d '2020-01-01' "$runs/$living".jsonl*
for _ in 1 2 3; do
	expect_ok in_sandbox true
done
for _ in 1 2 3 4; do
	"$CALLGATE" audit tidy >/dev/null &
	tidying+=($!)
done
for one in "${tidying[@]}"; do
	wait "$one" || fail "tidy should succeed"
done
expect_equal "$(find "$runs" -name '*.jsonl' | wc -l)" 2
[ -e "$runs/$living.jsonl" ] || fail "the run that lives was removed"
expect_equal "$(find "$runs" -name "$ended*" | wc -l)" 0
expect_error "its record was removed at 20" "$CALLGATE" log "$ended"
expect_equal "$(jq -s 'map(.run) | length == (unique | length)' ~/.local/state/callgate/ledger)" true
kill -TERM "$live"
wait "$live"
expect_ok "$CALLGATE" audit verify "$living"
# Its last line is new: the next to go is another.
expect_ok in_sandbox true
expect_ok "$CALLGATE" audit tidy --dry-run
grep -q '0 parts compressed' "$test_output" || {
	fail "a dry run should change nothing"
	test_show
}
expect_ok "$CALLGATE" audit tidy
expect_ok "$CALLGATE" audit verify "$living"
expect_equal "$(find "$runs" -name '*.jsonl' | wc -l)" 2
# By a project nobody's records are removed.
echo '{"version": 1, "audit": {"keep": {"runs": 1}}}' >.callgate.json
"$CALLGATE" trust .callgate.json >/dev/null 2>&1 </dev/null
expect_fail "$CALLGATE" check .callgate.json
expect_equal "$(find "$runs" -name '*.jsonl' | wc -l)" 2
