#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# users: user
# needs: awk
# timeout: 120
# long: 900
# sanitizers: no (it is memory that is measured)
#
# A report's memory and its page do not grow with the record: 20,000 calls that have nothing in common
# (a million in the long form) are counted, the most of them are shown, and the rest is told by number.
. "$TESTS/support/sandbox.sh"

calls=20000
[ -z "${CALLGATE_TEST_LONG:-}" ] || calls=1000000

awk -v calls="$calls" '
function line(event, seq, rest) {
	printf "{\"v\":1,\"event\":\"%s\",\"time\":\"2026-01-02T03:%02d:%02d.000000000Z\",\"run\":\"r1\",\"seq\":%d%s}\n",
		event, int(seq / 60) % 60, seq % 60, seq, rest
}
BEGIN {
	line("run-start", 1, ",\"command\":[\"make\"],\"directory\":\"/work\"")
	for (i = 2; i <= calls + 1; i++)
		line("call", i, ",\"pid\":" (i % 30000 + 2) ",\"program\":\"/bin/p" i \
			"\",\"call\":\"openat\",\"objects\":[{\"kind\":\"path\",\"path\":\"/some/where/" i \
			"\",\"verbs\":[\"read\"]}],\"verb\":\"read\",\"object\":0,\"decision\":\"" \
			(i % 3 ? "allow" : "deny") "\",\"by\":\"rule\",\"rule\":\"user:" (i % 7) \
			"\",\"layer\":\"user\",\"duration_us\":1.5")
}' >"$TEST_TMP/record.jsonl"

expect_ok /usr/bin/python3 - "$CALLGATE" "$TEST_TMP" <<'END'
import os, resource, subprocess, sys
callgate, place = sys.argv[1:]
subprocess.run([callgate, "report", "-o", f"{place}/report.html", f"{place}/record.jsonl"], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, os.stat(f"{place}/report.html").st_size)
END
read -r kilobytes bytes <"$test_output"
[ "$kilobytes" -lt 204800 ] || fail "$kilobytes KiB of memory for $calls calls"
[ "$bytes" -lt 200000 ] || fail "a page of $bytes bytes"
grep -q "id=\"n-calls\" value=\"$calls\"" "$TEST_TMP/report.html" || fail "all $calls calls should be counted"
grep -q '<p class="more">and [0-9,]* more, [0-9,]* calls' "$TEST_TMP/report.html" ||
	fail "what is not shown should be told by number"
