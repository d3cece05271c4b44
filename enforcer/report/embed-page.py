#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Turns the report's page into C, at build time: its style put into it, with the hash by which alone
the page's own policy lets a style be used.

usage: embed-page.py OUTPUT.c PAGE.html PAGE.css
"""
import base64
import hashlib
import pathlib
import re
import sys


def c_string(line):
    return '"' + line.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") + '\\n"'


def main():
    output, page, css = sys.argv[1:]
    style = "\n" + re.sub(r"/\*.*?\*/\n?", "", pathlib.Path(css).read_text(encoding="ascii"),
                          flags=re.S)
    # The page is XML as well, where these would be markup.
    if re.search(r"[<&]|\{\{", style):
        raise SystemExit(f"embed-page: {css}: \"<\", \"&\" and \"{{{{\" cannot stand in it")
    hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    text = pathlib.Path(page).read_text(encoding="ascii").split("\n", 1)[1]
    text = text.replace("@CSS-HASH@", f"sha256-{hashed}").replace("@CSS@", style)
    c = ['#include "enforcer/report/page.h"', "", "const char page_template[] ="]
    c += ["\t" + c_string(line) for line in text.splitlines()]
    pathlib.Path(output).write_text("\n".join(c) + ";\n", encoding="ascii")


main()
