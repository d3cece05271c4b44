#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Turns the files of the page into C, at build time.

usage: embed-pages.py OUTPUT.c FILE...
"""
import pathlib
import sys

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def main():
    output, *files = sys.argv[1:]
    c = ["#include <string.h>", "", '#include "enforcer/web/pages.h"', ""]
    table = []
    for number, file in enumerate(map(pathlib.Path, files)):
        data = file.read_bytes()
        path = "/" if file.name == "page.html" else f"/{file.name}"
        c.append(f"static const unsigned char data_{number}[] = {{")
        c += ["\t" + "".join(f"{byte}," for byte in data[at:at + 24])
              for at in range(0, len(data), 24)]
        c += ["};", ""]
        table.append(f'\t{{"{path}", "{TYPES[file.suffix]}", data_{number}, {len(data)}}},')
    c += ["const struct web_page web_pages[] = {", *table, "\t{},", "};", "",
          "const struct web_page *web_page_find(const char *path)", "{",
          "\tfor (const struct web_page *page = web_pages; page->path; page++)",
          "\t\tif (strcmp(page->path, path) == 0)", "\t\t\treturn page;",
          "\treturn NULL;", "}", ""]
    pathlib.Path(output).write_text("\n".join(c), encoding="ascii")


main()
