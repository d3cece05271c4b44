# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Fetch all pages of api.stations.example and make data/stations.csv of them
# kind: ordinary
# needs: curl jq python3
# why: data behind an API is fetched by curl and jq before a line of code is written

prepare() {
	python3 - <<'END'
import json, os

for page in (1, 2, 3):
    rows = [{"id": n, "name": f"Station {n}", "position": {"lat": 50 + n / 10, "lon": 4 - n / 10},
             "open": n % 4 != 0} for n in range(page * 10 - 9, page * 10 + 1)]
    with open(f"../page{page}", "w") as file:
        json.dump({"page": page, "pages": 3, "stations": rows}, file)
END
	for page in 1 2 3; do
		site api.stations.example "v1/stations/$page.json" <"../page$page"
		rm "../page$page"
	done
	printf '# stations\n\nThe API: http://api.stations.example/v1/stations/1.json, and so on; `pages` says how many.\nWanted: data/stations.csv (id,name,lat,lon) of those that are open.\n' >README.md
}

run() {
	step 'cat README.md'
	step 'curl -sS http://api.stations.example/v1/stations/1.json | jq "{page, pages, n: (.stations | length), first: .stations[0]}"'
	step 'mkdir -p data && for p in 1 2 3; do curl -sSf http://api.stations.example/v1/stations/$p.json -o data/page-$p.json || break; done; ls -l data'
	step "jq -r -s '[\"id\", \"name\", \"lat\", \"lon\"], (map(.stations[]) | map(select(.open)) | sort_by(.id)[] | [.id, .name, .position.lat, .position.lon]) | @csv' data/page-*.json > data/stations.csv"
	step 'head -4 data/stations.csv && wc -l data/stations.csv'
	step "python3 -c 'import csv; rows = list(csv.DictReader(open(\"data/stations.csv\"))); print(len(rows), rows[0])'"
	step 'rm data/page-*.json'
}

check() {
	python3 - <<'END'
import csv

rows = list(csv.DictReader(open("data/stations.csv")))
assert [int(r["id"]) for r in rows] == [n for n in range(1, 31) if n % 4]
assert rows[1]["name"] == "Station 2" and float(rows[1]["lat"]) == 50.2
END
	[ "$(ls data)" = stations.csv ]
}
