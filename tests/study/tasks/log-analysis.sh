# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: The shop was slow yesterday: look at the logs and say what it was
# kind: ordinary
# needs: python3
# why: logs are too long to read: they are counted

prepare() {
	mkdir -p logs
	python3 - <<'END'
import gzip

def lines(day, slow):
    for n in range(3000):
        path = ["/", "/cart", "/search?q=tea", "/checkout", "/static/app.js"][n * 7 % 5]
        late = slow and path.startswith("/search") and n > 1200
        status = 504 if late and n % 4 == 0 else 200
        ms = 4000 + n % 900 if late else 5 + n % 40
        yield (f"10.0.{n % 3}.{n % 200} - - [{day}/Nov/2026:{n // 150:02}:{n % 60:02}:00 +0000] "
               f'"GET {path} HTTP/1.1" {status} {n % 5000 + 200} {ms}ms\n')

with gzip.open("logs/access.log.1.gz", "wt") as file:
    file.writelines(lines(19, False))
with open("logs/access.log", "w") as file:
    file.writelines(lines(20, True))
with open("logs/error.log", "w") as file:
    for n in range(60):
        file.write(f"2026-11-20T{8 + n // 6:02}:{n % 60:02}:00Z search: no index on products.name, "
                   f"full scan of 812345 rows\n")
END
	printf '# shop\n\nHow incidents are written up: incidents/YYYY-MM-DD.md, with numbers.\n' >README.md
}

run() {
	step 'ls -l logs'
	step 'tail -3 logs/access.log'
	step "awk '{ path = \$7; sub(/\\?.*/, \"\", path); ms = \$NF + 0; n[path]++; sum[path] += ms; if (ms > most[path]) most[path] = ms } END { for (p in n) printf \"%-16s %6d %9.1f %6d\\n\", p, n[p], sum[p] / n[p], most[p] }' logs/access.log | sort -k3 -rn"
	step "zcat logs/access.log.1.gz | awk '{ path = \$7; sub(/\\?.*/, \"\", path); n[path]++; sum[path] += \$NF + 0 } END { for (p in n) printf \"%-16s %6d %9.1f\\n\", p, n[p], sum[p] / n[p] }' | sort -k3 -rn"
	step "awk '\$9 >= 500 { split(\$4, t, \":\"); by[t[2]]++ } END { for (h in by) print h \":00\", by[h] }' logs/access.log | sort"
	step "cut -d' ' -f2- logs/error.log | sort | uniq -c | sort -rn | head -3"
	step "grep -c '\" 504 ' logs/access.log"
	edit incidents/2026-11-20.md <<'END'
# 2026-11-20: slow search

From 08:00 on, /search took more than 4 s (the day before: 25 ms), and 90 requests ended with 504.
All other pages were as fast as ever.

Cause: `no index on products.name`: each search is a full scan of 812345 rows (error.log, 60 times).
END
	step 'cat incidents/2026-11-20.md'
}

check() {
	grep -q '/search' incidents/2026-11-20.md
	grep -q 'products.name' incidents/2026-11-20.md
	grep -q "$(grep -c '" 504 ' logs/access.log) requests" incidents/2026-11-20.md
	[ "$(grep -c '" 504 ' logs/access.log)" -gt 50 ]
}
