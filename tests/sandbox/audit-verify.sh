#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: jq openssl
#
# docs/audit.md, "The chain": a run's record verifies, whatever it did; each edit of it is found and
# named; a run that was killed is whole up to its last line and says so; the key is out of reach.
. "$TESTS/support/sandbox.sh"

log=$TEST_TMP/log.jsonl
edited=$TEST_TMP/edited.jsonl
verify() {
	expect_status "$1" "$CALLGATE" audit verify "${@:3}"
	grep -q -- "$2" "$test_output" || {
		fail "it should say: $2"
		test_show
	}
}

# The first run makes the key, for its owner alone, and nobody inside reads or replaces it.
key=$HOME/.config/callgate/audit-key
run_options=(--unattended --audit "$log" --add-dir "$HOME")
expect_ok in_sandbox true
expect_equal "$(stat -c %a "$key")" 600
cp "$key" "$TEST_TMP/key"
cp "$key.pub" "$TEST_TMP/key.pub"
for attempt in 'cat "$0"' 'echo x >"$0"' 'rm "$0"' 'mv "$0" moved' 'ln "$0" linked' \
	'echo x >"$0.pub"' 'rm "$0.pub"' 'mv ~/.config/callgate moved'; do
	expect_fail in_sandbox sh -c "$attempt" "$key"
done
expect_ok cmp "$key" "$TEST_TMP/key"
expect_ok cmp "$key.pub" "$TEST_TMP/key.pub"
rm "$log"

# Several runs in one file, one of many batches.
run_options=(--unattended --audit "$log")
expect_ok in_sandbox true
expect_ok in_sandbox sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do ls / >/dev/null; : >made-$i; done'
[ "$(grep -c '"event":"chain"' "$log")" -ge 3 ] || fail "there should be several batches"
verify 0 'whole and signed' "$log"
expect_equal "$(grep -c 'whole and signed' "$test_output")" 2
expect_equal "$(jq -s 'group_by(.run) | all([.[].seq] == [range(1; length + 1)])' "$log")" true
lines=$(wc -l <"$log")
for edit in "$((lines - 5))s/allow/Allow/" "$((lines - 5))d" "$((lines - 5))p" \
	"$((lines - 5)){h;d};$((lines - 4))G"; do
	sed "$edit" "$log" >"$edited"
	verify 1 ": line $((lines - 5)): \|: line $((lines - 4)): " "$edited"
done
head -n $((lines - 1)) "$log" >"$edited"
verify 1 'ends without its end' "$edited"
head -c -9 "$log" >"$edited"
verify 1 'is not whole' "$edited"

# Anybody can check the signature with openssl, by what the document says.
jq -j 'select(.signature) | "callgate record\n\(.run)\n\(.hash)\n"' <(tail -n 1 "$log") >"$TEST_TMP/signed"
tail -n 1 "$log" | jq -r .signature | sed 's/ed25519://' |
	python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))' >"$TEST_TMP/signature"
expect_ok openssl pkeyutl -verify -pubin -inkey "$key.pub" -rawin -in "$TEST_TMP/signed" \
	-sigfile "$TEST_TMP/signature"

# Another's key, none, and a run's name instead of a file.
openssl genpkey -algorithm ed25519 -out "$TEST_TMP/other" 2>/dev/null
openssl pkey -in "$TEST_TMP/other" -pubout -out "$TEST_TMP/other.pub"
verify 1 'the signature is not by that key' --key "$TEST_TMP/other.pub" "$log"
verify 0 'whole and signed' --key "$TEST_TMP/key.pub" "$log"
HOME=$TEST_TMP verify 1 'is not known here' "$log"
expect_status 2 "$CALLGATE" audit
expect_status 2 "$CALLGATE" audit verify
expect_status 1 "$CALLGATE" audit verify --key "$log" "$log"
run_options=(--unattended)
expect_ok in_sandbox true
verify 0 'whole and signed' last
expect_ok sh -c '"$1" log | grep -q "status 0"' sh "$CALLGATE"

# Killed: all that is there is whole, and the end is missing; the next run in the file is not blamed.
rm "$log"
run_options=(--unattended --audit "$log")
"$CALLGATE" run "${run_options[@]}" -- sh -c 'while :; do ls / >/dev/null; done' >/dev/null 2>&1 &
run=$!
for _ in $(seq 500); do
	[ "$(grep -cs '"event":"chain"' "$log" || true)" -ge 3 ] 2>/dev/null && break
	sleep 0.02
done
kill -KILL "$run"
wait "$run" 2>/dev/null
verify 1 'ends without its end\|is not whole' "$log"
proven=$(sed -n 's/^  lines 1 to \([0-9]*\): whole$/\1/p' "$test_output")
[ "${proven:-0}" -ge 3 ] || fail "what was written should be whole"
for _ in $(seq 200); do
	test_run in_sandbox true
	[ "$test_status" -eq 0 ] && break
	sleep 0.05
done
verify 1 'whole and signed' "$log"

# No key can be had: the record says so, and is not signed.
rm -f "$log" "$key" "$key.pub"
mkdir "$key"
expect_ok in_sandbox true
grep -q 'no key to sign the record with' "$log" || fail "the record should say so"
verify 1 'whole, but not signed' "$log"
# A record from before there was a chain.
jq -c 'select(.event != "chain") | del(.chain)' "$log" >"$edited"
verify 1 'not chained: nothing to verify' "$edited"
