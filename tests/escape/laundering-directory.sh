#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "Moving is not laundering", and the issue, part 5: a guarded name that is not there
# yet is not made by moving a directory that holds it, nor by a link above it.
. "$TESTS/support/attack.sh"

expect_ok in_sandbox bash -c 'mkdir -p made/hooks plain && echo x >made/hooks/run &&
	echo x >made/settings.json && echo x >made/mcp.json && mv plain other && mv other plain'
for name in .claude .cursor .codex .gemini .opencode; do
	for command in 'mv -T made "$1" && [ ! -e made ]' 'ln -s made "$1"' \
		'ln -s made l$1; mv -T l$1 "$1"' 'ln -s made h$1; ln h$1 "$1"'; do
		test_run in_sandbox bash -c "$command" bash "$name"
		if [ -e "$name/settings.json" ] || [ -e "$name/hooks/run" ] || [ -L "$name" ] ||
			[ -e "$name/mcp.json" ]; then
			[ "$name/settings.json" != .cursor/settings.json ] || [ -e "$name/mcp.json" ] ||
				[ -L "$name" ] || continue
			fail "$name should not hold what may not be written: $command"
			find "$name"
		fi
		rm -rf "$name"
	done
done
[ -d made/hooks ] || fail "made should be where it was"
expect_output "EXDEV EXDEV ok" agent <<'END'
os.mkdir(".claude")
os.mkdir("empty")
os.mkdir("empty2")
say(system_call("renameat2", AT_FDCWD, b"made", AT_FDCWD, b".claude", 2),
    system_call("rename", b"made", b".claude"),
    system_call("renameat2", AT_FDCWD, b"empty", AT_FDCWD, b"empty2", 2))
END
# With the home as workspace: no ~/.config of the agent's making.
cd "$HOME" || exit 1
expect_fail in_sandbox ln -s work "$HOME/.config"
expect_ok in_sandbox ln -s work elsewhere
