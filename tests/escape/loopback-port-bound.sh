#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3
#
# A port of the loopback that stands for the host's is not bound inside, also where the address is rewritten
# between the judgement of bind and the kernel's own reading: connections of others inside would end there.
. "$TESTS/support/attack.sh"

cat >race.py <<'END'
import ctypes, socket, struct, sys, threading
libc = ctypes.CDLL(None, use_errno=True)
given, free = int(sys.argv[1]), int(sys.argv[2])
def address(port):
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", port, bytes([127, 0, 0, 1]))
shared = ctypes.create_string_buffer(address(free), 16)
over = False
def rewrite():
    while not over:
        for port in (given, free):
            ctypes.memmove(shared, address(port), 16)
writer = threading.Thread(target=rewrite)
writer.start()
bound = set()
# Until chance has had its say: where the port is held, the other must still be bound now and then.
wanted = {free} if sys.argv[3:] else {given, free}
for i in range(100000):
    if i >= 400 and wanted <= bound:
        break
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if libc.bind(s.fileno(), shared, 16) == 0:
        bound.add(s.getsockname()[1])
    s.close()
over = True
writer.join()
print("the port is bound" if given in bound else "held", "others are" if free in bound else "")
END
run_options=(--unattended --allow-loopback 41234)
expect_output "held others are" in_sandbox python3 race.py 41234 41235 held
# The attack works where nothing holds the port.
run_options=(--unattended)
expect_output "the port is bound others are" in_sandbox python3 race.py 41234 41235
