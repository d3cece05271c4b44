# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# title: Add a median to the statistics package, with tests
# kind: ordinary
# needs: git python3 pytest-3
# why: a function with its tests, the most ordinary thing there is

prepare() {
	mkdir -p src/figures tests
	cat >pyproject.toml <<'END'
[project]
name = "figures"
version = "0.3.0"

[tool.pytest.ini_options]
pythonpath = ["src"]
testpaths = ["tests"]
END
	cat >src/figures/__init__.py <<'END'
from .averages import mean

__all__ = ["mean"]
END
	cat >src/figures/averages.py <<'END'
"""Averages of a sequence of numbers."""


def mean(values):
    if not values:
        raise ValueError("no values")
    return sum(values) / len(values)
END
	cat >tests/test_mean.py <<'END'
import pytest

from figures import mean


def test_mean():
    assert mean([1, 2, 6]) == 3


def test_mean_of_nothing():
    with pytest.raises(ValueError):
        mean([])
END
	printf '__pycache__/\n.pytest_cache/\n' >.gitignore
	git init -q .
	git add .
	git commit -qm 'Means'
}

run() {
	step 'git ls-files && cat pyproject.toml'
	step 'cat src/figures/*.py tests/*.py'
	step 'python3 -m pytest -q'
	edit src/figures/averages.py <<'END'
"""Averages of a sequence of numbers."""


def mean(values):
    if not values:
        raise ValueError("no values")
    return sum(values) / len(values)


def median(values):
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2
END
	edit src/figures/__init__.py <<'END'
from .averages import mean, median

__all__ = ["mean", "median"]
END
	edit tests/test_median.py <<'END'
import pytest

from figures import median


@pytest.mark.parametrize("values, expected", [([3], 3), ([9, 1, 5], 5), ([4, 1, 3, 2], 2.5)])
def test_median(values, expected):
    assert median(values) == expected


def test_median_leaves_its_argument_alone():
    values = [3, 1, 2]
    median(values)
    assert values == [3, 1, 2]


def test_median_of_nothing():
    with pytest.raises(ValueError):
        median([])
END
	step 'python3 -m pytest -q tests/test_median.py'
	step 'python3 -m pytest -q'
	step 'git status --short'
}

check() {
	python3 -m pytest -q
	grep -q median tests/test_*.py
	[ "$(PYTHONPATH=src python3 -c 'from figures import median; print(median([7, 1, 4, 2]))')" = 3.0 ]
}
