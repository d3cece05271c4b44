#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# bind(2) makes a name: one that no write may make, or that would be callgate's own policy, is not made by
# binding a socket to it either.
. "$TESTS/support/attack.sh"

mkdir -p "$HOME/.ssh"
expect_output "ok EACCES EACCES EACCES EACCES" agent "$HOME/.ssh/agent" <<'END'
import socket, sys
said = []
for path in ("good.sock", ".envrc", ".callgate.json", "/usr/x.sock", sys.argv[1]):
    with socket.socket(socket.AF_UNIX) as s:
        said.append(attempt(s.bind, path))
say(*["EACCES" if word == "EROFS" else word for word in said])
END
expect_no_file .envrc
expect_no_file .callgate.json
expect_no_file "$HOME/.ssh/agent"
