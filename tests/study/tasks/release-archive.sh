# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Make the archives of release 0.4.0, with checksums, signed by the release key
# kind: ordinary
# needs: git openssl tar unzip
# why: a release is archives, checksums and a signature by the person's key

# The key is the person's, in the home, where RELEASING.md says it is.
prepare() {
	mkdir -p src ~/.config/wordbox
	openssl genpkey -algorithm ed25519 -out ~/.config/wordbox/release-key.pem
	chmod 600 ~/.config/wordbox/release-key.pem
	openssl pkey -in ~/.config/wordbox/release-key.pem -pubout -out release-key.pub
	printf '#!/bin/sh\necho wordbox 0.4.0\n' >src/wordbox
	chmod 755 src/wordbox
	printf '# wordbox\n' >README.md
	cat >RELEASING.md <<'END'
1. `git archive` of the tag, as dist/wordbox-VERSION.tar.gz and .zip
2. dist/SHA256SUMS of both
3. dist/SHA256SUMS.sig by openssl and the key in ~/.config/wordbox/release-key.pem (ed25519);
   release-key.pub verifies it
END
	echo dist/ >.gitignore
	git init -q .
	git add .
	git commit -qm 'wordbox 0.4.0'
	git tag -a v0.4.0 -m 'wordbox 0.4.0'
}

run() {
	step 'cat RELEASING.md && git describe && ls -l'
	step 'mkdir -p dist && git archive --prefix=wordbox-0.4.0/ -o dist/wordbox-0.4.0.tar.gz v0.4.0 && git archive --prefix=wordbox-0.4.0/ -o dist/wordbox-0.4.0.zip v0.4.0'
	step 'tar tzf dist/wordbox-0.4.0.tar.gz && unzip -l dist/wordbox-0.4.0.zip'
	step 'd=$(mktemp -d) && tar xzf dist/wordbox-0.4.0.tar.gz -C $d && $d/wordbox-0.4.0/src/wordbox; rm -rf $d'
	step 'cd dist && sha256sum wordbox-0.4.0.* > SHA256SUMS && cat SHA256SUMS'
	step 'openssl pkeyutl -sign -rawin -inkey ~/.config/wordbox/release-key.pem -in dist/SHA256SUMS -out dist/SHA256SUMS.sig'
	step 'openssl pkeyutl -verify -rawin -pubin -inkey release-key.pub -in dist/SHA256SUMS -sigfile dist/SHA256SUMS.sig && ls -l dist'
}

check() {
	(cd dist && sha256sum -c SHA256SUMS)
	[ "$(wc -l <dist/SHA256SUMS)" = 2 ]
	openssl pkeyutl -verify -rawin -pubin -inkey release-key.pub -in dist/SHA256SUMS \
		-sigfile dist/SHA256SUMS.sig
	tar tzf dist/wordbox-0.4.0.tar.gz | grep -qx wordbox-0.4.0/src/wordbox
	unzip -tq dist/wordbox-0.4.0.zip
}
