#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Turns the built-in profiles into C, at build time.

A profile that extends another is joined with it here, its own rules first, so that at run time a
profile is one text whose line numbers a person can look up: the joined texts are installed too.

usage: embed-profiles.py OUTPUT.c OUTPUT-DIRECTORY PROFILE.json...
"""
import json
import pathlib
import sys


def no_duplicates(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise SystemExit(f"embed-profiles: a key stands twice among {names}")
    return dict(pairs)


def joined(profile, texts):
    """The text of a profile: as it was written, or with what it extends."""
    own = json.loads(texts[profile], object_pairs_hook=no_duplicates)
    if "extends" not in own:
        return texts[profile]
    base = json.loads(joined(own.pop("extends"), texts), object_pairs_hook=no_duplicates)
    for key, value in own.items():
        if isinstance(value, list):
            base[key] = value + base.get(key, [])
        elif isinstance(value, dict):
            base[key] = base.get(key, {}) | value
        else:
            base[key] = value
    parts = []
    for key, value in base.items():
        if isinstance(value, list) and value:
            items = ",\n".join("\t\t" + json.dumps(item) for item in value)
            parts.append(f"\t{json.dumps(key)}: [\n{items}\n\t]")
        else:
            parts.append(f"\t{json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def c_string(line):
    return '"' + line.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") + '\\n"'


def main():
    output, directory, *files = sys.argv[1:]
    texts = {pathlib.Path(f).stem: pathlib.Path(f).read_text(encoding="ascii") for f in files}
    c = ['#include "enforcer/config/profile.h"', "", "const struct profile profiles[] = {"]
    for name in texts:
        text = joined(name, texts)
        pathlib.Path(directory, f"{name}.json").write_text(text, encoding="ascii")
        c.append(f'\t{{"{name}",')
        c += ["\t " + c_string(line) for line in text.splitlines()]
        c.append("\t},")
    c += ["\t{},", "};", ""]
    pathlib.Path(output).write_text("\n".join(c), encoding="ascii")


main()
