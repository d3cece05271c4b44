#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 jq
# timeout: 120
#
# A run without a terminal waits; somebody elsewhere answers, and the waiting call succeeds or fails as if
# nothing had happened. What was refused once succeeds after a grant, in the same process.
. "$TESTS/support/sandbox.sh"

secret "$HOME/n/private.txt"
private=$HOME/n/private.txt

# start NAME COMMAND...: a run that waits for answers; its output in $TEST_TMP/NAME
start() {
	local name=$1

	shift
	{
		"$CALLGATE" run --attended -- "$@"
		echo "status $?"
	} >"$TEST_TMP/$name" 2>"$TEST_TMP/$name.err" </dev/null &
}

# ---- one question, one answer
start allowed cat "$private"
until_true waits 1
grep -q 'callgate allow 1' "$TEST_TMP/allowed.err" || fail "it should say how to answer"
"$CALLGATE" pending >"$TEST_TMP/list"
grep -q "read  $private" "$TEST_TMP/list" || fail "the list should name the file"
expect_output "allowed once" "$CALLGATE" allow 1
wait
expect_equal "$(cat "$TEST_TMP/allowed")" "the secret
status 0"

start denied cat "$private"
until_true waits 1
expect_output "denied" "$CALLGATE" deny 1 --reason 'not that one'
wait
expect_equal "$(cat "$TEST_TMP/denied")" "status 1"
jq -e -s 'any(.[]; .by == "person" and .decision == "deny")' \
	"$(find "$HOME/.local/state/callgate/runs" -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-)" \
	>/dev/null || fail "the record should say that a person denied"

# ---- a client that dies loses nothing, and allows nothing
start killed cat "$private"
until_true waits 1
cat >"$TEST_TMP/client.py" <<'END'
import glob, json, os, socket, sys, time
# The address is short: the directory's name may be as long as it likes.
os.chdir(os.path.expanduser("~/.local/state/callgate/run"))
s = socket.socket(socket.AF_UNIX)
s.connect(glob.glob("*.sock")[0])
s.sendall(b'{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"answers":true,"calls":true}}\n'
          b'{"jsonrpc":"2.0","id":2,"method":"answer","params":{"id":1,"verdict":"al')
s.recv(1)
print("there", flush=True)
time.sleep(100)
END
python3 "$TEST_TMP/client.py" >"$TEST_TMP/client" &
client=$!
until_true grep -q there "$TEST_TMP/client"
kill -KILL "$client"
wait "$client" 2>/dev/null || :
waits 1 || fail "the question should wait still"
expect_equal "$(cat "$TEST_TMP/killed")" ""
expect_ok "$CALLGATE" allow 1
wait
expect_equal "$(cat "$TEST_TMP/killed")" "the secret
status 0"

# ---- whoever subscribes to answer attends: no --attended, no terminal
cat >"$TEST_TMP/attend.py" <<'END'
import glob, json, os, socket, time
os.chdir(os.path.expanduser("~/.local/state/callgate/run"))
s = socket.socket(socket.AF_UNIX)
s.connect(glob.glob("*.sock")[0])
lines = s.makefile("rw")
def ask(method, **params):
    lines.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}) + "\n")
    lines.flush()
ask("subscribe", answers=True)
open(os.path.expanduser("~/work/go"), "w").close()
for line in lines:
    said = json.loads(line)
    if said.get("method") == "question.opened":
        ask("answer", id=said["params"]["id"], verdict="allow", via="program")
END
"$CALLGATE" run -- sh -c "while ! [ -e go ]; do sleep 0.1; done; cat $private" >"$TEST_TMP/attended" 2>&1 </dev/null &
until_true sh -c "ls $HOME/.local/state/callgate/run/*.sock"
python3 "$TEST_TMP/attend.py"
wait
expect_equal "$(cat "$TEST_TMP/attended")" "the secret"
# Nobody there, nobody asked.
expect_error "Permission denied" "$CALLGATE" run -- cat "$private"

# ---- refused once, allowed from then on: the same process
cat >again.py <<'END'
import sys
for attempt in range(3):
    try:
        print(open(sys.argv[1]).read().strip(), flush=True)
    except PermissionError:
        print("refused", flush=True)
END
start python python3 again.py "$private"
until_true waits 1
expect_ok "$CALLGATE" deny 1
# What was denied a moment ago is not asked again at once.
expect_ok sh -c "! '$CALLGATE' allow 2"
wait
expect_equal "$(head -n 1 "$TEST_TMP/python")" refused

cat >patient.py <<'END'
import os, sys, time
while True:
    try:
        print(open(sys.argv[1]).read().strip(), flush=True)
        break
    except PermissionError:
        print("refused", flush=True)
        while not os.path.exists("granted"):
            time.sleep(0.05)
END
start patient python3 patient.py "$private"
until_true waits 1
expect_ok "$CALLGATE" deny 1
until_true grep -q refused "$TEST_TMP/patient"
cat >"$TEST_TMP/grant.py" <<'END'
import glob, json, os, socket, sys
os.chdir(os.path.expanduser("~/.local/state/callgate/run"))
s = socket.socket(socket.AF_UNIX)
s.connect(glob.glob("*.sock")[0])
s.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "grant", "params": {
    "verdict": "allow", "lasts": "run", "scope": "dir", "verbs": ["read"],
    "path": os.path.dirname(sys.argv[1])}}).encode() + b"\n")
print(sorted(json.loads(s.makefile().readline())))
END
expect_output "['id', 'jsonrpc', 'result']" python3 "$TEST_TMP/grant.py" "$private"
touch granted
wait
expect_equal "$(tail -n 2 "$TEST_TMP/patient")" "the secret
status 0"

# ---- for this run, and taken back
start remembered sh -c "cat $private; cat $private; touch once
	while ! [ -e revoked ]; do sleep 0.05; done; cat $private"
until_true waits 1
expect_ok "$CALLGATE" allow 1 --for-run --scope file
until_true test -e once
expect_equal "$(cat "$TEST_TMP/remembered")" "the secret
the secret"
expect_equal "$("$CALLGATE" grants --json | jq -c '.grants | map([.scope, .verdict, .used > 0])')" \
	'[["file","allow",true]]'
expect_ok "$CALLGATE" revoke 1
touch revoked
until_true waits 1
expect_ok "$CALLGATE" deny 2
wait
expect_equal "$(grep -c 'the secret' "$TEST_TMP/remembered")" 2

# ---- names of questions, where several runs ask
start one cat "$private"
start two cat "$private"
until_true waits 2
expect_error "more than one run has a question 1" "$CALLGATE" allow 1
names=$("$CALLGATE" runs | cut -f1)
expect_equal "$(wc -l <<<"$names")" 2
for name in $names; do
	expect_ok "$CALLGATE" allow "${name:0:6}/1"
done
wait
expect_equal "$(cat "$TEST_TMP/one" "$TEST_TMP/two" | sort | uniq -c | tr -s ' ' | xargs)" \
	"2 status 0 2 the secret"
expect_error "there is no question 1" "$CALLGATE" allow 1
expect_error "there is no run abc" "$CALLGATE" pending --run abc

# ---- the socket of a run that was killed is cleaned up
start gone sleep 100
until_true sh -c "ls $HOME/.local/state/callgate/run/*.sock"
kill -KILL "$("$CALLGATE" runs --json | jq '.runs[0].pid')"
wait
expect_equal "$(find "$HOME/.local/state/callgate/run" -name '*.sock' | wc -l)" 1
# The kernel closes what a ring held some time after the process' end.
until_true sh -c "'$CALLGATE' runs && ! ls $HOME/.local/state/callgate/run/*.sock"
expect_output "" "$CALLGATE" runs
