#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: git
#
# architecture.md, "Moving is not laundering": a name that no write may make is not made by a file without
# a name, nor by a directory that brings it: into .git/modules, and over a ~/.config that is not there.
. "$TESTS/support/attack.sh"

git init -q .
expect_output "EACCES EXDEV EACCES EACCES EACCES" agent <<'END'
fd = os.open(".", os.O_TMPFILE | os.O_RDWR, 0o600)
os.write(fd, b"x")
os.close(os.open("plain", os.O_CREAT | os.O_WRONLY))
say(attempt(os.open, ".envrc", os.O_CREAT | os.O_WRONLY),
    attempt(os.link, f"/proc/self/fd/{fd}", ".envrc", follow_symlinks=True),
    attempt(os.rename, "plain", ".envrc"), attempt(os.link, "plain", ".envrc"),
    attempt(os.symlink, "plain", ".envrc"))
END
expect_no_file .envrc

expect_output "EACCES EXDEV EXDEV" agent <<'END'
os.makedirs("made/sub/hooks")
for path in ("made/sub/hooks/post-checkout", "made/sub/config"):
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o755))
attempt(os.mkdir, ".git/modules")
os.mkdir("modules")
os.mkdir("modules/sub")
os.rename("made/sub", "modules/sub")
say(attempt(os.makedirs, ".git/modules/direct/hooks"),
    attempt(os.rename, "modules/sub", ".git/modules/sub"),
    attempt(os.rename, "modules", ".git/modules"))
END
expect_no_file .git/modules/sub/hooks
expect_no_file .git/modules/sub/config

expect_fail in_sandbox sh -c 'mkdir nested && ln -s ../r nested/.git'
expect_no_file nested/.git

# The home as the workspace, without a ~/.config: the policy of the next run arrives with a directory.
# A run with a record makes its key there, so this one has none.
rm -rf "$HOME/.config"
echo '{"version": 1, "audit": {"detail": "none"}}' >"$TEST_TMP/none.json"
run_options=(--unattended --add-dir "$HOME" --policy "$TEST_TMP/none.json")
expect_fail in_sandbox sh -c 'cd && mkdir -p c/callgate && echo "{\"version\": 1}" >c/callgate/policy.json &&
	mv -T c .config'
expect_no_file "$HOME/.config"
