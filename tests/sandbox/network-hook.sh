#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 unshare jq
# timeout: 120
#
# A hook that thinks about a connection does not hold up the program's event loop: the connect is under way until
# the hook has answered, and whoever it has asked. A blocking connect waits, as ever.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"

serve_web
names api.example.test
mkdir -p "$HOME/hooks" "$HOME/.config/callgate"
# Thinks until the test has written what it is to say.
cat >"$HOME/hooks/think" <<'END'
#!/bin/sh
touch "$(dirname "$0")/thinks"
while ! [ -e "$(dirname "$0")/answer" ]; do sleep 0.05; done
cat "$(dirname "$0")/answer"
END
chmod 755 "$HOME/hooks/think"
cat >"$HOME/.config/callgate/policy.json" <<END
{"version": 1, "rules": [{"allow": "connect", "host": "api.example.test"},
	{"allow": "connect", "address": "127.0.0.0/8"}],
 "hooks": [{"on": "connect", "host": "api.example.test", "timeout": "60s", "command": ["$HOME/hooks/think"]}]}
END

# Says what the connect came to at once, that nothing is heard of it, and what it comes to in the end.
cat >loop.py <<'END'
import errno, os, select, socket, sys
address = socket.getaddrinfo("api.example.test", int(sys.argv[1]), socket.AF_INET)[0][4]
s = socket.socket()
s.setblocking(sys.argv[2] == "wait")
poll = select.poll()
poll.register(s, select.POLLIN | select.POLLOUT)
poll.poll(0)
print(errno.errorcode.get(s.connect_ex(address), "connected"), flush=True)
while not os.path.exists("go-on"):
    if poll.poll(50) and sys.argv[2] != "wait":
        print("too early", flush=True)
        break
poll.poll(60000)
print(errno.errorcode.get(s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), "connected"), flush=True)
END
map=(--map-root-user)
[ "$TEST_USER" = user ] || map=()

# thought HOW: the program, whose connect the hook thinks about
thought() {
	rm -f "$HOME/hooks/answer" "$HOME/hooks/thinks" go-on said "$TEST_TMP/log"
	# shellcheck disable=SC2016 # $0 is the inner shell's
	unshare "${map[@]}" --mount bash -c 'mount --bind "$0" /etc/hosts && exec "$@"' "$network_hosts" \
		"$CALLGATE" run --attended --audit "$TEST_TMP/log" -- /usr/bin/python3 loop.py "$port" "$1" \
		>said 2>"$TEST_TMP/err" &
	run=$!
	until_true test -e "$HOME/hooks/thinks"
}

# says ANSWER: of the hook
says() {
	printf '%s\n' "$1" >"$HOME/hooks/answer.new"
	mv "$HOME/hooks/answer.new" "$HOME/hooks/answer"
}

# comes_to LINE...: all that the program said
comes_to() {
	wait "$run" || fail "the run failed: $(cat "$TEST_TMP/err")"
	expect_equal "$(tr '\n' ' ' <said)" "$* "
}

# recorded DECISION BY
recorded() {
	expect_equal "$(jq -r 'select(.event == "call" and .call == "connect" and .by != "no-verb" and
		.objects[0].host == "api.example.test") | .decision + " " + .by + " " + (.errno // "")' "$TEST_TMP/log")" "$*"
}

for answer in '{}' '{"decision": "deny", "reason": "no"}'; do
	thought go
	# It goes on while the hook thinks.
	until_true grep -q EINPROGRESS said
	says "$answer"
	touch go-on
	if [ "$answer" = '{}' ]; then
		comes_to EINPROGRESS connected
		recorded allow rule EINPROGRESS
	else
		comes_to EINPROGRESS ECONNREFUSED
		recorded deny hook EINPROGRESS
	fi
done

# It wants a person to be asked, who is, while the connect is under way still.
for answer in allow deny; do
	thought go
	until_true grep -q EINPROGRESS said
	says '{"decision": "ask"}'
	until_true waits 1
	grep -q 'too early' said && fail "it should hear of nothing before the person has answered"
	expect_ok "$CALLGATE" $answer "$("$CALLGATE" pending --json | jq '.questions[0].id')"
	touch go-on
	if [ $answer = allow ]; then
		comes_to EINPROGRESS connected
		recorded allow person EINPROGRESS
	else
		comes_to EINPROGRESS ECONNREFUSED
		recorded deny person EINPROGRESS
	fi
done

# The policy is read again meanwhile, and denies: the hook's word comes too late.
thought go
until_true grep -q EINPROGRESS said
expect_ok "$CALLGATE" policy add deny connect api.example.test
touch go-on
comes_to EINPROGRESS ECONNREFUSED
says '{}'

# The program gives up: nobody is asked when the hook comes to it.
cat >gives-up.py <<'END'
import socket, sys
address = socket.getaddrinfo("api.example.test", int(sys.argv[1]), socket.AF_INET)[0][4]
s = socket.socket()
s.setblocking(False)
print(s.connect_ex(address) != 0)
s.close()
END
cp gives-up.py loop.py
thought go
comes_to True
says '{"decision": "ask"}'
expect_equal "$("$CALLGATE" pending --json | jq '.questions | length')" 0

# A blocking one waits.
cat >loop.py <<'END'
import socket, sys
s = socket.create_connection(("api.example.test", int(sys.argv[1])))
print("connected", flush=True)
END
thought wait
until_true test -e "$HOME/hooks/thinks"
expect_equal "$(cat said)" ""
says '{}'
comes_to connected
