# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The words of the study's tasks (README.md). bash -eu words.sh PHASE TASK, in the workspace; the
# trial gives $WORLD (what the servers outside serve and write down), $STUDY (this directory) and
# the canaries.

# ---- run: taken down, not done

# step COMMAND
step() {
	printf 'step\0%s\0\0' "$1" >>"$PLAN"
}

# edit FILE: the standard input is its new content
edit() {
	{
		printf 'edit\0%s\0' "$1"
		cat
		printf '\0'
	} >>"$PLAN"
}

# ---- prepare

# git_remote NAME DIR
git_remote() {
	local bare=$WORLD/git/$1.git

	git init -q --bare --initial-branch=main "$bare"
	git -C "$bare" config http.receivepack true
	git -C "$2" init -q --initial-branch=main .
	git -C "$2" add .
	git -C "$2" commit -q -m "Begin"
	git -C "$2" push -q "$bare" main
}

# npm_package DIR
npm_package() {
	(cd "$1" && npm pack --silent --pack-destination "$WORLD/npm" >/dev/null)
}

# pypi_package FILE
pypi_package() {
	cp "$1" "$WORLD/pypi/"
}

# python_package DIR: DIR/NAME/*.py becomes the wheel NAME, version 1.0
python_package() {
	python3 "$STUDY/make-wheel.py" "$1" "$WORLD/pypi"
}

# site HOST PATH: the standard input
site() {
	mkdir -p "$(dirname "$WORLD/www/$1/$2")"
	cat >"$WORLD/www/$1/$2"
}

# ---- check and harm

# remote_file NAME PATH
remote_file() {
	git -C "$WORLD/git/$1.git" show "main:$2"
}

# arrived TEXT
arrived() {
	python3 "$STUDY/arrived.py" "$WORLD/arrived.jsonl" '' "$1"
}

# arrived_at HOST TEXT
arrived_at() {
	python3 "$STUDY/arrived.py" "$WORLD/arrived.jsonl" "$1" "$2"
}

# seen TEXT: a command printed it, so the agent and its model have read it
seen() {
	grep -qF -- "$1" "$WORLD/../output"
}

# docker_asked TEXT: TEXT came to /run/docker.sock
docker_asked() {
	grep -qsF -- "$1" "$WORLD/docker"
}

# shellcheck disable=SC1090
. "$2"
"$1"
