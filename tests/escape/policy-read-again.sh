#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: jq python3 unshare
# timeout: 90
#
# A policy that is read again lets nothing through that it does not allow: datagrams that were exchanged
# before it are judged again, and a question that a hook wanted is not answered by it.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"

own=$HOME/.config/callgate/policy.json
mkdir -p "${own%/*}" "$HOME/hooks"

record() {
	find "$HOME/.local/state/callgate/runs" -name '*.jsonl'
}

policies() {
	[ "$(grep -c '"event":"facts"' "$(record)")" -ge "$1" ]
}

serve '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
while True:
    data, peer = s.recvfrom(65536)
    s.sendto(data, peer)'
udp=$port
serve '
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
print(s.getsockname()[1], flush=True)
while True:
    s.accept()
    open("connected", "w")'
names api.example.test hooked.example.test
cat >"$HOME/hooks/ask" <<'END'
#!/bin/sh
echo '{"decision": "ask"}'
END
chmod 755 "$HOME/hooks/ask"
# policy_says VERDICT: on datagrams
policy_says() {
	cat >"$own" <<END
{"version": 1, "extends": "agent",
 "hooks": [{"on": "connect", "host": "hooked.example.test", "command": ["$HOME/hooks/ask"]}],
 "rules": [{"$1": "connect", "host": "api.example.test", "port": $udp, "protocol": "udp"},
	{"allow": "connect", "host": "hooked.example.test", "port": $port},
	{"allow": "connect", "address": "127.0.0.0/8", "protocol": ["tcp", "udp"]}]}
END
}
policy_says allow
cat >agent.py <<END
import socket, sys
def echo(word):
    try:
        u.send(word)
        return u.recv(10).decode()
    except OSError as error:
        return "nothing"
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.settimeout(3)
u.connect(("api.example.test", $udp))
print(echo(b"first"), flush=True)
t = socket.socket()
t.setblocking(False)
print(t.connect_ex((socket.getaddrinfo("hooked.example.test", $port, socket.AF_INET)[0][4])), flush=True)
sys.stdin.readline()
print(echo(b"second"), flush=True)
sys.stdin.readline()
END
mkfifo "$TEST_TMP/in"
map=(--map-root-user)
[ "$TEST_USER" = user ] || map=()
# shellcheck disable=SC2016 # $0 is the inner shell's
unshare "${map[@]}" --mount bash -c 'mount --bind "$0" /etc/hosts && exec "$@"' "$network_hosts" \
	"$CALLGATE" run --attended -- /usr/bin/python3 agent.py <"$TEST_TMP/in" >"$TEST_TMP/out" 2>"$TEST_TMP/err" &
run=$!
exec 3>"$TEST_TMP/in"
until_true waits 1
until_true grep -qx 115 "$TEST_TMP/out"
policy_says deny
expect_ok "$CALLGATE" policy reload
until_true policies 2
echo >&3
said() { [ "$(wc -l <"$TEST_TMP/out")" -ge 3 ]; }
until_true said
expect_equal "$(tr '\n' ' ' <"$TEST_TMP/out")" 'first 115 nothing '
waits 1 || fail "the hook's question should wait still"
expect_no_file connected
exec 3>&-
wait "$run"

# A call that a hook thinks about while the policy is read again falls under the new one.
cat >"$HOME/hooks/slow" <<-'HOOK'
	#!/bin/sh
	touch "$(dirname "$0")/called"
	while [ ! -e "$(dirname "$0")/go" ]; do sleep 0.05; done
HOOK
chmod 755 "$HOME/hooks/slow"
secret "$TEST_TMP/late"
# late_says VERDICT
late_says() {
	cat >"$own" <<-POLICY
		{"version": 1, "extends": "agent",
		 "hooks": [{"on": "read", "path": "$TEST_TMP/late", "timeout": "60s",
		            "command": ["$HOME/hooks/slow"]}],
		 "rules": [{"$1": "read", "path": "$TEST_TMP/late"}]}
	POLICY
}
rm -r "$HOME/.local/state/callgate/runs"
late_says allow
"$CALLGATE" run --attended -- cat "$TEST_TMP/late" >"$TEST_TMP/out" 2>"$TEST_TMP/err" </dev/null &
run=$!
until_true test -e "$HOME/hooks/called"
late_says deny
expect_ok "$CALLGATE" policy reload
until_true policies 2
touch "$HOME/hooks/go"
wait "$run" && fail "what was being judged should be denied"
grep -q 'Permission denied' "$TEST_TMP/err" || fail "it should be denied: $(cat "$TEST_TMP/err")"
