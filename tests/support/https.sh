# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# A web server that is worth the name, for the tests of the network, sourced after network.sh: nginx, with
# a certificate by a CA of the test's own, whose own is ~/work/ca.pem.
#
#   serve_https NAME...  for these names; says "web PATH". $port is it. What stands in $https_locations
#                        is put into its configuration.

https_locations=

https_certificate() {
	local name names=

	for name in "$@"; do
		names+=,DNS:$name
	done
	(
		cd "$TEST_TMP" || exit
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
			-subj "/CN=CA of a test" -addext keyUsage=keyCertSign -keyout ca.key -out ca.pem &&
			openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
				-CA ca.pem -CAkey ca.key -subj "/CN=server of a test" \
				-addext basicConstraints=critical,CA:FALSE \
				-addext "subjectAltName=${names#,}" -keyout server.key -out server.pem &&
			cp ca.pem "$HOME/work/ca.pem"
	) 2>"$TEST_TMP/openssl" || {
		cat "$TEST_TMP/openssl"
		fail "no certificate"
		exit 1
	}
}

serve_https() {
	https_certificate "$@"
	mkdir "$TEST_TMP/nginx"
	cat >"$TEST_TMP/nginx.conf" <<END
daemon off;
worker_processes 1;
$([ "$TEST_USER" != root ] || echo 'user root;')
pid $TEST_TMP/nginx/pid;
error_log stderr;
events {}
http {
	access_log off;
	client_body_temp_path $TEST_TMP/nginx/body;
	proxy_temp_path $TEST_TMP/nginx/proxy;
	fastcgi_temp_path $TEST_TMP/nginx/fastcgi;
	uwsgi_temp_path $TEST_TMP/nginx/uwsgi;
	scgi_temp_path $TEST_TMP/nginx/scgi;
	server {
		listen 127.0.0.1:PORT ssl;
		ssl_certificate $TEST_TMP/server.pem;
		ssl_certificate_key $TEST_TMP/server.key;
		location / { return 200 "web \$request_uri\n"; }
		$https_locations
	}
}
END
	# nginx takes over a socket that it inherits: so the port is free for sure.
	serve "
import os, socket
s = socket.create_server(('127.0.0.1', 0), backlog=512)
s.set_inheritable(True)
port = s.getsockname()[1]
place = '$TEST_TMP/nginx.conf'
text = open(place).read().replace('PORT', str(port))
open(place, 'w').write(text)
print(port, flush=True)
os.environ['NGINX'] = '%d;' % s.fileno()
os.execvp('nginx', ['nginx', '-e', 'stderr', '-p', '$TEST_TMP/nginx', '-c', place])"
}
