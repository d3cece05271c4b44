#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# architecture.md, sockets by an allow list; kernel-notes.md P52 and "Doors beside the gate": VSOCK,
# ALG, raw, packet, datagrams of AF_UNIX (SOCK_RAW is one too) and SCTP are not made.
. "$TESTS/support/attack.sh"

expect_ok agent <<'END'
wrong = 0
def expect(said_wanted, *arguments):
    global wrong
    for number, more in ((41, ()), (53, (ctypes.create_string_buffer(8),))):
        if number == 53 and arguments[0] not in (1,):
            continue
        said = name(call(number, *arguments, *more))
        if said != said_wanted:
            say(number, arguments, said, "should be", said_wanted)
            wrong = 1
STREAM, DGRAM, RAW, SEQPACKET = 1, 2, 3, 5
for flags in (0, 0o2000000, 0o4000):
    expect("ok", 1, STREAM | flags, 0)
    expect("ok", 1, SEQPACKET | flags, 0)
    expect("ESOCKTNOSUPPORT", 1, DGRAM | flags, 0)
    expect("ESOCKTNOSUPPORT", 1, RAW | flags, 0)
    for family in (2, 10):
        expect("ok", family, STREAM | flags, 0)
        expect("ok", family, DGRAM | flags, 0)
        expect("EPERM", family, RAW | flags, 1)
        expect("EPROTONOSUPPORT", family, STREAM | flags, 132)
        expect("EPROTONOSUPPORT", family, STREAM | flags, 262)
        expect("ESOCKTNOSUPPORT", family, SEQPACKET | flags, 132)
expect("ok", 16, RAW, 0)
for protocol in (9, 15, 16, 4, 12):
    expect("EPROTONOSUPPORT", 16, RAW, protocol)
for family in (40, 38, 17, 15, 31, 29, 44, 30, 21, 5, 9, 11, 0, 255):
    expect("EAFNOSUPPORT", family, RAW, 0)
    expect("EAFNOSUPPORT", family, STREAM, 0)
    expect("EAFNOSUPPORT", family, DGRAM, 0)
    expect("EAFNOSUPPORT", family, SEQPACKET, 0)
raise SystemExit(wrong)
END
