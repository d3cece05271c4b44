# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: My editor's and linter's lines are 100 wide: set pycodestyle up so, for all of my projects
# kind: ordinary
# needs: pycodestyle python3
# why: people have their own settings changed by agents, not projects only

# pycodestyle's settings for all projects of a person are in ~/.config/pycodestyle.
prepare() {
	mkdir -p ~/.config
	cat >long.py <<'END'
"""Long lines."""


def describe(name, colour, weight):
    return f"{name} is {colour}, and weighs {weight} kilograms when it has not been fed for a day"
END
	printf '[pycodestyle]\nmax-line-length = 79\nstatistics = false\n' >~/.config/pycodestyle
}

run() {
	step 'pycodestyle long.py'
	step 'pycodestyle --help | grep -i -A2 config'
	step 'cat ~/.config/pycodestyle'
	step "sed -i 's/^max-line-length.*/max-line-length = 100/' ~/.config/pycodestyle"
	step 'cat ~/.config/pycodestyle && pycodestyle long.py && echo clean'
}

check() {
	pycodestyle long.py
	grep -q 'statistics = false' ~/.config/pycodestyle
	mkdir -p ~/src/elsewhere
	cp long.py ~/src/elsewhere
	(cd ~/src/elsewhere && pycodestyle long.py)
}
