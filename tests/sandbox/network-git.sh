#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: git ssh ssh-keygen sshd nginx openssl python3 unshare
# timeout: 120
#
# git clones, fetches and pushes over https and over ssh from a name that a rule allows; at a name that is
# denied it fails at once. ssh itself runs a command.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"
. "$TESTS/support/https.sh"

export GIT_CONFIG_GLOBAL=$TEST_TMP/gitconfig
git config --global user.name Test
git config --global user.email test@example.test
git config --global init.defaultBranch main
git init -q "$TEST_TMP/seed"
seq 20000 >"$TEST_TMP/seed/numbers"
head -c 3000000 /dev/urandom >"$TEST_TMP/seed/noise"
git -C "$TEST_TMP/seed" add .
git -C "$TEST_TMP/seed" commit -qm "the first"
git clone -q --bare "$TEST_TMP/seed" "$TEST_TMP/served.git"
git -C "$TEST_TMP/served.git" config http.receivepack true
unset GIT_CONFIG_GLOBAL
export GIT_AUTHOR_NAME=Test GIT_AUTHOR_EMAIL=test@example.test
export GIT_COMMITTER_NAME=Test GIT_COMMITTER_EMAIL=test@example.test

# git's own program for servers, behind nginx.
cat >"$TEST_TMP/backend.py" <<'END'
import http.server, os, subprocess, sys, urllib.parse
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        at = urllib.parse.urlparse(self.path)
        length = self.headers.get("Content-Length")
        if self.headers.get("Transfer-Encoding") == "chunked":
            data = b""
            while size := int(self.rfile.readline(), 16):
                data += self.rfile.read(size)
                self.rfile.readline()
        else:
            data = self.rfile.read(int(length or 0))
        environment = dict(os.environ, GIT_PROJECT_ROOT=sys.argv[1], GIT_HTTP_EXPORT_ALL="1",
            PATH_INFO=at.path.removeprefix("/git"), QUERY_STRING=at.query, REQUEST_METHOD=self.command,
            CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(len(data)),
            HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""),
            GIT_PROTOCOL=self.headers.get("Git-Protocol", ""), REMOTE_ADDR="127.0.0.1")
        head, _, body = subprocess.run(["git", "http-backend"], input=data, env=environment, check=True,
                                       stdout=subprocess.PIPE).stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
    do_GET = do_POST = answer
    def log_message(self, *args):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
END
serve "import os; os.execvp('python3', ['python3', '$TEST_TMP/backend.py', '$TEST_TMP'])"
https_locations="location /git/ { proxy_pass http://127.0.0.1:$port; client_max_body_size 0; }"
serve_https api.example.test denied.example.test
https=$port

# A daemon for each connection, as inetd has it; as root it asks for a directory that we put up for it.
ssh-keygen -qt ed25519 -N '' -f "$TEST_TMP/host_key"
ssh-keygen -qt ed25519 -N '' -f "$HOME/work/key"
cp "$HOME/work/key.pub" "$TEST_TMP/authorized"
cat >"$TEST_TMP/sshd_config" <<END
HostKey $TEST_TMP/host_key
AuthorizedKeysFile $TEST_TMP/authorized
PermitRootLogin prohibit-password
StrictModes no
UsePAM $([ "$TEST_USER" = root ] && echo yes || echo no)
LogLevel ERROR
END
cat >"$TEST_TMP/ssh-server" <<END
#!/bin/bash
[ "\$(id -u)" -ne 0 ] || exec unshare --mount sh -c \
	'mount -t tmpfs none /run && mkdir -m 755 /run/sshd && exec /usr/sbin/sshd "\$@"' - "\$@"
exec /usr/sbin/sshd "\$@"
END
chmod 755 "$TEST_TMP/ssh-server"
serve "
import socket, subprocess
s = socket.create_server(('127.0.0.1', 0))
print(s.getsockname()[1], flush=True)
while True:
    c = s.accept()[0]
    subprocess.Popen(['$TEST_TMP/ssh-server', '-i', '-e', '-f', '$TEST_TMP/sshd_config'],
                     stdin=c, stdout=c)
    c.close()"
ssh=$port
printf '[api.example.test]:%s %s\n' "$ssh" "$(cut -d' ' -f1,2 "$TEST_TMP/host_key.pub")" >known

names api.example.test denied.example.test
let "{\"allow\": \"connect\", \"host\": \"api.example.test\", \"port\": [$https, $ssh]}" \
	'{"deny": "connect", "host": "*.example.test"}'
export GIT_SSL_CAINFO=$HOME/work/ca.pem
export GIT_SSH_COMMAND="ssh -F none -i $HOME/work/key -o UserKnownHostsFile=$HOME/work/known \
	-o StrictHostKeyChecking=yes -o BatchMode=yes -o GlobalKnownHostsFile=/dev/null"
me=$(id -un)

expect_output "by ssh" outside $GIT_SSH_COMMAND -p "$ssh" "$me@api.example.test" echo by ssh
for url in "https://api.example.test:$https/git/served.git" \
	"ssh://$me@api.example.test:$ssh$TEST_TMP/served.git"; do
	rm -rf clone
	expect_ok outside git clone -q "$url" clone
	expect_equal "$(git -C clone rev-parse HEAD)" "$(git -C "$TEST_TMP/served.git" rev-parse main)"
	cmp clone/noise "$TEST_TMP/seed/noise" || fail "the clone should hold what is served"
	expect_ok outside git -C clone commit -q --allow-empty -m "by ${url%%:*}"
	expect_ok outside git -C clone push -q origin main
	expect_equal "$(git -C "$TEST_TMP/served.git" log -1 --format=%s main)" "by ${url%%:*}"
	git -C "$TEST_TMP/seed" pull -q "$TEST_TMP/served.git" main
	git -C "$TEST_TMP/seed" commit -q --allow-empty -m "from elsewhere"
	git -C "$TEST_TMP/seed" push -q "$TEST_TMP/served.git" main
	expect_ok outside git -C clone pull -q origin main
	expect_equal "$(git -C clone log -1 --format=%s)" "from elsewhere"
	SECONDS=0
	expect_error "denied.example.test" outside git clone -q "${url/api/denied}" other
	expect_error "denied.example.test" outside git ls-remote "${url/api/denied}"
	[ "$SECONDS" -le 40 ] || fail "git takes $SECONDS s to fail"
	expect_no_file other
done
