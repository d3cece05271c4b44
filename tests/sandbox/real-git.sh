#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# git on a tree of 5,000 files: a new repository, its history, worktrees, branches, stash, rebase and
# a local clone are what they are without callgate.
# needs: git
# timeout: 300
. "$TESTS/support/sandbox.sh"
. "$TESTS/support/real-work.sh"

export GIT_AUTHOR_DATE="2024-01-01T00:00:00Z" GIT_COMMITTER_DATE="2024-01-01T00:00:00Z"
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org
export GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.org

both_ways <<'END'
git init -q -b main repository
cd repository
for i in $(seq 50); do
	mkdir -p "d$i"
	for j in $(seq 100); do
		echo "file $i $j" >"d$i/f$j.txt"
	done
done
git add .
git commit -q -m first
git status --short
git log --oneline --stat | tail -n 1
git config user.name B
git config --get user.name

git checkout -q -b topic
sed -i 's/file/FILE/' d1/*.txt
git commit -q -a -m topic
git checkout -q main
echo other >other.txt
git add other.txt
git commit -q -m other
git rebase -q main topic
git log --format=%s
git merge -q --no-ff -m merged topic || git status
echo changed >>other.txt
git stash -q
git stash list
git stash pop -q
git diff --stat
git commit -q -a -m changed
git tag -a -m one v1
git worktree add -q ../tree main
cd ../tree
echo w >w.txt
git add w.txt
git commit -q -m 'in the worktree'
cd ../repository
git worktree list | wc -l
git worktree remove ../tree
git branch -a
git gc -q
git fsck --no-progress
cd ..
git clone -q repository clone
git clone -q --no-hardlinks --bare repository bare.git
git -C clone log --oneline | wc -l
git -C clone mv d2 d2-moved
git -C clone rm -q -r d3
git -C clone commit -q -m moves
git -C clone push -q origin HEAD:refs/heads/back
git -C clone pull -q --ff-only origin back
git -C clone grep -c FILE | wc -l
git -C clone reset -q --hard HEAD~1
git -C clone clean -qfdx
git -C clone submodule status
git -C clone archive --format=tar HEAD d4 | tar t | wc -l
git -C clone format-patch -q -1 -o ../patches
git -C repository checkout -q --detach main~1
git -C repository am -q "$PWD"/patches/*.patch 2>&1 || git -C repository am --abort
ls repository/.git/hooks | wc -l
END
same_trees ! -name index ! -path '*/logs/*' ! -name '*.pack' ! -name '*.idx' ! -name '*.rev'

# A repository that stood before: work goes on in it, its hooks and its configuration stay.
mkdir stood
git init -q -b main stood
echo one >stood/one
git -C stood add one
git -C stood commit -q -m one
git -C stood config user.name Before
cat >after.sh <<'END'
cd stood
echo two >two
git add two && git commit -q -m two && git checkout -q -b side && git log --oneline | wc -l
END
expect_output 2 in_sandbox bash after.sh
expect_error "Permission denied" in_sandbox git -C stood config user.name After
expect_equal "$(git -C stood config user.name)" Before
expect_fail in_sandbox sh -c 'echo evil >stood/.git/hooks/pre-commit'
expect_no_file stood/.git/hooks/pre-commit
# git commit --amend, gc and repack rewrite what is there.
expect_ok in_sandbox git -C stood commit -q --amend -m again
expect_ok in_sandbox git -C stood gc -q
expect_ok in_sandbox git -C stood fsck --no-progress
expect_ok git -C stood fsck --no-progress

# How long: git add of 5,000 files against bare.
printf 'git add and what follows: bare %s ms, in the sandbox %s ms\n' "$bare_ms" "$kept_ms"
