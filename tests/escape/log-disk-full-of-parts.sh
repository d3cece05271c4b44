#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: unshare jq python3
# timeout: 180
#
# docs/audit.md, "Parts": the same on a disk that is full of parts. Where no other can be begun the record goes
# on in the one that it has; where there is no space at all calls are refused; what was done is on record, once.
. "$TESTS/support/attack.sh"

small_disk
cat >"$TEST_TMP/policy.json" <<'END'
{"version": 1, "audit": {"part_size": "256KiB"}}
END
cat >work.py <<'END'
import os, time
def works():
    try:
        os.close(os.open("file", os.O_CREAT | os.O_RDWR, 0o600))
        return True
    except OSError:
        return False
# A part that is compressed makes room once more: until there is none for good.
refused = 0
end = time.monotonic() + 100
while refused < 50 and time.monotonic() < end:
    refused = 0 if works() else refused + 1
print("refused", refused, flush=True)
END
run_options=(--unattended)
test_run env XDG_STATE_HOME="$state" unshare "${disk[@]}" sh -c '
	mount -t tmpfs -o size=1000k tmpfs "$XDG_STATE_HOME" || exit 9
	"$@"; status=$?
	cp -r "$XDG_STATE_HOME/callgate" "$TEST_TMP/kept"
	exit $status' sh "$CALLGATE" run --unattended --policy "$TEST_TMP/policy.json" -- python3 work.py
expect_equal "$(cat "$test_output")" "refused 50"
log=$(find "$TEST_TMP/kept" -name '*.jsonl')
[ -e "$log.1" ] || [ -e "$log.1.zst" ] || fail "there should be parts"
"$CALLGATE" log --json "$log" >"$TEST_TMP/all.jsonl" 2>"$TEST_TMP/log.errors"
expect_equal "$(cat "$TEST_TMP/log.errors")" ""
"$CALLGATE" log --json --all "$log" >"$TEST_TMP/all.jsonl"
expect_equal "$(jq -s '[.[].seq] | . == (sort | unique)' "$TEST_TMP/all.jsonl")" true
expect_equal "$(jq -s '([.[] | select(.event == "call")] | length) as $n | map(select(.event == "run-end"))[0]
	| $n + .refused == .allowed + .denied' "$TEST_TMP/all.jsonl")" true
grep -qiE 'record|space' "$test_errors" || {
	fail "it should be said"
	test_show
}
expect_ok "$CALLGATE" audit verify "$log"
