#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: unshare jq python3
#
# architecture.md, invariant 2, the issue, part 6: where there is no space for the record calls are refused,
# it is said, and when there is space again they go on; what was done is on record.
. "$TESTS/support/attack.sh"

small_disk
cat >work.py <<'END'
import os, time
def works():
    try:
        os.close(os.open("file", os.O_CREAT | os.O_RDWR, 0o600))
        return True
    except OSError:
        return False
def until(wanted, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if works() == wanted:
            return True
    return False
print("full", until(False, 20), flush=True)
print("refused", sum(not works() for _ in range(50)), flush=True)
END
run_options=(--unattended)
test_run env XDG_STATE_HOME="$state" unshare "${disk[@]}" sh -c '
	mount -t tmpfs -o size=256k tmpfs "$XDG_STATE_HOME" || exit 9
	"$@"; status=$?
	cp -r "$XDG_STATE_HOME/callgate" "$TEST_TMP/kept"
	exit $status' sh "$CALLGATE" run --unattended -- python3 work.py
expect_equal "$(cat "$test_output")" "full True
refused 50"
log=$(find "$TEST_TMP/kept" -name '*.jsonl')
expect_equal "$(jq -c . "$log" 2>/dev/null | wc -l)" "$(wc -l <"$log")"
expect_equal "$(jq -s '[.[].event] | index("fault") != null and (.[-2:] == ["run-end", "chain"])' "$log")" true
# Every call is on record, or counted among those that are not.
expect_equal "$(jq -s '([.[] | select(.event == "call")] | length) + .[-2].refused ==
	(.[-2] | .allowed + .denied)' "$log")" true
grep -qiE 'record|space' "$test_errors" || {
	fail "it should be said"
	test_show
}
# What is there is whole, up to its end, which is signed.
expect_ok "$CALLGATE" audit verify "$log"
