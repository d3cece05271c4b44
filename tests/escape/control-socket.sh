#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3
# timeout: 120
#
# architecture.md, "Rule zero": no agent reaches a control socket, neither its own run's nor another's, not
# one that is made later, and by no name; an approval would be its own. Under a policy that allows everything.
. "$TESTS/support/attack.sh"

policy <<'END'
{"version": 1, "rules": [
	{"allow": ["read", "write", "exec", "connect", "listen"], "unprotect": true}]}
END
run_options+=(--profile observe)
secret "$HOME/n/private.txt"

one_waits() {
	[ "$("$CALLGATE" pending --json | jq '.questions | length')" = "$1" ]
}

victim() {
	"$CALLGATE" run --attended -- cat "$HOME/n/private.txt" >"$TEST_TMP/victim$1" 2>&1 </dev/null &
}

cat >attack-socket.py <<'END'
from attack import *
import json, socket, sys, time

def speak(address, dirfd=None):
    """What comes of asking there: an errno, or the first line that is said."""
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(10)
    try:
        s.connect(address)
        s.sendall(b'{"jsonrpc":"2.0","id":1,"method":"answer","params":{"id":1,"verdict":"allow"}}\n')
        said = json.loads(s.makefile().readline())
        return f"error {said['error']['code']}" if "error" in said else "answered"
    except OSError as error:
        return errno_name(error.errno) if error.errno else "too long"

def by(place, name):
    """The same of a name below a directory that is held."""
    try:
        fd = os.open(place, os.O_PATH)
    except OSError as error:
        return errno_name(error.errno)
    refused.add(speak(f"/proc/self/fd/{fd}/{name}"))
    before = os.getcwd()
    try:
        os.fchdir(fd)
        return speak(name)
    except OSError as error:
        return errno_name(error.errno)
    finally:
        os.chdir(before)
        os.close(fd)

directory, sockets = sys.argv[1], sys.argv[2:]
# Nothing of the directory is seen.
say("listed", attempt(os.listdir, directory))
refused = set()
for path in sockets:
    above, name = os.path.split(directory)
    name += "/" + os.path.basename(path)
    refused.add(speak(path))
    refused.add(speak(os.path.relpath(path)))
    for root in "", "/proc/self/root", f"/proc/{os.getppid()}/root", "/proc/1/root":
        refused.add(by(root + above, name))
        refused.add(by(root + above, "./" + name.replace("/", "//")))
    if attempt(os.symlink, path, "symlink") == "ok":
        refused.add(speak("symlink"))
        os.unlink("symlink")
    if attempt(os.symlink, directory, "linked") == "ok":
        refused.add(speak("linked/" + os.path.basename(path)))
        os.unlink("linked")
    refused.add(attempt(os.link, path, "hard"))
    refused.add(attempt(os.rename, path, "moved"))
    refused.add(attempt(os.rename, os.path.dirname(directory), "moved"))
    refused.add(attempt(os.unlink, path))
    refused.add(attempt(os.open, path, os.O_PATH))
    refused.add(speak("\0" + os.path.basename(path)))
say("allowed" if "ok" in refused or "answered" in refused else "refused")
say(*sorted(str(r) for r in refused))
# Another name that somebody outside gave to a socket: by the inode, or by who speaks.
for name in sorted(os.listdir(".")):
    if name.startswith("outside-"):
        say(name, speak(name))
END

# attack DIRECTORY: with what is there, and what comes while the attacker runs
attack() {
	local directory=$1 attacker i

	victim 1
	until_true one_waits 1
	in_sandbox sh -c 'touch ready; while ! [ -e go ]; do sleep 0.1; done
		exec /usr/bin/python3 -B attack-socket.py "$@"' sh "$directory" \
		"$directory"/{a,b}.sock >"$TEST_TMP/said.early" 2>&1 </dev/null &
	attacker=$!
	until_true test -e ready
	victim 2
	until_true one_waits 2
	ls "$directory"/*.sock >"$TEST_TMP/sockets"
	expect_equal "$(wc -l <"$TEST_TMP/sockets")" 3
	# The attacker's own, one from before and one from after it: other names of theirs, elsewhere.
	for i in 1 2 3; do
		ln "$(sed -n ${i}p "$TEST_TMP/sockets")" outside-$i
	done
	touch go
	wait "$attacker"
	cat "$TEST_TMP/said.early" >"$TEST_TMP/said"
	# shellcheck disable=SC2046 # a name a line, without blanks
	in_sandbox /usr/bin/python3 -B attack-socket.py "$directory" $(cat "$TEST_TMP/sockets") \
		>>"$TEST_TMP/said" 2>&1 </dev/null
	sed 's/^/  said: /' "$TEST_TMP/said"
	# The one that came later is known by nothing but its place: there the server sees who speaks.
	expect_equal "$(grep -c '^outside-. error 4$' "$TEST_TMP/said")" 1
	expect_equal "$(grep -c '^refused$' "$TEST_TMP/said")" 2
	expect_equal "$(grep -c 'allowed\|answered\|too long\|Traceback' "$TEST_TMP/said")" 0
	expect_equal "$(grep -c '^listed EACCES$' "$TEST_TMP/said")" 2
	# Nothing was answered by all that; and from outside it can be.
	one_waits 2 || fail "both questions should still wait"
	"$CALLGATE" pending --json | jq -r '.questions[] | "\(.run)/\(.id)"' |
		while read -r name; do "$CALLGATE" deny "$name" >/dev/null; done
	wait
	grep -q 'Permission denied' "$TEST_TMP/victim1" || fail "the victim should be refused"
	grep -L 'the secret' "$TEST_TMP/victim1" "$TEST_TMP/victim2" | wc -l | grep -qx 2 ||
		fail "the secret should not come out"
	rm -f ready go outside-*
}

attack "$HOME/.local/state/callgate/run"
expect_equal "$(find "$HOME/.local/state/callgate/run" -name '*.sock' | wc -l)" 0

# The place of a login.
mkdir -m 700 "$TEST_TMP/runtime"
export XDG_RUNTIME_DIR=$TEST_TMP/runtime
attack "$TEST_TMP/runtime/callgate"

# Inside, the commands say that they cannot do it there.
for command in 'allow 1' 'deny 1' pending grants 'revoke 1' runs 'policy reload'; do
	# shellcheck disable=SC2086 # the command's words
	expect_error "this is inside of a run" in_sandbox "$CALLGATE" $command
done
