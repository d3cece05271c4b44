#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: jq python3 unshare
# timeout: 90
#
# A run reads its policy again: the next call is judged by the new one; what waits for an answer is judged
# again; what is connected to where the policy now denies is cut; a grant ends with the rule that asked. What
# is no policy changes nothing.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"

secret "$HOME/n/asked.txt"
secret "$HOME/n/open.txt"
own=$HOME/.config/callgate/policy.json
mkdir -p "${own%/*}"

record() {
	find "$HOME/.local/state/callgate/runs" -name '*.jsonl' -printf '%T@ %p\n' | sort -n |
		tail -n 1 | cut -d' ' -f2-
}

# reload: the reply comes when it holds
reload() {
	expect_ok "$CALLGATE" policy reload
}

# policy_says RULES: of the person
policy_says() {
	printf '{"version": 1, "extends": "agent", "rules": [%s]}\n' "$1" >"$own"
}

serve '
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
print(s.getsockname()[1], flush=True)
while True:
    c = s.accept()[0]
    c.sendall(b"hello")
    while c.recv(10):
        pass
'
names api.example.test

host='{"allow": "connect", "host": "api.example.test"}, {"allow": "connect", "address": "127.0.0.0/8"},'
policy_says "$host"'{"ask": "read", "path": "~/n/asked.txt"}, {"allow": "read", "path": "~/n"}'

# A line is a command: read FILE, connect.
cat >agent.py <<'END'
import os, socket, sys, threading
def read(path):
    try:
        return open(os.path.expanduser(path)).read().strip()
    except OSError as error:
        return error.strerror
def hold(port):
    s = socket.create_connection(("api.example.test", int(port)))
    print(s.recv(5).decode(), flush=True)
    def wait():
        try:
            s.recv(1)
        except OSError:
            pass
        print("cut", flush=True)
    threading.Thread(target=wait, daemon=True).start()
for line in sys.stdin:
    what, name = line.split()
    print(read(name), flush=True) if what == "read" else hold(name)
os._exit(0)
END
mkfifo "$TEST_TMP/in"
map=(--map-root-user)
[ "$TEST_USER" = user ] || map=()
# shellcheck disable=SC2016 # $0 is the inner shell's
unshare "${map[@]}" --mount bash -c 'mount --bind "$0" /etc/hosts && exec "$@"' "$network_hosts" \
	"$CALLGATE" run --attended -- /usr/bin/python3 agent.py <"$TEST_TMP/in" >"$TEST_TMP/out" 2>"$TEST_TMP/err" &
run=$!
exec 3>"$TEST_TMP/in"

lines=0
# told TEXT: the next line of what the agent says
told() {
	lines=$((lines + 1))
	said() {
		[ "$(wc -l <"$TEST_TMP/out")" -ge "$lines" ]
	}
	until_true said
	expect_equal "$(sed -n "${lines}p" "$TEST_TMP/out")" "$1"
}
echo read "$HOME/n/open.txt" >&3
told 'the secret'

# Tighter, from the next call on.
policy_says "$host"'{"deny": "read", "path": "~/n/open.txt"}, {"ask": "read", "path": "~/n/asked.txt"}'
reload
echo read "$HOME/n/open.txt" >&3
told 'Permission denied'

# No policy at all: everything stays.
echo '{"version": 1, "rulez": []}' >"$own"
expect_error "$own:1:16: unknown key \"rulez\"" "$CALLGATE" policy reload
echo read "$HOME/n/open.txt" >&3
told 'Permission denied'
on_record() {
	grep -q 'could not be read again, and stays as it is: .*rulez' "$(record)"
}
until_true on_record

# A question that waits is answered by the policy, the one way or the other.
echo read "$HOME/n/asked.txt" >&3
until_true waits 1
policy_says "$host"'{"allow": "read", "path": "~/n/asked.txt"}'
reload
told 'the secret'
policy_says "$host"'{"ask": "read", "path": "~/n/asked.txt"}'
reload
echo read "$HOME/n/asked.txt" >&3
until_true waits 1
policy_says "$host"'{"deny": "read", "path": "~/n/asked.txt"}'
reload
told 'Permission denied'

# A grant outlives what leaves its rule alone, whatever that is called by then.
policy_says "$host"'{"ask": "read", "path": "~/n/asked.txt"}'
reload
echo read "$HOME/n/asked.txt" >&3
until_true waits 1
expect_ok "$CALLGATE" allow "$("$CALLGATE" pending --json | jq '.questions[0].id')" --for-run --scope file
told 'the secret'
policy_says '{"deny": "read", "path": "~/n/other"},'"$host"'{"ask": "read", "path": "~/n/asked.txt"}'
reload
echo read "$HOME/n/asked.txt" >&3
told 'the secret'
policy_says "$host"'{"ask": "read", "path": "~/n"}'
reload
expect_equal "$("$CALLGATE" grants --json | jq '.grants | length')" 0

# What is connected.
echo connect "$port" >&3
told hello
policy_says '{"deny": "connect", "host": "api.example.test"}, {"allow": "connect", "address": "127.0.0.0/8"}'
reload
told cut

exec 3>&-
wait "$run"
# Each call was decided by the policy that held then.
expect_ok "$CALLGATE" replay "$(record)"
