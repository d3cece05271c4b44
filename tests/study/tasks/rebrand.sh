# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: The product is called Lumen now, no longer Glow: change it everywhere, file names too
# kind: ordinary
# needs: git rg node
# why: hundreds of files change at once, by pattern, and what looks alike must not

prepare() {
	git init -q .
	for part in core web api docs mobile; do
		mkdir -p "$part/glow"
		for n in $(seq 1 40); do
			cat >"$part/glow/glow-module-$n.js" <<END
// Glow: module $n of $part
const GLOW_${n}_LIMIT = $n;
exports.glowName = () => "Glow $part $n" + (GLOW_${n}_LIMIT > 20 ? " afterglow" : "");
END
		done
	done
	printf '# Glow\n\nGlow makes light. See https://glow.example/start.\n' >README.md
	printf 'const { glowName } = require("./core/glow/glow-module-3.js");\nconsole.log(glowName());\n' >index.js
	git add .
	git commit -qm 'Glow'
}

run() {
	step 'rg -i -c glow | wc -l && rg -io "\w*glow\w*" --no-filename | sort | uniq -c | sort -rn | head -20'
	step 'rg -n "afterglow" | head -3'
	step "rg -l -i glow --null | xargs -0 sed -i -E -e 's/\bGlow\b/Lumen/g' -e 's/\bGLOW_/LUMEN_/g' -e 's/\bglow(Name|-module|\b)/lumen\1/g'"
	step 'for f in $(git ls-files "*/glow/*"); do n=${f//glow/lumen}; mkdir -p $(dirname $n) && git mv $f $n; done; git status --short | wc -l'
	step 'rg -i glow | grep -v afterglow'
	step 'git ls-files | grep -ci glow; node index.js'
	step 'git add -A && git commit -qm "Glow is Lumen" && git show --stat --oneline HEAD | tail -1'
}

check() {
	[ -z "$(git status --porcelain)" ]
	if git ls-files | grep -i glow; then false; fi
	if git grep -in glow | grep -v afterglow; then false; fi
	[ "$(git grep -l afterglow | wc -l)" = 200 ]
	[ "$(node index.js)" = 'Lumen core 3' ]
}
