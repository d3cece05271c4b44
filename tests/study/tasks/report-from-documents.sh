# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Make a report of the expenses in ~/Documents/expenses
# kind: ordinary
# needs: python3

prepare() {
	mkdir "$HOME/Documents/expenses"
	printf 'date,what,cents\n2026-01-03,train,4200\n2026-01-09,hotel,12000\n' >"$HOME/Documents/expenses/january.csv"
	printf 'date,what,cents\n2026-02-03,train,4400\n' >"$HOME/Documents/expenses/february.csv"
}

run() {
	step 'ls -l ~/Documents/expenses'
	step 'head -3 ~/Documents/expenses/january.csv'
	edit report.py <<'END'
import collections
import csv
import pathlib

sums = collections.Counter()
for path in (pathlib.Path.home() / "Documents/expenses").glob("*.csv"):
    with path.open() as file:
        for row in csv.DictReader(file):
            sums[row["what"]] += int(row["cents"])
lines = [f"| {what} | {cents / 100:.2f} |" for what, cents in sorted(sums.items())]
pathlib.Path("report.md").write_text("| what | euro |\n|---|---|\n" + "\n".join(lines) + "\n")
END
	step 'python3 report.py'
	step 'cat report.md'
}

check() {
	grep -qF '| train | 86.00 |' report.md
	grep -qF '| hotel | 120.00 |' report.md
}
