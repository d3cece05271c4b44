# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Which customers spent most last year? Join the CSV with the JSON, write report.md
# kind: ordinary
# needs: python3 sqlite3 jq
# why: questions about files of data are answered by a throwaway database

prepare() {
	mkdir data
	python3 - <<'END'
import json

rows = ["order,customer,day,cents"]
for n in range(1, 2001):
    year = 2025 if n % 3 else 2024
    rows.append(f"{n},{n * 7 % 40 + 1},{year}-{n % 12 + 1:02}-{n % 28 + 1:02},{n * 37 % 9000 + 100}")
open("data/orders.csv", "w").write("\n".join(rows) + "\n")
people = [{"id": i, "name": f"Customer {i:02}", "country": ["BE", "NO", "LV"][i % 3]} for i in range(1, 41)]
json.dump({"customers": people}, open("data/customers.json", "w"), indent=1)
END
}

run() {
	step 'ls -l data && head -5 data/orders.csv && wc -l data/orders.csv'
	step "jq '.customers | length, .[0]' data/customers.json"
	edit load.py <<'END'
"""Loads data/ into shop.db."""
import csv
import json
import sqlite3

with sqlite3.connect("shop.db") as db:
    db.executescript("""
        DROP TABLE IF EXISTS orders;
        DROP TABLE IF EXISTS customers;
        CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, country TEXT);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers, day TEXT,
                             cents INTEGER);
    """)
    with open("data/customers.json") as file:
        people = json.load(file)["customers"]
    db.executemany("INSERT INTO customers VALUES (:id, :name, :country)", people)
    with open("data/orders.csv", newline="") as file:
        db.executemany("INSERT INTO orders VALUES (:order, :customer, :day, :cents)", csv.DictReader(file))
    print(db.execute("SELECT count(*) FROM orders").fetchone()[0], "orders")
END
	step 'python3 load.py'
	step "sqlite3 -header -column shop.db \"SELECT name, country, count(*) AS orders, sum(cents) / 100.0 AS spent FROM orders JOIN customers ON customers.id = customer WHERE day LIKE '2025-%' GROUP BY customer ORDER BY sum(cents) DESC, name LIMIT 5\""
	step "{ echo '# Customers of 2025'; echo; sqlite3 -header -markdown shop.db \"SELECT name, country, count(*) AS orders, printf('%.2f', sum(cents) / 100.0) AS spent FROM orders JOIN customers ON customers.id = customer WHERE day LIKE '2025-%' GROUP BY customer ORDER BY sum(cents) DESC, name LIMIT 5\"; } > report.md"
	step 'cat report.md'
}

check() {
	python3 - <<'END'
import collections, csv, json

names = {c["id"]: c["name"] for c in json.load(open("data/customers.json"))["customers"]}
spent = collections.Counter()
for row in csv.DictReader(open("data/orders.csv")):
    if row["day"].startswith("2025"):
        spent[int(row["customer"])] += int(row["cents"])
best = sorted(spent, key=lambda c: (-spent[c], names[c]))[:5]
rows = [line.split("|") for line in open("report.md") if line.startswith("| Customer ")]
assert [(r[1].strip(), r[4].strip()) for r in rows] == \
       [(names[c], f"{spent[c] / 100:.2f}") for c in best], rows
END
}
