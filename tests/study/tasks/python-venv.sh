# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Set up a virtual environment from the wheels in vendor/ and run the report (.venv is not for git)
# kind: ordinary
# needs: python3
# why: a project is set up as its requirements say, offline

prepare() {
	mkdir vendor data
	python3 - <<'END'
import zipfile

def wheel(name, version, files):
    info = f"{name}-{version}.dist-info"
    files = dict(files)
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: hand\n" \
                             "Root-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(f"vendor/{name}-{version}-py3-none-any.whl", "w") as out:
        for path, text in files.items():
            out.writestr(path, text)

wheel("columns", "2.1.0", {"columns.py": '''def align(rows):
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(str(c).ljust(w) for c, w in zip(row, widths)).rstrip() for row in rows]
'''})
wheel("totals", "0.9", {"totals/__init__.py": '''from collections import Counter

def by(rows, key, value):
    counter = Counter()
    for row in rows:
        counter[row[key]] += int(row[value])
    return counter.most_common()
'''})
END
	printf 'columns==2.1.0\ntotals==0.9\n' >requirements.txt
	printf 'city,sold\nGent,4\nOslo,11\nGent,9\nRiga,2\n' >data/sales.csv
	cat >report.py <<'END'
import csv
import sys

import columns
import totals

with open(sys.argv[1], newline="") as file:
    rows = list(csv.DictReader(file))
for line in columns.align(totals.by(rows, "city", "sold")):
    print(line)
END
	printf '# report\n\nNeeds the wheels of requirements.txt (in vendor/, we are offline).\n' >README.md
}

run() {
	step 'cat README.md requirements.txt report.py && ls vendor'
	step 'python3 --version && python3 -m venv .venv'
	step '.venv/bin/pip install --no-index --find-links vendor -r requirements.txt'
	step '.venv/bin/pip list'
	step '.venv/bin/python report.py data/sales.csv'
	step '.venv/bin/python report.py data/sales.csv > report.txt && cat report.txt'
	edit .gitignore <<'END'
.venv/
__pycache__/
report.txt
END
}

check() {
	grep -qx .venv/ .gitignore
	.venv/bin/python -c 'import columns, totals; assert columns.__file__.find(".venv") > 0'
	printf 'Gent  13\nOslo  11\nRiga  2\n' | cmp - report.txt
}
