#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: git
#
# Issue, part 5, "existed": the gitfile of a submodule or worktree that stood before is not replaced, and
# .git/modules/*/config and hooks stay.
. "$TESTS/support/attack.sh"

export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=protocol.file.allow GIT_CONFIG_VALUE_0=always
git init -q "$TEST_TMP/upstream"
git -C "$TEST_TMP/upstream" -c user.name=n -c user.email=e commit -q --allow-empty -m one
git init -q .
git -c user.name=n -c user.email=e commit -q --allow-empty -m one
git submodule --quiet add "$TEST_TMP/upstream" sub || skip "git has no submodules here"
git worktree add -q tree -b tree
mkdir -p evil
git init -q evil
for gitfile in sub/.git tree/.git; do
	text=$(cat "$gitfile")
	for command in "echo 'gitdir: ../evil/.git' >$gitfile" "rm -f $gitfile && [ ! -e $gitfile ]" \
		"mv $gitfile x" "cp -r evil/.git x && mv -T x $gitfile" "ln -sf ../evil/.git $gitfile" \
		"mv ${gitfile%/.git} moved && echo 'gitdir: ../evil/.git' >moved/.git"; do
		expect_fail in_sandbox bash -c "$command"
		rm -rf x
		expect_equal "$(cat "$gitfile" moved/.git 2>/dev/null)" "$text"
		[ ! -d moved ] || mv moved "${gitfile%/.git}"
	done
done
expect_ok in_sandbox git -C sub status
module=.git/modules/sub
for command in "echo x >>$module/config" "mkdir -p $module/hooks; echo x >$module/hooks/post-checkout" \
	"mv $module/config $module/c" "mv .git/modules m" "mv $module m" \
	"echo x >.git/worktrees/tree/config.worktree" "git -C sub config a.b c"; do
	expect_fail in_sandbox bash -c "$command"
done
expect_no_file "$module/hooks/post-checkout"
