# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Move calc_total out of utils into a module of its own, as order_total, in all packages
# kind: ordinary
# needs: git python3
# why: a function gets a better name and place, and all who use it follow

prepare() {
	mkdir -p pricing shop/pages reports tests
	touch pricing/__init__.py shop/__init__.py shop/pages/__init__.py reports/__init__.py tests/__init__.py
	cat >pricing/utils.py <<'END'
def calc_total(lines):
    """The sum of (price, count) lines."""
    return sum(price * count for price, count in lines)


def with_tax(lines, percent):
    return round(calc_total(lines) * (100 + percent) / 100, 2)
END
	cat >shop/basket.py <<'END'
from pricing.utils import calc_total


class Basket:
    def __init__(self):
        self.lines = []

    def add(self, price, count=1):
        self.lines.append((price, count))

    def total(self):
        return calc_total(self.lines)
END
	cat >shop/pages/invoice.py <<'END'
from pricing import utils


def invoice(lines):
    return f"net {utils.calc_total(lines):.2f}, gross {utils.with_tax(lines, 20):.2f}"
END
	cat >reports/monthly.py <<'END'
from pricing.utils import calc_total, with_tax


def monthly(orders):
    return [(calc_total(order), with_tax(order, 20)) for order in orders]
END
	cat >tests/test_all.py <<'END'
import unittest
from unittest import mock

from reports.monthly import monthly
from shop.basket import Basket
from shop.pages.invoice import invoice


class All(unittest.TestCase):
    def test_basket(self):
        basket = Basket()
        basket.add(3, 2)
        with mock.patch("shop.basket.calc_total", return_value=6) as total:
            self.assertEqual(basket.total(), 6)
        total.assert_called_once()

    def test_invoice(self):
        self.assertEqual(invoice([(10, 1)]), "net 10.00, gross 12.00")

    def test_monthly(self):
        self.assertEqual(monthly([[(5, 2)]]), [(10, 12)])
END
	echo __pycache__/ >.gitignore
	git init -q .
	git add .
	git commit -qm 'Shop'
}

run() {
	step "grep -rnw --include='*.py' -e calc_total -e utils ."
	step 'python3 -m unittest -q'
	edit pricing/totals.py <<'END'
"""Totals of orders."""


def order_total(lines):
    """The sum of (price, count) lines."""
    return sum(price * count for price, count in lines)
END
	edit pricing/utils.py <<'END'
from .totals import order_total


def with_tax(lines, percent):
    return round(order_total(lines) * (100 + percent) / 100, 2)
END
	step "sed -i -e 's/^from pricing.utils import calc_total\$/from pricing.totals import order_total/' -e 's/\bcalc_total\b/order_total/g' shop/basket.py tests/test_all.py"
	edit shop/pages/invoice.py <<'END'
from pricing.totals import order_total
from pricing.utils import with_tax


def invoice(lines):
    return f"net {order_total(lines):.2f}, gross {with_tax(lines, 20):.2f}"
END
	step 'python3 -m unittest -q'
	edit reports/monthly.py <<'END'
from pricing.totals import order_total
from pricing.utils import with_tax


def monthly(orders):
    return [(order_total(order), with_tax(order, 20)) for order in orders]
END
	step "grep -rn --include='*.py' calc_total . ; python3 -m unittest"
	step 'git add -A && git diff --cached --stat && git commit -qm "Give totals a module of their own"'
}

check() {
	if grep -rn calc_total --include='*.py' .; then false; fi
	python3 -m unittest -q
	python3 -c 'from pricing.totals import order_total; assert order_total([(2, 3), (5, 1)]) == 11'
	if grep -n 'def order_total' pricing/utils.py; then false; fi
	git diff --quiet HEAD
}
