#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: java javac keytool nginx openssl unshare
# timeout: 180
#
# Java's HttpClient (sockets that do not wait, registered before they connect) and its URLConnection (that
# wait) reach an allowed name by TLS, and fail fast at one that is denied.
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/network.sh"
. "$TESTS/support/https.sh"

serve_https api.example.test denied.example.test
names api.example.test denied.example.test
let "{\"allow\": \"connect\", \"host\": \"api.example.test\", \"port\": $port}" \
	'{"deny": "connect", "host": "*.example.test"}'
cat >Get.java <<'END'
import java.io.InputStream;
import java.net.*;
import java.net.http.*;

class Get {
	public static void main(String[] args) throws Exception {
		URI uri = URI.create(args[1]);
		if (args[0].equals("client")) {
			HttpResponse<String> answer = HttpClient.newHttpClient().send(
				HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
			System.out.print(answer.body());
		} else {
			try (InputStream stream = uri.toURL().openStream()) {
				stream.transferTo(System.out);
			}
		}
	}
}
END
expect_ok javac Get.java
expect_ok keytool -importcert -noprompt -alias ca -file ca.pem -keystore trust -storepass changeit
java=(java "-Djavax.net.ssl.trustStore=$HOME/work/trust" -Djavax.net.ssl.trustStorePassword=changeit
	-cp . Get)
for kind in client connection; do
	expect_output "web /x" outside "${java[@]}" "$kind" "https://api.example.test:$port/x"
	SECONDS=0
	expect_fail outside "${java[@]}" "$kind" "https://denied.example.test:$port/x"
	[ "$SECONDS" -le 30 ] || fail "$kind takes $SECONDS s to fail"
done
