#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# timeout: 120
#
# A call that waits for a person is ended by Ctrl-C (EINTR where the handler has no SA_RESTART); the
# handler of a signal that nobody sends to stop a program runs, and the call waits on. With forty
# threads that wait, the one that gets the signal is the only one that hears of it.
. "$TESTS/support/sandbox.sh"

secret "$HOME/n/private.txt"
policy <<'END'
{"version": 1, "extends": "agent", "approval": {"timeout": "3s"}}
END
run_options=(--attended "${run_options[@]:1}")

cat >interrupted.py <<'END'
import ctypes, errno, os, select, signal, sys, threading

libc = ctypes.CDLL(None, use_errno=True)
path, what = sys.argv[1].encode(), sys.argv[2]
heard = []


def sender(signo):
    """A child that sends the signal again and again, until the parent is through."""
    parent, (reading, writing) = os.getpid(), os.pipe()
    if os.fork() == 0:
        os.close(writing)
        while not select.select([reading], [], [], 0.05)[0]:
            os.kill(parent, signo)
        os._exit(0)
    os.close(reading)
    return writing


def opened():
    fd = libc.open(path, os.O_RDONLY)
    return "opened" if fd >= 0 else errno.errorcode.get(ctypes.get_errno(), ctypes.get_errno())


def listen(signo):
    # Raw, so that nothing runs between the handler and the call.
    handler = ctypes.CFUNCTYPE(None, ctypes.c_int)(lambda n: heard.append(n))
    listen.kept = handler
    libc.signal(signo, handler)
    # USR1 comes again and again, at times before the enforcer has picked the call up: without
    # SA_RESTART that is EINTR, asked or not (threat-model.md).
    libc.siginterrupt(signo, int(what != "USR1"))


signo = getattr(signal, "SIG" + what.split("-")[0])
if what.endswith("-threads"):
    results = []
    for _ in range(40):
        threading.Thread(target=lambda: results.append(opened())).start()
listen(signo)
writing = sender(signo)
result = opened()
os.close(writing)
os.wait()
print(result, "heard" if heard else "not heard")
if what.endswith("-threads"):
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join()
    print(*sorted(set(results)))
END

expect_output "EINTR heard" in_sandbox /usr/bin/python3 interrupted.py "$HOME/n/private.txt" INT
expect_output "EINTR heard" in_sandbox /usr/bin/python3 interrupted.py "$HOME/n/private.txt" TERM
expect_output "EACCES heard" in_sandbox /usr/bin/python3 interrupted.py "$HOME/n/private.txt" USR1
expect_output "EINTR heard
EACCES" in_sandbox /usr/bin/python3 interrupted.py "$HOME/n/private.txt" INT-threads
