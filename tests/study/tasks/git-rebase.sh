# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Rebase my branch on main and resolve the conflict
# kind: ordinary
# needs: git python3
# why: the branch is older than main, and both touched the same line

prepare() {
	git init -q .
	cat >greet.py <<'END'
def greet(name):
    return "Hello " + name


if __name__ == "__main__":
    print(greet("world"))
END
	cat >test_greet.py <<'END'
import unittest

from greet import greet


class Greet(unittest.TestCase):
    def test_name(self):
        self.assertIn("Ada", greet("Ada"))
END
	echo __pycache__/ >.gitignore
	git add .
	git commit -qm 'Greet'
	git switch -qc shout
	sed -i 's/def greet(name):/def greet(name, loud=False):/; s/    return .*/    text = "Hello " + name\n    return text.upper() if loud else text/' greet.py
	git commit -qam 'Greet loudly on demand'
	echo '    # see docs' >>greet.py
	git commit -qam 'Mention the documents'
	git switch -q main
	sed -i 's/    return .*/    return f"Hello, {name}!"/' greet.py
	git commit -qam 'Punctuate'
	echo '# greet' >README.md
	git add README.md
	git commit -qm 'Say what it is'
	git switch -q shout
}

run() {
	step 'git status && git log --oneline --graph --all'
	step 'git rebase main'
	step 'git status --short && git diff'
	edit greet.py <<'END'
def greet(name, loud=False):
    text = f"Hello, {name}!"
    return text.upper() if loud else text


if __name__ == "__main__":
    print(greet("world"))
END
	step 'git add greet.py && GIT_EDITOR=true git rebase --continue'
	step 'git log --oneline --graph --all && cat greet.py'
	step 'python3 -m unittest -q && python3 -c "from greet import greet; print(greet(\"Ada\", loud=True))"'
}

check() {
	[ "$(git symbolic-ref --short HEAD)" = shout ]
	git diff --quiet HEAD
	git merge-base --is-ancestor main shout
	[ "$(git rev-list --count main..shout)" = 2 ]
	[ "$(python3 -c 'from greet import greet; print(greet("Ada"), greet("Ada", loud=True))')" = \
		'Hello, Ada! HELLO, ADA!' ]
}
