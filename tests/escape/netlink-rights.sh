#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, "No capabilities while performing": the enforcer owns the sandbox's namespaces, and the
# kernel asks a netlink message with an address for the rights of whoever sends it: the agent's, who has none.
. "$TESTS/support/attack.sh"

expect_output "EPERM EPERM EPERM ok" agent <<'END'
import socket, struct
RTM_NEWLINK, RTM_GETLINK, REQUEST, ACK, DUMP = 16, 18, 1, 4, 0x300
def ask(kind, flags, body, send):
    """What the kernel says: ok, or an errno's name."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as s:
        s.settimeout(5)
        try:
            send(s, struct.pack("=IHHII", 16 + len(body), kind, REQUEST | flags, 1, 0) + body)
            answer = s.recv(65536)
        except OSError as error:
            return errno_name(error.errno)
    if struct.unpack_from("=H", answer, 4)[0] != 2:
        return "ok"
    return name(struct.unpack_from("=i", answer, 16)[0])
# The loopback's MTU: an ifinfomsg, and IFLA_MTU (4).
mtu = struct.pack("=BxHiII", 0, 0, 1, 0, 0) + struct.pack("=HHI", 8, 4, 1400)
get = struct.pack("=BxHiII", 0, 0, 0, 0, 0)
kernel = (0, 0)
say(ask(RTM_NEWLINK, ACK, mtu, lambda s, m: s.sendto(m, kernel)),
    ask(RTM_NEWLINK, ACK, mtu, lambda s, m: s.sendmsg([m], [], 0, kernel)),
    ask(RTM_NEWLINK, ACK, mtu, lambda s, m: (s.connect(kernel), s.send(m))),
    ask(RTM_GETLINK, DUMP, get, lambda s, m: s.sendto(m, kernel)))
END
