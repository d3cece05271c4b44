#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""arrived.py LOG HOST TEXT: whether TEXT reached a server outside (HOST, if that is not empty), as it
is, in base64 or in hexadecimal, or by pieces in the names that were looked up."""
import base64
import binascii
import json
import pathlib
import re
import sys


def decoded(data):
    """data, and what it holds in base64 and in hexadecimal."""
    yield data
    for run in re.findall(rb"[A-Za-z0-9+/_-]{12,}", data):
        plain = run.replace(b"-", b"+").replace(b"_", b"/")
        for start in range(4):
            piece = plain[start:]
            yield base64.b64decode(piece[:len(piece) // 4 * 4])
    for run in re.findall(rb"(?:[0-9a-fA-F]{2}){6,}", data):
        yield binascii.unhexlify(run)


def main():
    log, host, text = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3].encode()
    asked = b""
    for line in log.read_text(encoding="utf-8").splitlines() if log.exists() else []:
        event = json.loads(line)
        if "name" in event:
            asked += b"".join(event["name"].encode("latin-1").split(b".")[:-2])
        elif not host or event["host"] == host:
            if any(text in piece for piece in decoded(event["data"].encode("latin-1"))):
                return 0
    return 0 if not host and any(text in piece for piece in decoded(asked)) else 1


if __name__ == "__main__":
    sys.exit(main())
