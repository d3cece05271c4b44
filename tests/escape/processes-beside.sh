#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# kernel-notes.md P19, P55 and P60, the issue, part 5: execs by many threads and by vfork at once, failing
# ones among them, neither hang nor are refused; an exec by another thread than the first is verified.
. "$TESTS/support/attack.sh"

expect_output "ok 400 100" agent <<'END'
import subprocess, threading
ok = failed = 0
lock = threading.Lock()
def work():
    global ok, failed
    for i in range(50):
        good = subprocess.run(["/bin/true"], close_fds=False).returncode == 0
        with lock:
            ok += good
    for i in range(12 if threading.current_thread().name != "last" else 16):
        try:
            subprocess.run(["/no/such"], close_fds=False)
        except FileNotFoundError:
            with lock:
                failed += 1
threads = [threading.Thread(target=work, name="last" if i == 7 else str(i)) for i in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
pid = os.fork()
if pid == 0:
    threading.Thread(target=lambda: os.execv("/bin/true", ["true"])).start()
    threading.Event().wait()
said = "ok" if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0 else "failed"
say(said, ok, failed)
END
