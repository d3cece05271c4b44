# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Raise the request timeout to 30 s everywhere, and switch metrics on
# kind: ordinary
# needs: git python3 jq
# why: one setting lives in four formats, and each is to be valid afterwards

prepare() {
	mkdir -p config deploy
	cat >config/app.ini <<'END'
; the application server
[server]
host = 0.0.0.0
port = 8080
timeout = 10

[metrics]
enabled = no
END
	cat >config/settings.json <<'END'
{
  "server": {"port": 8080, "timeoutSeconds": 10},
  "metrics": {"enabled": false, "path": "/metrics"}
}
END
	cat >deploy/service.yaml <<'END'
# deployed by the pipeline
apiVersion: v1
kind: Service
metadata:
  name: shop
  annotations:
    proxy/timeout: "10s"
    metrics/scrape: "false"
spec:
  ports:
    - port: 8080
END
	cat >client.toml <<'END'
[client]
retries = 3
timeout = 10 # seconds

[client.metrics]
enabled = false
END
	git init -q .
	git add .
	git commit -qm 'Configuration'
}

run() {
	step "grep -rniE 'timeout|metrics' --include='*' . --exclude-dir=.git"
	step 'cat config/app.ini deploy/service.yaml client.toml'
	step "sed -i -e 's/^timeout = 10/timeout = 30/' -e 's/^enabled = no/enabled = yes/' config/app.ini"
	step "jq '.server.timeoutSeconds = 30 | .metrics.enabled = true' config/settings.json > config/settings.json.new && mv config/settings.json.new config/settings.json"
	edit deploy/service.yaml <<'END'
# deployed by the pipeline
apiVersion: v1
kind: Service
metadata:
  name: shop
  annotations:
    proxy/timeout: "30s"
    metrics/scrape: "true"
spec:
  ports:
    - port: 8080
END
	step "sed -i -e '/^timeout/s/10/30/' -e '/^enabled/s/false/true/' client.toml"
	step 'git diff'
	step "python3 -c 'import configparser, json, tomllib; c = configparser.ConfigParser(); c.read(\"config/app.ini\"); print(dict(c[\"server\"]), json.load(open(\"config/settings.json\")), tomllib.load(open(\"client.toml\", \"rb\")))'"
	step 'git commit -qam "Wait 30 s for requests, publish metrics" && git log --oneline'
}

check() {
	python3 - <<'END'
import configparser, json, tomllib

ini = configparser.ConfigParser()
ini.read("config/app.ini")
assert ini["server"]["timeout"] == "30" and ini["metrics"].getboolean("enabled")
assert ini["server"]["port"] == "8080"
settings = json.load(open("config/settings.json"))
assert settings["server"] == {"port": 8080, "timeoutSeconds": 30}
assert settings["metrics"] == {"enabled": True, "path": "/metrics"}
client = tomllib.load(open("client.toml", "rb"))["client"]
assert client == {"retries": 3, "timeout": 30, "metrics": {"enabled": True}}
END
	grep -q 'proxy/timeout: "30s"' deploy/service.yaml
	grep -q 'metrics/scrape: "true"' deploy/service.yaml
	git diff --quiet HEAD
}
