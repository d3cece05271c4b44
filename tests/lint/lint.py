# SPDX-License-Identifier: Apache-2.0
"""What the checks of the text share: the files of the tree, the report, the test of a check.

A check is a function of the tree's root that yields (file, line, what is wrong). Each proves with
--self-test that it can fail: it is run over small trees that it must find fault with, and over one
that it must pass.
"""
import pathlib
import sys
import tempfile

TOPS = ("enforcer", "filters", "agent-shim", "tests", "docs", ".ci")
SKIP = 77


def files(root, *suffixes, tops=TOPS):
    """The tree's files, without what was built. No suffix: all of them, and the root's own."""
    found = [p for p in root.glob("*") if p.is_file()]
    for top in tops:
        found += [p for p in (root / top).rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    return sorted(p for p in found if not suffixes or p.suffix in suffixes)


def exceptions(root, check):
    """tests/lint/exceptions: CHECK SUBJECT REASON; the subjects of one check."""
    path = root / "tests/lint/exceptions"
    lines = path.read_text().splitlines() if path.exists() else []
    words = [line.split(None, 2) for line in lines if line and not line.startswith("#")]
    return {w[1] for w in words if w[0] == check and len(w) == 3}


def self_test(check, good, bad):
    """good: {path: text}. bad: {name: {path: text}}, each laid over good."""
    status = 0
    for name, tree in [("good", {})] + list(bad.items()):
        with tempfile.TemporaryDirectory() as directory:
            root = pathlib.Path(directory)
            for path, text in {**good, **tree}.items():
                if text is None:
                    continue
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
            problems = list(check(root))
        if bool(problems) == (name == "good"):
            print(f"FAILED self-test {name}: {problems or 'nothing found'}")
            status = 1
        else:
            print(f"ok self-test {name}")
    return status


def main(check, good, bad):
    """CHECK [--self-test] [ROOT]"""
    arguments = [a for a in sys.argv[1:] if a != "--self-test"]
    if "--self-test" in sys.argv[1:]:
        sys.exit(self_test(check, good, bad))
    root = pathlib.Path(arguments[0] if arguments else __file__).resolve()
    if not arguments:
        root = root.parent.parent.parent
    problems = list(check(root))
    for path, line, text in problems:
        print(f"{path.relative_to(root)}:{line}: {text}")
    sys.exit(1 if problems else 0)
