#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: git
#
# Issue, part 5, "existed": git init works in the workspace, hooks/*.sample too; its config and hooks may
# be changed; and what may execute later is told at the end.
. "$TESTS/support/attack.sh"

mkdir -p "$TEST_TMP/template/hooks"
expect_ok in_sandbox bash -c '
	set -e
	git init -q repo
	cd repo
	git config user.name n
	git config user.email e@example.com
	mkdir -p .git/hooks
	printf "#!/bin/sh\necho hooked >hooked\n" >.git/hooks/pre-commit
	chmod +x .git/hooks/pre-commit
	echo x >file
	git add file
	git commit -qm one
	test -e hooked
	cd ..
	git init -q --bare bare.git
	git clone -q repo clone
	mv repo moved
	git -C moved config a.b c'
run=$(record)
expect_ok "$CALLGATE" run --unattended -- git init -q another
in_sandbox true
expect_fail in_sandbox git -C moved config a.b d
expect_fail in_sandbox touch moved/.git/hooks/post-commit
[ -s "$run" ] || fail "there should be a record"
