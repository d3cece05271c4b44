#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: git make cc curl sqlite3
# timeout: 240
#
# docs/tutorial-audit.md: each command of it, in its order, prints what the document says; and the
# report that it makes has the numbers of the same day.
. "$TESTS/support/sandbox.sh"

mkdir "$TEST_TMP/bin"
ln -s "$CALLGATE" "$TEST_TMP/bin/callgate"
if ! PATH=$TEST_TMP/bin:$PATH "$TESTS/support/run-document" "$DOCS/tutorial-audit.md"; then
	fail "the commands of the tutorial should print what it says"
fi

# Of the real runs, the page has each number that stats has.
expect_ok "$CALLGATE" report -o "$TEST_TMP/day.html" --policy "$HOME/strict.json"
"$CALLGATE" stats --json >"$TEST_TMP/stats.json"
expect_ok /usr/bin/python3 - "$TEST_TMP/stats.json" "$TEST_TMP/day.html" <<'END'
import json, re, sys, xml.etree.ElementTree
stats, page = json.load(open(sys.argv[1])), open(sys.argv[2]).read()
xml.etree.ElementTree.fromstring(page.split("\n", 1)[1])
found = {name: float(value) for name, value in re.findall(r'<data id="n-([^"]*)" value="([^"]*)"', page)}
def scalars(value, within=""):
    for name, what in value.items():
        if isinstance(what, dict):
            yield from scalars(what, within + name + ".")
        elif isinstance(what, (int, float)):
            yield within + name, what
wanted = dict(scalars(stats))
del wanted["v"]
assert set(found) == set(wanted), set(found) ^ set(wanted)
for name, value in wanted.items():
    assert abs(found[name] - value) < 1e-6 * max(1, value), (name, found[name], value)
END
for words in 'was kept from reading <code>~/.ssh/id_rsa</code>' 'colours.example:80' \
	'of 11 runs whole and signed' 'sh deps/colours/setup.sh' 'never used\|calls answered'; do
	grep -q -- "$words" "$TEST_TMP/day.html" || fail "the report should have: $words"
done
expect_ok "$CALLGATE" report -o "$TEST_TMP/kind.html" "$HOME/kind.jsonl"
grep -q 'is not as it was written: line [0-9]*: was changed' "$TEST_TMP/kind.html" ||
	fail "the report should say that the record was changed"
