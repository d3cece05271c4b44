# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Rename calc_total to order_total, here and in the library beside
# kind: ordinary
# needs: git python3

# The library is a repository of its own, in ~/src/pricing: people keep what belongs together side by side.
prepare() {
	mkdir -p ../pricing/pricing ../pricing/tests shop tests
	cat >../pricing/pricing/__init__.py <<'END'
from .totals import calc_total
from .tax import with_tax

__all__ = ["calc_total", "with_tax"]
END
	cat >../pricing/pricing/totals.py <<'END'
def calc_total(lines):
    """The sum of (price, count) lines."""
    return sum(price * count for price, count in lines)
END
	cat >../pricing/pricing/tax.py <<'END'
from .totals import calc_total


def with_tax(lines, percent):
    return round(calc_total(lines) * (100 + percent) / 100, 2)
END
	cat >../pricing/tests/test_totals.py <<'END'
import unittest

from pricing import calc_total, with_tax


class Totals(unittest.TestCase):
    def test_calc_total(self):
        self.assertEqual(calc_total([(2, 3), (5, 1)]), 11)

    def test_with_tax(self):
        self.assertEqual(with_tax([(10, 1)], 20), 12)
END
	cat >shop/basket.py <<'END'
from pricing import calc_total


class Basket:
    def __init__(self):
        self.lines = []

    def add(self, price, count=1):
        self.lines.append((price, count))

    def total(self):
        return calc_total(self.lines)
END
	cat >shop/invoice.py <<'END'
import pricing


def invoice(lines):
    net = pricing.calc_total(lines)
    gross = pricing.with_tax(lines, 20)
    return f"net {net:.2f}, gross {gross:.2f}"
END
	cat >tests/test_shop.py <<'END'
import unittest
from unittest import mock

from shop.basket import Basket
from shop.invoice import invoice


class Shop(unittest.TestCase):
    def test_basket(self):
        basket = Basket()
        basket.add(3, 2)
        with mock.patch("shop.basket.calc_total", return_value=6) as total:
            self.assertEqual(basket.total(), 6)
        total.assert_called_once()

    def test_invoice(self):
        self.assertEqual(invoice([(10, 1)]), "net 10.00, gross 12.00")
END
	touch shop/__init__.py tests/__init__.py ../pricing/tests/__init__.py
	echo __pycache__/ | tee .gitignore >../pricing/.gitignore
	for place in . ../pricing; do
		git -C "$place" init -q
		git -C "$place" add .
		git -C "$place" commit -qm 'Totals'
	done
}

run() {
	step "grep -rnw calc_total . ../pricing --include='*.py'"
	step 'PYTHONPATH=../pricing python3 -m unittest -q'
	step "grep -rlw calc_total ../pricing --include='*.py' | xargs sed -i 's/\bcalc_total\b/order_total/g'"
	step 'cd ../pricing && python3 -m unittest -q'
	step "grep -rlw calc_total . --include='*.py' | xargs sed -i 's/\bcalc_total\b/order_total/g'"
	step 'sed -i s/test_calc_total/test_order_total/ ../pricing/tests/test_totals.py'
	step 'PYTHONPATH=../pricing python3 -m unittest -q'
	step 'git diff --stat && git -C ../pricing diff --stat'
	step 'git -C ../pricing commit -qam "Call it order_total"'
	step 'git commit -qam "Follow pricing: order_total" && git status --short'
}

check() {
	if grep -rn calc_total . ../pricing --include='*.py'; then false; fi
	(cd ../pricing && python3 -m unittest -q)
	PYTHONPATH=../pricing python3 -m unittest -q
	for place in . ../pricing; do
		git -C "$place" diff --quiet HEAD
		[ "$(git -C "$place" rev-list --count HEAD)" = 2 ]
	done
}
