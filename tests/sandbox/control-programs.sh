#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: node git jq python3
# timeout: 120
#
# A grant reaches programs that were refused before: node in the same process, git in its next one; and a
# question of many threads is one question.
. "$TESTS/support/sandbox.sh"

secret "$HOME/n/private.txt"
private=$HOME/n/private.txt

# What was denied a moment ago is not asked again at once, so the second try comes after the grant.
cat >again.js <<'END'
const fs = require("fs");
const read = () => {
	try {
		console.log(fs.readFileSync(process.argv[2], "utf8").trim());
		return true;
	} catch (error) {
		console.log(error.code);
	}
};
if (!read()) {
	const timer = setInterval(() => {
		if (fs.existsSync("granted") && read()) clearInterval(timer);
	}, 50);
}
END
{
	"$CALLGATE" run --attended -- node again.js "$private"
	echo "status $?"
} >node.out 2>node.err </dev/null &
until_true waits 1
expect_ok "$CALLGATE" deny 1
until_true grep -q EACCES node.out
# What is asked for another file of the directory covers this one.
cat >"$TEST_TMP/grant.sh" <<'END'
cd ~/.local/state/callgate/run
python3 -c '
import glob, json, os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(glob.glob("*.sock")[0])
s.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "grant", "params": {"verdict": "allow",
    "scope": "tree", "verbs": ["read"], "path": sys.argv[1]}}).encode() + b"\n")
sys.exit("error" in json.loads(s.makefile().readline()))' "$1"
END
expect_ok bash "$TEST_TMP/grant.sh" "${private%/*}"
touch granted
wait
expect_equal "$(cat node.out)" "EACCES
the secret
status 0"

# git, twice: refused, then allowed for the run.
{
	"$CALLGATE" run --attended -- sh -c "git hash-object $private; touch refused
		while ! [ -e go ]; do sleep 0.05; done; git hash-object ${private%/*}/other.txt"
	echo "status $?"
} >git.out 2>git.err </dev/null &
secret "$HOME/n/other.txt"
until_true waits 1
expect_ok "$CALLGATE" deny 1
until_true test -e refused
touch go
until_true waits 1
expect_ok "$CALLGATE" allow 2 --for 10m --scope file
wait
expect_equal "$(cat git.out)" "$(git hash-object "$private")
status 0"

# Threads that ask the same are one question, and one answer is all of theirs.
cat >threads.py <<'END'
import sys, threading
def read():
    print(open(sys.argv[1]).read(), end="")
threads = [threading.Thread(target=read) for _ in range(40)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
END
"$CALLGATE" run --attended -- python3 threads.py "$private" >threads.out 2>threads.err </dev/null &
until_true sh -c "'$CALLGATE' pending --json | jq -e '.questions[0].waiters == 40'"
waits 1 || fail "it should be one question"
expect_ok "$CALLGATE" allow 1
wait
expect_equal "$(sort threads.out | uniq -c | tr -s ' ' | xargs)" "40 the secret"
