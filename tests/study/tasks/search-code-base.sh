# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Who still calls the old logging function? List them in CALLERS.md
# kind: ordinary
# needs: rg

prepare() {
	local i

	for i in $(seq 60); do
		mkdir -p "src/part$((i % 6))"
		printf '#include "log.h"\n\nvoid part_%s(void)\n{\n\tlog_info("part %s");\n}\n' "$i" "$i" \
			>"src/part$((i % 6))/part-$i.c"
	done
	for i in 7 23 42; do
		sed -i 's/log_info/log_old/' "src/part$((i % 6))/part-$i.c"
	done
	mkdir include
	printf 'void log_info(const char *text);\nvoid log_old(const char *text); /* gone in 2.0 */\n' >include/log.h
	git init -q .
	git add .
	git commit -qm 'Parts'
}

run() {
	step 'ls src include'
	step "rg -n 'log_old' ."
	step "grep -rn 'log_old' --include='*.c' src | cut -d: -f1,2"
	step 'sed -n 1,6p src/part1/part-7.c'
	edit CALLERS.md <<'END'
# Callers of log_old

- src/part0/part-42.c
- src/part1/part-7.c
- src/part5/part-23.c
END
}

check() {
	[ "$(grep -o 'src/.*' CALLERS.md | sort)" = "$(grep -rl log_old src | sort)" ]
}
