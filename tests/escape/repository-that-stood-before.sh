#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: git
#
# Issue, part 5: in a repository that stood before add, commit, branch, worktree, stash, merge and gc
# work, while its hooks and config stay.
. "$TESTS/support/attack.sh"

git init -q -b main .
git config user.name n
git config user.email e@example.com
echo 1 >file
git add file
git commit -qm one
config=$(cat .git/config)
hooks=$(ls .git/hooks)
expect_ok in_sandbox bash -c '
	set -e
	echo 2 >file; git add -A; git commit -qm two
	git branch side; git checkout -q side; echo 3 >other; git add other; git commit -qm three
	git checkout -q main; git merge -q side -m merged
	echo 4 >file; git stash -q; git stash pop -q; git checkout -q file
	git worktree add -q tree side 2>/dev/null || git worktree add -q tree -b tree
	cd tree; echo 5 >five; git add five; git commit -qm five; cd ..
	git worktree remove tree
	git tag t; git gc -q; git reset -q --hard HEAD~1; git log --oneline >/dev/null'
expect_equal "$(cat .git/config)" "$config"
expect_equal "$(ls .git/hooks)" "$hooks"
