#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""make-wheel.py DIR TO: the package DIR/NAME becomes the wheel NAME 1.0 (pure Python)."""
import pathlib
import sys
import zipfile


def main():
    source, target = (pathlib.Path(word) for word in sys.argv[1:])
    name = next(path.parent.name for path in sorted(source.glob("*/__init__.py")))
    info = f"{name}-1.0.dist-info"
    files = {str(path.relative_to(source)): path.read_text()
             for path in sorted((source / name).rglob("*.py"))}
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(target / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)


if __name__ == "__main__":
    main()
