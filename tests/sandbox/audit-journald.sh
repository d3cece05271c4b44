#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: unshare jq python3
#
# docs/audit.md, "The journal and syslog", against sockets of the test's own in a mount namespace: this machine
# need not run the services. As the record alone, beside a file, and with one that is slow or missing.
. "$TESTS/support/sandbox.sh"

options=(-m)
[ "$(id -u)" -eq 0 ] || options=(-Urm)
unshare "${options[@]}" mount -t tmpfs tmpfs /run 2>/dev/null ||
	skip "no tmpfs can be mounted in a mount namespace here"
[ -d /dev/shm ] || skip "no /dev/shm to stand in for /dev/log's place"

# A service: takes datagrams, each CALLGATE_RECORD (or what stands behind "]: ") a line of the file.
cat >"$TEST_TMP/service.py" <<'END'
import array, os, socket, sys
path, out = sys.argv[1:3]
limit = int(sys.argv[3]) if len(sys.argv) > 3 else -1
os.makedirs(os.path.dirname(path), exist_ok=True)
service = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
service.bind(path)
os.chmod(path, 0o666)
print("ready", flush=True)
file = open(out, "wb", buffering=0)
fields = open(out + ".fields", "wb", buffering=0)
while limit:
    data, with_it, flags, _ = service.recvmsg(1 << 21, socket.CMSG_SPACE(16))
    for _, _, numbers in with_it:
        fds = array.array("i")
        fds.frombytes(numbers[:4])
        data = os.pread(fds[0], os.fstat(fds[0]).st_size, 0)
        os.close(fds[0])
    fields.write(data + b"\n")
    if b"CALLGATE_RECORD=" in data:
        file.write(data.split(b"\nCALLGATE_RECORD=", 1)[1])
    else:
        file.write(data.split(b"]: ", 1)[1] + b"\n")
    limit -= 1
# Slow: it takes nothing any more, and is still there.
sys.stdin.read()
END
# within FILE [LIMIT] -- COMMAND...: with the services there; what they got is in FILE and FILE.log
cat >"$TEST_TMP/within.sh" <<'END'
file=$1 limit=$2
shift 3
mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal /run/dev || exit 9
mount -t tmpfs -o mode=755 tmpfs /run/dev && mkdir /run/dev/pts /run/dev/shm || exit 9
for device in null zero full random urandom tty; do
	: >/run/dev/$device && mount --bind /dev/$device /run/dev/$device || exit 9
done
mount --rbind /dev/pts /run/dev/pts && ln -s pts/ptmx /run/dev/ptmx && ln -s /proc/self/fd /run/dev/fd || exit 9
mount --rbind /run/dev /dev || exit 9
mkfifo "$file.ready" "$file.hold"
python3 "$TEST_TMP/service.py" /run/systemd/journal/socket "$file" $limit <"$file.hold" >"$file.ready" &
journal=$!
exec 7>"$file.hold"
read -r line <"$file.ready"
python3 "$TEST_TMP/service.py" /dev/log "$file.log" </dev/null >"$file.ready" 7>&- &
syslog=$!
read -r line <"$file.ready"
"$@" 7>&-
status=$?
kill "$journal" "$syslog"
wait "$journal" "$syslog" 2>/dev/null
exit $status
END
within() {
	unshare "${options[@]}" sh "$TEST_TMP/within.sh" "$@"
}

# The journal as the record: whole, chained and signed, as jq takes it out of journalctl's JSON.
expect_status 1 within "$TEST_TMP/alone" "" -- "$CALLGATE" run --unattended --audit journald -- \
	sh -c 'cat /etc/hostname; cat ~/.ssh/id_rsa'
expect_equal "$(jq -s '[.[].seq] == [range(1; length + 1)]' "$TEST_TMP/alone")" true
expect_ok "$CALLGATE" audit verify "$TEST_TMP/alone"
run=$(head -n 1 "$TEST_TMP/alone" | jq -r .run)
for field in "CALLGATE_RUN=$run" CALLGATE_EVENT=run-end SYSLOG_IDENTIFIER=callgate CALLGATE_DECISION=allow \
	'MESSAGE=allow read /etc/hostname by /usr/bin/cat (builtin:[0-9]*)'; do
	grep -aqx "$field" "$TEST_TMP/alone.fields" || fail "the journal should get $field"
done
# No file of it is there; whoever asks is told where it is.
[ -z "$(find "$HOME/.local/state" -name "*$run*" 2>/dev/null)" ] || fail "there should be no file"
expect_error "its record is in the journal" "$CALLGATE" log "$run"
grep -q "journalctl -a -o json CALLGATE_RUN=$run" "$test_errors" || fail "it should say how it is read"

# A line that no datagram holds, and syslog, which cuts it.
long=$(printf '%0.s x' $(seq 20000))
# shellcheck disable=SC2086
expect_ok within "$TEST_TMP/long" "" -- "$CALLGATE" run --unattended --audit "$TEST_TMP/file.jsonl,journald,syslog" -- \
	sh -c ': "$@"; exec true' sh $long
expect_ok cmp "$TEST_TMP/long" "$TEST_TMP/file.jsonl"
expect_equal "$(wc -l <"$TEST_TMP/long.log")" "$(wc -l <"$TEST_TMP/file.jsonl")"
grep -q '(cut, [0-9]* bytes)$' "$TEST_TMP/long.log" || fail "syslog should be told that a line was cut"
expect_equal "$(awk '{ if (length > 7400) print }' "$TEST_TMP/long.log")" ""
grep -aq '^<8[0-9]>' "$TEST_TMP/long.log.fields" || fail "syslog should get a priority of authpriv"

# Slow, beside a file: the copy loses lines, and says so; the file has them all.
cat >work.py <<'END'
import os, sys
errors = 0
for i in range(int(sys.argv[1])):
    try:
        os.close(os.open("/etc/hostname", os.O_RDONLY))
    except OSError:
        errors += 1
print("refused" if errors else "none refused")
END
expect_ok within "$TEST_TMP/slow" 20 -- "$CALLGATE" run --unattended --json "$TEST_TMP/slow.json" \
	--audit "$TEST_TMP/beside.jsonl,journald" -- python3 work.py 12000
grep -q 'none refused' "$test_output" || {
	fail "no call should be refused for a copy"
	test_show
}
grep -q 'callgate: journald takes the record too slowly: lines are dropped' "$test_errors" || {
	fail "it should be said"
	test_show
}
grep -q 'the copy of the record is not complete' "$TEST_TMP/beside.jsonl" || fail "the record should say so"
expect_ok "$CALLGATE" audit verify "$TEST_TMP/beside.jsonl"
# What waits in the socket has been handed over.
handed=$(($(wc -l <"$TEST_TMP/beside.jsonl") - $(jq .unforwarded "$TEST_TMP/slow.json")))
{ [ "$handed" -ge 20 ] && [ "$handed" -lt 1000 ]; } || fail "$handed lines cannot have been handed over"

# Slow, alone: no record, no call.
expect_ok within "$TEST_TMP/only" 20 -- "$CALLGATE" run --unattended --audit journald -- python3 work.py 12000
grep -qx refused "$test_output" || {
	fail "calls should be refused"
	test_show
}
grep -q 'no room for the record' "$test_errors" || fail "it should be said why"
grep -q 'lines of the record did not reach journald' "$test_errors" || fail "and what was lost"

# Missing: refused at the start. (This machine's own service, if it runs one, is hidden.)
for service in journald syslog file,syslog; do
	expect_status 125 unshare "${options[@]}" sh -c '
		mount -t tmpfs tmpfs /run || exit 9
		if [ -S /dev/log ]; then mount --bind /dev/null /dev/log || exit 9; fi
		"$@"' sh "$CALLGATE" run --unattended --audit "$service" -- touch "$HOME/work/ran"
	grep -q 'callgate: cannot hand the record to' "$test_errors" || {
		fail "it should say why"
		test_show
	}
	expect_no_file "$HOME/work/ran"
done
expect_status 125 "$CALLGATE" run --unattended --audit "a,b" -- true
