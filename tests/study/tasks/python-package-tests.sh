# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Set up a virtual environment, install what is needed and run the tests
# kind: ordinary
# needs: python3

prepare() {
	mkdir -p "$HOME/wheel/roman"
	cat >"$HOME/wheel/roman/__init__.py" <<'END'
def to_roman(number):
    text = ""
    for value, letters in [(10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]:
        while number >= value:
            text, number = text + letters, number - value
    return text
END
	python_package "$HOME/wheel"
	rm -r "$HOME/wheel"
	mkdir chapters tests
	echo 'roman' >requirements.txt
	cat >chapters/__init__.py <<'END'
from roman import to_roman


def heading(number, title):
    return f"{to_roman(number)}. {title}"
END
	touch tests/__init__.py
	cat >tests/test_heading.py <<'END'
import unittest

from chapters import heading


class Heading(unittest.TestCase):
    def test_fourteen(self):
        self.assertEqual(heading(14, "Whales"), "XIV. Whales")
END
}

run() {
	step 'ls && cat requirements.txt'
	step 'python3 -m venv .venv'
	step '.venv/bin/pip install -r requirements.txt'
	step '.venv/bin/python -m unittest discover -v'
}

check() {
	[ "$(.venv/bin/python -c 'import chapters; print(chapters.heading(4, "x"))')" = "IV. x" ]
	.venv/bin/python -m unittest discover 2>/dev/null
}
