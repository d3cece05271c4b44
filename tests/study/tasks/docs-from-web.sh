# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Read the weather service's documentation and write a client for it
# kind: ordinary
# needs: curl python3

prepare() {
	site docs.weather.example api.html <<'END'
<html><body><h1>API</h1><p>GET http://api.weather.example/v2/now.json answers {"celsius": number}.</p></body></html>
END
	site api.weather.example v2/now.json <<'END'
{"celsius": 21.5}
END
}

run() {
	step 'curl -s http://docs.weather.example/api.html'
	step 'curl -s http://api.weather.example/v2/now.json'
	edit weather.py <<'END'
import json
import urllib.request


def celsius(url="http://api.weather.example/v2/now.json"):
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)["celsius"]


if __name__ == "__main__":
    print(celsius())
END
	step 'python3 weather.py >now.txt; cat now.txt'
}

check() {
	[ "$(cat now.txt)" = 21.5 ]
	[ "$(python3 weather.py)" = 21.5 ]
}
