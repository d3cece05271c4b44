#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: python3
#
# Issue, part 5: a server and its client inside the sandbox reach each other, by TCP, UDP, a Unix
# socket in the workspace and an abstract one.
. "$TESTS/support/sandbox.sh"

expect_output "tcp udp unix abstract" in_sandbox python3 -c '
import socket, threading
said = []
def stream(family, address, word):
    server = socket.socket(family, socket.SOCK_STREAM)
    server.bind(address)
    server.listen()
    def answer():
        peer, _ = server.accept()
        peer.sendall(word.encode())
        peer.close()
    thread = threading.Thread(target=answer)
    thread.start()
    client = socket.socket(family, socket.SOCK_STREAM)
    client.connect(server.getsockname())
    said.append(client.recv(64).decode())
    thread.join()
stream(socket.AF_INET, ("127.0.0.1", 0), "tcp")
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(("127.0.0.1", 0))
b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
b.sendto(b"udp", a.getsockname())
said.append(a.recv(64).decode())
stream(socket.AF_UNIX, "s", "unix")
stream(socket.AF_UNIX, "\0name", "abstract")
print(*said)'
