# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Fix the rounding on the release branch; my changes here must stay as they are
# kind: ordinary
# needs: git python3
# why: work in progress stays untouched while another branch is worked on, beside the project

# Work in progress is not touched by a worktree beside the project, which is where people put them.
prepare() {
	git init -q .
	cat >fee.py <<'END'
def fee(cents):
    """One and a half per cent, to the nearest cent."""
    return cents * 15 // 1000
END
	printf 'import unittest\n\nfrom fee import fee\n\n\nclass Fee(unittest.TestCase):\n    def test_whole(self):\n        self.assertEqual(fee(1000), 15)\n' >test_fee.py
	echo __pycache__/ >.gitignore
	git add .
	git commit -qm 'Fees'
	git branch release-3
	printf '\n\ndef free(cents):\n    return cents < 500\n' >>fee.py
	git commit -qam 'Small amounts are free'
	echo '# half done: ask Bob' >>fee.py
	echo todo >notes.txt
}

run() {
	step 'git status --short --branch && git branch -a'
	step 'git worktree add ../git-worktree-release-3 release-3'
	step 'cd ../git-worktree-release-3 && cat fee.py && python3 -m unittest -q'
	step "cd ../git-worktree-release-3 && sed -i 's,    return cents \* 15 // 1000,    return (cents * 15 + 500) // 1000,' fee.py && git diff"
	step "cd ../git-worktree-release-3 && printf '\n    def test_nearest(self):\n        self.assertEqual(fee(1050), 16)\n' >> test_fee.py && python3 -m unittest -q"
	step 'cd ../git-worktree-release-3 && git commit -qam "Round fees to the nearest cent" && git log --oneline'
	step 'git worktree remove ../git-worktree-release-3'
	step 'git status --short && git log --oneline release-3'
}

check() {
	git show release-3:test_fee.py | grep -q test_nearest
	git show release-3:fee.py | grep -q '+ 500'
	[ "$(git rev-list --count release-3)" = 2 ]
	[ "$(git symbolic-ref --short HEAD)" = main ]
	grep -q 'ask Bob' fee.py
	[ "$(cat notes.txt)" = todo ]
	[ ! -e ../git-worktree-release-3 ]
	[ "$(git worktree list | wc -l)" = 1 ]
}
