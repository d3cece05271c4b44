#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3 curl node tmux unshare jq
# timeout: 120
#
# Issue, part 1: a person is asked about a connection, and the program's event loop goes on meanwhile. It
# never hears of a success before there is one; a refusal comes as ECONNREFUSED; one name is one question.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"
. "$TESTS/support/screen.sh"

serve_web
names api.example.test
printf '::1 api.example.test\n' >>"$network_hosts"
cat >"$TEST_TMP/policy.json" <<END
{"version": 1, "extends": "agent", "rules": [{"ask": "connect", "host": "api.example.test"},
	{"allow": "connect", "address": ["127.0.0.0/8", "::1"]}]}
END
url=http://api.example.test:$port/x
# asked COMMAND...: on the screen, with the names; what it prints goes to a file
asked() {
	local run

	rm -f said "$TEST_TMP/status" "$TEST_TMP/log"
	printf -v run '%q ' "$CALLGATE" run --policy "$TEST_TMP/policy.json" --audit "$TEST_TMP/log" \
		-- sh -c 'exec "$@" >said 2>&1' - "$@"
	cat >"$TEST_TMP/run.sh" <<END
mount --bind $network_hosts /etc/hosts
$run
echo \$? >$TEST_TMP/status
END
	"$screen" "unshare ${map[*]} --mount bash $TEST_TMP/run.sh"
	screen=screen_again
}
screen=screen_start
map=(--map-root-user)
[ "$TEST_USER" = user ] || map=()

# finished TEXT STATUS: what it said at the end
finished() {
	local i

	for ((i = 0; i < 200; i++)); do
		[ ! -s "$TEST_TMP/status" ] || break
		sleep 0.1
	done
	if ! grep -qE -- "$1" said || [ "$(cat "$TEST_TMP/status")" != "$2" ]; then
		fail "should say $1 and end with $2"
		sed 's/^/  said: /' said
		return 1
	fi
}

# decided N BY DECISION: calls on record that were asked about
decided() {
	expect_equal "$(jq -r 'select(.event == "call" and .call == "connect" and .by != "no-verb" and
		.objects[0].host == "api.example.test") | .by + " " + .decision + " " + (.errno // "")' \
		"$TEST_TMP/log" | sort | uniq -c | sed 's/^ *//')" "$1"
}

# An event loop: it goes on while the person thinks, and only then is connected.
cat >loop.py <<'END'
import asyncio, sys, urllib.parse
at = urllib.parse.urlparse(sys.argv[1])
ticks = 0
async def tick():
    global ticks
    while True:
        await asyncio.sleep(0.05)
        ticks += 1
        if ticks == 20:
            open("ticking", "w").close()
async def main():
    task = asyncio.create_task(tick())
    try:
        reader, writer = await asyncio.open_connection(at.hostname, at.port)
        writer.write(b"GET %s HTTP/1.0\r\n\r\n" % at.path.encode())
        print((await reader.read()).decode().splitlines()[-1], "ticks" if ticks >= 20 else ticks)
    except OSError as error:
        print("error", error, "ticks" if ticks >= 20 else ticks)
asyncio.run(main())
END
wait_for() {
	local i

	for ((i = 0; i < 150; i++)); do
		[ ! -e "$1" ] || return 0
		sleep 0.1
	done
	fail "there should be $1"
}

asked python3 loop.py "$url"
wait_for ticking
screen_answer a
finished 'web /x ticks' 0
decided '1 person allow EINPROGRESS'

rm -f ticking
asked python3 loop.py "$url"
wait_for ticking
screen_answer d
finished 'Errno 111.* ticks' 0

# epoll registered before the connect; nothing happens on the socket before the answer.
cat >epoll.py <<'END'
import errno, select, socket, sys, urllib.parse
at = urllib.parse.urlparse(sys.argv[1])
address = socket.getaddrinfo(at.hostname, at.port, socket.AF_INET)[0][4]
s = socket.socket()
s.setblocking(False)
e = select.epoll()
e.register(s, select.EPOLLIN | select.EPOLLOUT | select.EPOLLET)
said = [errno.errorcode[s.connect_ex(address)]]
e.poll(0) # what an unconnected socket says, from before the connect
early = [e.poll(0.1) for _ in range(15)]
said.append(errno.errorcode.get(s.connect_ex(address)))
open("ticking", "w").close()
while not any(early):
    early = [e.poll(20)]
    said.append(errno.errorcode.get(s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), "connected"))
print(*said)
END
rm -f ticking
asked python3 epoll.py "$url"
wait_for ticking
screen_answer d
finished 'EINPROGRESS EALREADY ECONNREFUSED' 0
decided '1 person deny EINPROGRESS'
rm -f ticking
asked python3 epoll.py "$url"
wait_for ticking
screen_answer a
finished 'EINPROGRESS EALREADY connected' 0

# Both families of one name are one question: a second one would stand there until the end of the wait.
asked curl -sS "$url"
screen_answer a
finished 'web /x' 0
asked curl -sS "$url"
screen_answer d
finished 'curl:' 7

# And so are two attempts in a row of one process.
asked python3 -c '
import socket, sys, urllib.parse
at = urllib.parse.urlparse(sys.argv[1])
for family in socket.AF_INET6, socket.AF_INET:
    socket.socket(family).connect((at.hostname, at.port))
print("both")' "$url"
screen_answer a
finished both 0
decided '2 person allow '

asked node -e '
let ticks = 0
setInterval(() => { if (++ticks == 20) require("fs").writeFileSync("ticking", "") }, 50)
fetch(process.argv[1]).then(r => r.text()).then(t => { console.log(t + (ticks >= 20 ? "ticks" : ticks));
	process.exit(0) })' "$url"
rm -f ticking
wait_for ticking
screen_answer a
finished 'ticks' 0
rm -f ticking
asked node -e '
setTimeout(() => require("fs").writeFileSync("ticking", ""), 1000)
require("http").get(process.argv[1], r => r.pipe(process.stdout)).on("error", e => {
	console.log(e.code, e.errors?.map(x => x.code)); process.exit(3) })' "$url"
wait_for ticking
screen_answer d
finished 'ECONNREFUSED|EACCES' 3

# Who gives up is not asked for any more.
asked python3 -c '
import errno, socket, sys, time, urllib.parse
at = urllib.parse.urlparse(sys.argv[1])
s = socket.socket()
s.settimeout(1.5)
try: s.connect((at.hostname, at.port))
except TimeoutError: print("timeout")
s.close()
time.sleep(3)' "$url"
screen_asked
screen_gone ' callgate asks '
finished 'timeout' 0
decided '1 rule ask EINPROGRESS'
screen_end
