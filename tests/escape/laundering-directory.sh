#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "Moving is not laundering", and the issue, part 5: a guarded name that is not there
# yet is not made by moving a directory that holds it, nor by a link above it.
. "$TESTS/support/attack.sh"

expect_ok in_sandbox bash -c 'mkdir plain && mv plain other && mv other plain'
for guarded in .claude/settings.json .claude/hooks/run .cursor/mcp.json .codex/config.toml \
	.gemini/settings.json .opencode/tool/x; do
	name=${guarded%%/*}
	for command in 'mv -T made "$1"' 'ln -s made "$1"' 'ln -s made link; mv -T link "$1"' \
		'ln -s made link; ln -P link "$1"'; do
		rm -rf made link "$name"
		mkdir -p "made/$(dirname "${guarded#*/}")"
		echo x >"made/${guarded#*/}"
		expect_fail in_sandbox bash -c "$command" bash "$name"
		expect_no_file "$name/${guarded#*/}"
	done
done
rm -rf .claude made
mkdir -p made/hooks
expect_output "EXDEV EXDEV ok" agent <<'END'
os.mkdir(".claude")
os.mkdir("empty")
os.mkdir("empty2")
say(system_call("renameat2", AT_FDCWD, b"made", AT_FDCWD, b".claude", 2),
    system_call("rename", b"made", b".claude"),
    system_call("renameat2", AT_FDCWD, b"empty", AT_FDCWD, b"empty2", 2))
END
# With the home added: no ~/.config of the agent's making. A run with a record makes its key there, so
# this one has none.
rm -rf "$HOME/.config"
echo '{"version": 1, "audit": {"detail": "none"}}' >"$TEST_TMP/none.json"
run_options=(--unattended --add-dir "$HOME" --policy "$TEST_TMP/none.json")
expect_fail in_sandbox ln -s work "$HOME/.config"
expect_no_file "$HOME/.config"
expect_ok in_sandbox ln -s work "$HOME/elsewhere"
