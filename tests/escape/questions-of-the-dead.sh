#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: tmux
# timeout: 90
#
# architecture.md, "No answer means no": a question whose asker has died is withdrawn and holds nothing. Six
# hundred that asked and died do not use up the enforcer's descriptors while nobody answers.
. "$TESTS/support/attack.sh"
. "$TESTS/support/screen.sh"

secret "$HOME/n/private.txt"
cat >askers.py <<'END'
import os, signal, sys, time
for _ in range(600):
    pid = os.fork()
    if pid == 0:
        try:
            os.open(sys.argv[1], os.O_RDONLY)
        finally:
            os._exit(0)
    time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
time.sleep(1)
os.close(os.open("/etc/hostname", os.O_RDONLY))
print("still answered", flush=True)
END
screen_start "ulimit -n 256; $CALLGATE run -- /usr/bin/python3 askers.py $HOME/n/private.txt; echo status \$?"
for ((i = 0; i < 4; i++)); do
	screen_wait 'status 0' >"$TEST_TMP/waited" && break
	[ "$i" -lt 3 ] || fail "the askers should come to their end"
	test_failures=0
done
screen_show | grep -q 'still answered' || fail "what is allowed should be answered"
screen_end
