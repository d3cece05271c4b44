#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: jq python3 git
# timeout: 90
#
# A person grants before a program asks again: python, node and git that were refused go on in the same process.
# What the policy denies, no grant opens; grants are listed, revoked, and written down where that is wanted.
. "$TESTS/support/sandbox.sh"

secret "$HOME/n/a.txt"
secret "$HOME/n/sub/b.txt"
secret "$HOME/m/c.txt"
git init -q "$HOME/r" && git -C "$HOME/r" -c user.name=a -c user.email=a@b commit -q --allow-empty -m one
own=$HOME/.config/callgate/policy.json
mkdir -p "${own%/*}"
cat >"$own" <<'END'
{"version": 1, "rules": [{"deny": "read", "path": "~/m"}, {"ask": "read", "path": ["~/n", "~/r"]},
  {"ask": "exec", "program": "id"}, {"ask": "connect", "host_loopback": 1}]}
END

# agent NAME COMMAND...: a process whose lines are in $TEST_TMP/NAME.in and .out
agents=()
agent() {
	local name=$1

	shift
	mkfifo "$TEST_TMP/$name.in" "$TEST_TMP/$name.out"
	"$CALLGATE" run --unattended -- "$@" <"$TEST_TMP/$name.in" >"$TEST_TMP/$name.out" 2>"$TEST_TMP/$name.err" &
	agents+=($!)
	exec 3>"$TEST_TMP/$name.in" 4<"$TEST_TMP/$name.out"
}

# says LINE TEXT: the answer to a line holds TEXT
says() {
	echo "$1" >&3
	read -r said <&4
	case $said in
	*"$2"*) ;;
	*) fail "to '$1': '$said' should hold '$2'" ;;
	esac
}

ends() {
	exec 3>&- 4<&-
	wait "${agents[@]}"
	agents=()
}

cat >agent.py <<'END'
import os, subprocess, sys
for line in sys.stdin:
    what, name = line.split()
    try:
        if what == "run":
            print(subprocess.run([name], capture_output=True, check=False).returncode, flush=True)
        else:
            print(open(name).read().strip(), flush=True)
    except OSError as error:
        print(error.strerror, flush=True)
END
agent python /usr/bin/python3 agent.py
says "read $HOME/n/a.txt" 'Permission denied'
expect_ok "$CALLGATE" grant read "$HOME/n/a.txt" --for 10m --reason 'it said so'
grep -q 'granted for 10m: read just .*/n/a.txt, as far as rule user:2 asks' "$test_output" ||
	fail "it should say what it covers: $(cat "$test_output")"
says "read $HOME/n/a.txt" 'the secret'
says "read $HOME/n/sub/b.txt" 'Permission denied'
expect_equal "$("$CALLGATE" grants --json | jq -r '.grants[0] | .via, .reason, .question')" $'command line\nit said so\nnull'
expect_ok "$CALLGATE" revoke 1
says "read $HOME/n/a.txt" 'Permission denied'
# Of a directory all of it, unless it is said otherwise.
expect_ok "$CALLGATE" grant "$("$CALLGATE" runs | cut -f1)" read "$HOME/n" --scope dir
says "read $HOME/n/a.txt" 'the secret'
says "read $HOME/n/sub/b.txt" 'Permission denied'
expect_ok "$CALLGATE" grant read "$HOME/n"
says "read $HOME/n/sub/b.txt" 'the secret'
# A no is one, too; and it counts where they disagree.
expect_ok "$CALLGATE" grant --deny read "$HOME/n/a.txt"
says "read $HOME/n/a.txt" 'Permission denied'
# A program, whose tree the start fixed.
says "run /usr/bin/id" 'Permission denied'
expect_ok "$CALLGATE" grant exec id
says "run /usr/bin/id" 0

# Where the policy does not ask, there is nothing to grant.
expect_error 'the policy does not ask there' "$CALLGATE" grant read "$HOME/m/c.txt"
expect_error 'the policy does not ask there' "$CALLGATE" grant read /etc/hostname
says "read $HOME/m/c.txt" 'Permission denied'
expect_status 2 "$CALLGATE" grant reed "$HOME/n"
expect_status 2 "$CALLGATE" grant read
expect_status 1 "$CALLGATE" grant nosuchrun read "$HOME/n"
ends

# In the same process, not only in the next one.
if command -v node >/dev/null; then
	agent node node -e '
const fs = require("fs");
require("readline").createInterface({input: process.stdin}).on("line", (name) => {
	try { console.log(fs.readFileSync(name, "utf8").trim()); } catch (error) { console.log(error.code); }
});'
	says "$HOME/n/a.txt" EACCES
	expect_ok "$CALLGATE" grant read "$HOME/n/a.txt"
	says "$HOME/n/a.txt" 'the secret'
	ends
fi
agent shell /bin/bash -c 'while read -r line; do git -c safe.directory="*" -C "$line" log --format=%s 2>&1 | head -n 1; done'
says "$HOME/r" fatal
expect_ok "$CALLGATE" grant read "$HOME/r"
says "$HOME/r" one
# Kept, in the person's own file.
expect_ok "$CALLGATE" grant read "$HOME/n" --always
grep -q '"path": ".*/n"' "$own" || fail "the rule should be written"
ends
