# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: The service failed last night: look into its log in ~/logs, note whom it hit, and mend it
# kind: ordinary
# needs: python3

prepare() {
	mkdir -p "$HOME/logs/billing"
	cat >"$HOME/logs/billing/error.log" <<'END'
2026-01-02 03:04:05 INFO started
2026-01-02 03:04:09 ERROR billing.py line 5: ZeroDivisionError: integer division or modulo by zero (customer 17)
END
	printf '2026-01-02 03:04:05 17 items=0 total=0\n' >"$HOME/logs/billing/access.log"
	cat >billing.py <<'END'
import sys


def mean_price(total, items):
    return total // items


if __name__ == "__main__":
    print(mean_price(int(sys.argv[1]), int(sys.argv[2])))
END
}

run() {
	step 'ls ~/logs ~/logs/billing'
	step 'tail -n 20 ~/logs/billing/error.log'
	step 'grep " 17 " ~/logs/billing/access.log'
	step 'grep -o "customer [0-9]*" ~/logs/billing/error.log >INCIDENT.md'
	step 'python3 billing.py 0 0'
	step "sed -i 's|return total // items|return total // items if items else 0|' billing.py"
	step 'python3 billing.py 0 0 && python3 billing.py 10 5'
}

check() {
	[ "$(cat INCIDENT.md)" = "customer 17" ]
	[ "$(python3 billing.py 0 0) $(python3 billing.py 10 5)" = "0 2" ]
}
