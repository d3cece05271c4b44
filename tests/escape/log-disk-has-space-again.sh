#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: unshare python3
#
# docs/audit.md, "No record, no call": calls are refused until there is space again.
. "$TESTS/support/attack.sh"

small_disk
cat >work.py <<'END'
import os, sys, time
def works():
    try:
        os.close(os.open("file", os.O_CREAT | os.O_RDWR, 0o600))
        return True
    except OSError:
        return False
end = time.monotonic() + 30
while works() and time.monotonic() < end:
    pass
print("full", not works(), flush=True)
# A call that needs no record tells the other side: the standard output's end of file.
sys.stdin.readline()
end = time.monotonic() + 10
while not works() and time.monotonic() < end:
    pass
print("again", works(), flush=True)
END
mkfifo "$TEST_TMP/in"
env XDG_STATE_HOME="$state" unshare "${disk[@]}" sh -c '
	mount -t tmpfs -o size=1m tmpfs "$XDG_STATE_HOME" || exit 9
	dd if=/dev/zero of="$XDG_STATE_HOME/ballast" bs=1k count=640 2>/dev/null
	"$@" <"$TEST_TMP/in" >"$TEST_TMP/out" 2>"$TEST_TMP/err" & run=$!
	exec 5>"$TEST_TMP/in"
	i=0
	while ! grep -q full "$TEST_TMP/out" && [ $i -lt 400 ]; do sleep 0.1; i=$((i + 1)); done
	rm "$XDG_STATE_HOME/ballast"
	echo go >&5
	wait $run' sh "$CALLGATE" run --unattended -- python3 work.py
expect_equal "$(cat "$TEST_TMP/out")" "full True
again True"
